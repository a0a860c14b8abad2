#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A campaign must find what is wrong: the copier of tests/firmware with planted bugs, built below
# build/planted. Each must fail, name the reason, and fail again by its replay line.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
export PATH="$root/build:$PATH"
planted=$root/build/planted
mkdir -p "$planted" && cd "$planted" || exit 1

fails() { # COMMAND: a campaign that finds failures
    eval "$1" >out 2>err </dev/null
    local code=$?
    [ "$code" = 2 ] || { echo "exit code $code, not 2: $1"; return 1; }
    grep -q '^FAILED' out
}
passes() { eval "$1" >out 2>err </dev/null; } # COMMAND

# build NAME LINES: the copier with LINES before its greeting.
build() {
    local copy=$planted/$1
    mkdir -p "$copy/main"
    (cd "$root/tests/firmware/slot_copy" && cp -p Makefile partitions.csv sdkconfig.defaults "$copy/")
    cp "$root/tests/firmware/slot_copy/main/component.mk" "$copy/main/"
    awk -v lines="$2" '/printf\("slot_copy: running from/ { print lines } { print }' \
        "$root/tests/firmware/slot_copy/main/slot_copy_main.c" >"$copy/main/slot_copy_main.c"
    make -j2 --no-print-directory -C "$copy" AIRSLOT_PATH="$root" all >"$copy/build.log" 2>&1 ||
        { tail -n 20 "$copy/build.log"; return 1; }
    cd "$copy" || return 1
    flash_project base.bin build slot_copy || return 1
    stage_image base.bin "$root/examples/hello_world/build/hello_world.bin"
}
campaign="airslot campaign --flash base.bin --up 'slot_copy: running from' --up-new 'Hello world!'"

# What fails fails again by the line that was printed for it.
repeats() {
    local line
    line=$(grep -m 1 '^  airslot campaign ' out)
    [ -n "$line" ] && fails "$line"
}

nvs='const esp_partition_t *nvs = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NULL); uint32_t mark = 0;'
# An update under way is marked in nvs, and a start that finds the mark gives up.
check "a copier that gives up is built" build gives_up \
    "$nvs esp_partition_read(nvs, 0, &mark, 4); if (mark == 0) { return; } mark = 0; esp_partition_write(nvs, 0, &mark, 4);"
check "it fails" fails "$campaign --limit 9 --flash-size 4MB --ap \"it's:a secret\" --peer-root . --link delay=3ms \
    --every 100 --faults cut-before,cut-after"
check "because it does not start" printed 'does not start'
check "its line has every option" printed "campaign --flash 'base.bin' --up 'slot_copy: running from' \
--up-new 'Hello world!' --limit '9' --flash-size '4MB' --ap 'it'\\''s:a secret' --peer-root '.' --link 'delay=3ms' --case"
check "by its line again" repeats

# The update writes where it has no business.
check "a copier that strays is built" build strays "$nvs esp_partition_write(nvs, 64, &mark, 4);"
check "it fails" fails "$campaign --every 100 --faults cut-before,silent"
check "because nvs has changed" printed 'sector 0x009000 of nvs has changed'
check "by its line again" repeats
check "allowed to write nvs it passes" passes "$campaign --may-change nvs --every 100 --faults cut-before,silent"
for label in nothing ota_0; do
    passes "$campaign --may-change $label --ops 1"
    check "$label is no data partition" grep -q "error: the partition table has no data partition '$label'" err
done

# A start that finds the mark of an update under way greets and rests; the next one goes on.
check "a copier that rests is built" build rests \
    "$nvs esp_partition_read(nvs, 0, &mark, 4); if (mark == 1) { mark = 0; esp_partition_write(nvs, 0, &mark, 4); puts(\"slot_copy: running from\"); return; } if (mark != 0) { mark = 1; esp_partition_write(nvs, 0, &mark, 4); }"
check "it comes to its goal" passes "$campaign --may-change nvs --every 100 --faults cut-after --json out.json"
check "after a power-on more" [ "$(figure needed_power_on out.json)" -gt 0 ]

finish
