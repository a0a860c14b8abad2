# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Firmware and flash files for test scripts, beside tests/support/test.sh: the files are made byte by
# byte here, or by `airslot flash`, whose words go to out and err.

word() { # NUMBER: 32 bits, least significant byte first
    local byte
    for byte in $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); do
        # shellcheck disable=SC2059
        printf "\\x$(printf %02x "$byte")"
    done
}
blank() { # FLASH: a chip of 4 MB, erased
    head -c $((4 << 20)) /dev/zero | tr '\0' '\377' >"$1"
}
put() { # FLASH ADDR [FILE]: without a FILE what stands in the standard input
    dd ${3:+if="$3"} of="$1" bs=4096 oflag=seek_bytes seek=$(($2)) conv=notrunc status=none
}

# flash_project FLASH BUILD APP OPTIONS...: a new chip with what a project has built.
flash_project() {
    local flash=$1 built=$2 app=$3
    shift 3
    rm -f "$flash"
    # shellcheck disable=SC2154
    "$airslot" flash --port "file:$flash" 0x0 "$built/bootloader/bootloader.bin" \
        0x8000 "$built/partition-table.bin" 0x10000 "$built/$app.bin" "$@" >out 2>err
}
# build_example FOLDER OPTION...: simple_ota_example with options of its own, built in FOLDER, where what
# has not changed stays; FOLDER.flash is a new chip with it.
build_example() {
    local folder=$1
    shift
    mkdir -p "$folder"
    # shellcheck disable=SC2154
    { cat "$root/examples/simple_ota_example/sdkconfig.defaults" && printf '%s\n' "$@"; } \
        >"$folder/defaults.new"
    cmp -s "$folder/defaults.new" "$folder/defaults" || {
        mv "$folder/defaults.new" "$folder/defaults"
        rm -f "$folder/sdkconfig"
    }
    env -u MAKEFLAGS -u MAKELEVEL make -j2 --no-print-directory \
        -C "$root/examples/simple_ota_example" BUILD_DIR_BASE="$folder" \
        SDKCONFIG="$folder/sdkconfig" SDKCONFIG_DEFAULTS="$folder/defaults" all \
        >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
    flash_project "$folder.flash" "$folder" simple_ota
}

# An image where tests/firmware/slot_copy looks for it.
stage_image() { # FLASH IMAGE
    word "$(stat -c %s "$2")" | put "$1" 0x210000
    put "$1" 0x211000 "$2"
}
