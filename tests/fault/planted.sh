#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A campaign must find what is wrong: the copier of tests/firmware with planted bugs, built below
# build/planted. Each must fail, name the reason, and fail again by its replay line.
set -u
root=$PWD
export PATH="$root/build:$PATH"
hello=$root/examples/hello_world/build/hello_world.bin
passed=0
failed=0

check() { # NAME CONDITION...
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 30 out err
    fi
}
fails() { # COMMAND: a campaign that finds failures
    eval "$1" >out 2>err </dev/null
    code=$?
    [ "$code" = 2 ] || { echo "exit code $code, not 2: $1"; return 1; }
}

# build NAME LINES: the copier with LINES before its greeting.
build() {
    local copy=$root/build/planted/$1
    mkdir -p "$copy/main"
    (cd "$root/tests/firmware/slot_copy" && cp -p Makefile partitions.csv sdkconfig.defaults "$copy/")
    cp "$root/tests/firmware/slot_copy/main/component.mk" "$copy/main/"
    awk -v lines="$2" '/printf\("slot_copy: running from/ { print lines } { print }' \
        "$root/tests/firmware/slot_copy/main/slot_copy_main.c" >"$copy/main/slot_copy_main.c"
    make --no-print-directory -C "$copy" AIRSLOT_PATH="$root" all >"$copy/build.log" 2>&1 ||
        { tail -n 20 "$copy/build.log"; return 1; }
    cd "$copy" || return 1
    rm -f base.bin
    airslot flash --port file:base.bin 0x0 build/bootloader/bootloader.bin \
        0x8000 build/partition-table.bin 0x10000 build/slot_copy.bin 2>err >out || return 1
    local len
    len=$(stat -c %s "$hello")
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((len & 255)) $((len >> 8 & 255)) \
        $((len >> 16 & 255)) $((len >> 24)))" | dd of=base.bin bs=1 seek=$((0x210000)) conv=notrunc status=none
    dd if="$hello" of=base.bin bs=4096 seek=$((0x211)) conv=notrunc status=none
}
campaign="airslot campaign --flash base.bin --up 'slot_copy: running from' --up-new 'Hello world!'"

# What fails fails again by the line that was printed for it.
repeats() {
    local line
    line=$(grep -m 1 '^  airslot campaign ' out)
    [ -n "$line" ] && fails "$line"
}
named() { grep -q -- "$1" out; }

nvs='const esp_partition_t *nvs = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NULL); uint32_t mark = 0;'
# An update under way is marked in nvs, and a start that finds the mark gives up.
check "a copier that gives up is built" build gives_up \
    "$nvs esp_partition_read(nvs, 0, &mark, 4); if (mark == 0) { return; } mark = 0; esp_partition_write(nvs, 0, &mark, 4);"
check "it fails" fails "$campaign --every 100 --faults cut-before,cut-after"
check "because it does not start" named 'does not start'
check "by its line again" repeats

# The update writes where it has no business.
check "a copier that strays is built" build strays "$nvs esp_partition_write(nvs, 64, &mark, 4);"
check "it fails" fails "$campaign --every 100 --faults cut-before,silent"
check "because nvs has changed" named 'sector 0x009000 of nvs has changed'
check "by its line again" repeats

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
