#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The make targets of a project: all of them in a project's own folder outside the examples, those
# that leave a configuration alone in each example; what a changed option builds again, and what not;
# what is refused, and in which words.
set -u
. "$(dirname "$0")/../support/test.sh"
work_folder
examples="hello_world simple_ota_example native_ota_example"
unset MAKEFLAGS MFLAGS MAKELEVEL ESPPORT
export PROJECT_VER=1 # a commit meanwhile is no change of the project

in_folder() { # FOLDER GOALS...: leaves out and err
    local folder=$1
    shift
    make -j2 --no-print-directory -C "$folder" "$@" >out 2>err </dev/null
}
fails() { ! in_folder "$@"; }
compiled() { grep -c '^  CC ' out; }
built_nothing() { ! grep -qE '^  [A-Z]+ ' out; }
has() { [ -s "$1" ]; }
blank_at() { # FILE OFFSET LENGTH
    [ "$(tail -c +$(($2 + 1)) "$1" | head -c "$3" | tr -d '\377' | wc -c)" = 0 ]
}
set_option() { # NAME VALUE
    sed -i "s|^CONFIG_$1=.*|CONFIG_$1=$2|; s|^# CONFIG_$1 is not set|CONFIG_$1=$2|" own/sdkconfig
}

for example in $examples; do
    folder=$root/examples/$example
    flash=$work/$example.bin
    check "$example: all" in_folder "$folder" all
    check "$example: nothing is left to do" in_folder "$folder" all
    check "$example: and nothing is done" built_nothing
    for goal in app bootloader size; do
        check "$example: $goal" in_folder "$folder" "$goal"
    done
    check "$example: partition_table" in_folder "$folder" partition_table
    check "$example: shows it" printed ota_0
    check "$example: print_flash_cmd" in_folder "$folder" print_flash_cmd
    check "$example: has esptool's line" printed 'esptool.py --chip esp8266 --port '
    check "$example: erase_flash flash" in_folder "$folder" erase_flash flash ESPPORT="file:$flash"
    check "$example: erases first" [ "$(grep -n ^erased err | cut -d: -f1)" = 1 ]
    check "$example: erase_otadata app-flash" in_folder "$folder" erase_otadata app-flash \
        ESPPORT="file:$flash"
    check "$example: boots factory" grep -q 'boots factory: otadata is blank' \
        <("$root/build/airslot" flash-map "$flash")
done

# A user's own project.
mkdir own && cp -r "$root/examples/hello_world/Makefile" "$root/examples/hello_world/main" own/
export AIRSLOT_PATH=$root
check "help needs nothing" in_folder own help
check "defconfig" in_folder own defconfig
check "writes sdkconfig" has own/sdkconfig
check "all in one line" in_folder own defconfig all
for file in hello_world.elf hello_world.bin hello_world.map bootloader/bootloader.bin \
    partition-table.bin ota_data_initial.bin; do
    check "makes $file" has "own/build/$file"
done
check "again" in_folder own
check "builds nothing" built_nothing
check "flash without a port's device fails" fails own flash ESPPORT=/dev/no-such-port
check "flash" in_folder own flash ESPPORT="file:own.bin"
check "erase_flash" in_folder own erase_flash ESPPORT="file:own.bin"
check "leaves nothing" blank_at own/own.bin 0 $((4 << 20))

# Each menu of the configuration, as one tree.
tree=$(sed -n 's/^source "\(.*\)"$/\1/p' own/build/config/Kconfig)
for menu in "Serial flasher config" "Partition Table" "Custom partition CSV file" "Log output" \
    "Bootloader log verbosity" "Application update" "TLS maximum incoming fragment length" \
    "TLS maximum outgoing fragment length"; do
    check "menu: $menu" grep -qF "\"$menu\"" $tree
done
check "menu: Example Configuration" grep -rqF '"Example Configuration"' \
    $(sed -n 's/^source "\(.*projbuild\)"$/\1/p' \
        "$root/examples/simple_ota_example/build/config/Kconfig")

# What an option builds again.
set_option FREERTOS_HZ 200
check "an option" in_folder own
check "compiles those that mention it" printed 'freertos/tasks.c'
check "and no others" [ "$(compiled)" -le 20 ]
check "TLS and lwIP are left alone" [ "$(grep -cE 'mbedtls/(aes|ssl_tls|bignum)|lwip/tcp' out)" = 0 ]
set_option ESPTOOLPY_PORT '"file:other.bin"'
check "a port" in_folder own
check "builds nothing" built_nothing
check "but is used" printed 'ESPPORT=file:other.bin'
touch own/sdkconfig
check "a touched sdkconfig" in_folder own
check "builds nothing" built_nothing
sed -i '/^CONFIG_ESPTOOLPY_FLASHFREQ=/d; s/^CONFIG_ESPTOOLPY_FLASHFREQ_40M=y/CONFIG_ESPTOOLPY_FLASHFREQ_20M=y/;
    /^# CONFIG_ESPTOOLPY_FLASHFREQ_20M/d' own/sdkconfig
check "the flash frequency" in_folder own
check "makes images" printed 'IMAGE    hello_world.bin'
check "of what was compiled" [ "$(compiled)" = 0 ]
touch own/main/hello_world_main.c
check "a source" in_folder own
check "compiles it, and the date that is the clock's floor" [ "$(compiled)" = 2 ]
echo 'CONFIG_FREERTOS_HZ=250' >own/sdkconfig.defaults
check "changed defaults" in_folder own
check "are not taken silently" said "hint: sdkconfig.defaults is newer than sdkconfig"
check "but by defconfig" in_folder own defconfig
check "which sets them" grep -q '^CONFIG_FREERTOS_HZ=250$' own/sdkconfig

# Options without effect: a note, but an error where a device would lack its protection.
cp own/sdkconfig kept
cat >own/sdkconfig.defaults <<'DEFAULTS'
CONFIG_OTA_SIGNATURE_REQUIRED=y
CONFIG_OTA_BOARD_ID="door-2"
CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y
CONFIG_NO_SUCH_OPTION=y
DEFAULTS
check "defaults that would not protect are refused" fails own defconfig
for option in OTA_SIGNATURE_REQUIRED=y 'OTA_BOARD_ID="door-2"' BOOTLOADER_APP_ANTI_ROLLBACK=y; do
    check "by name: $option" grep -qxE "error: no effect .*: CONFIG_$option" err
done
check "with the cure" said "signatures: CONFIG_OTA_SIGNATURE_APP or"
check "other options get a note" grep -q '^note: no effect .*: CONFIG_NO_SUCH_OPTION=y$' err
check "the configuration stays" cmp -s kept own/sdkconfig
rm own/sdkconfig
check "nothing is built from them" fails own all
check "and none is written" [ ! -e own/sdkconfig ]
sed -i 's/_REQUIRED=y/_APP=y/; /NO_SUCH/d' own/sdkconfig.defaults
echo 'CONFIG_OTA_ALLOW_HTTP=n' >>own/sdkconfig.defaults
check "the choice's own names are taken" in_folder own defconfig
check "without a note" [ ! -s err ]
check "and demand signatures" grep -qx 'CONFIG_OTA_SIGNATURE_REQUIRED=y' own/sdkconfig

# A table of the project's own, with a slot that is too small.
cat >own/small.csv <<'CSV'
nvs,      data, nvs,     0x9000,  0x4000,
tiny,     app,  factory, 0x10000, 0x3000,
CSV
cat >own/sdkconfig.defaults <<'DEFAULTS'
CONFIG_PARTITION_TABLE_CUSTOM=y
CONFIG_PARTITION_TABLE_CUSTOM_FILENAME="small.csv"
DEFAULTS
check "a custom table" in_folder own defconfig partition_table
check "is the project's" printed tiny
check "an image larger than its slot fails" fails own all
check "with the bytes needed and available" grep -qE \
    "hello_world.bin' does not fit its slot: needed 0x[0-9a-f]+ bytes .*, available 0x3000 " err
check "and no image is left" [ ! -e own/build/hello_world.bin ]
check "no otadata, nothing to erase" fails own erase_otadata ESPPORT=file:own.bin
check "in words" said 'the partition table has no otadata to erase'
sed -i 's/0x3000/0x80000/' own/small.csv
check "an enlarged slot" in_folder own flash ESPPORT=file:own.bin
check "takes it" said 'wrote 0x010000'
mv own/small.csv own/other.csv
check "a table that is not there" fails own
check "is named" said "there is no partition table '$work/own/small.csv'"
mv own "two words"
check "a path with a space is refused" fails "two words" all
check "in words" said 'path with a space'
mv "two words" own
check "clean stands alone" fails own clean all
check "in words" said 'make clean stands alone'
check "clean" in_folder own clean
check "removes build/" [ ! -e own/build ]
check "and keeps sdkconfig" has own/sdkconfig

finish
