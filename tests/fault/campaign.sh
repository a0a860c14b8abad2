#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A slice of the campaign over an update on lx106 code: all operations on the boot records, a sample
# of those in the slot, every kind of fault; and that the campaign refuses what it should.
# CAMPAIGN_ALL=1 takes every operation, CAMPAIGN_TIME=S begins no case after S seconds (make campaign).
set -u
root=$PWD
airslot=$root/build/airslot
copier=$root/tests/firmware/slot_copy/build
hello=$root/examples/hello_world/build/hello_world.bin
mkdir -p "$root/build/campaign"
work=$(mktemp -d "$root/build/tests/campaign-XXXXXX") && cd "$work" || exit 1
passed=0
failed=0
trap 'rm -rf "$work"' EXIT

check() { # NAME CONDITION...
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 40 out err
    fi
}
campaign() { # EXPECTED-CODE OPTIONS...
    local want=$1
    shift
    "$airslot" campaign --flash base.bin --up 'slot_copy: running from' --up-new 'Hello world!' \
        -j "$(nproc)" "$@" >out 2>err </dev/null
    code=$?
    [ "$code" = "$want" ] || { echo "exit code $code, not $want: $*"; return 1; }
}
figure() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" "$2" | head -n 1; }
is() { [ "$(figure "$1" out.json)" "$2" "$3" ]; }

# The device before the update: a copier in factory, and the image that it will install.
"$airslot" flash --port file:base.bin 0x0 "$copier/bootloader/bootloader.bin" \
    0x8000 "$copier/partition-table.bin" 0x10000 "$copier/slot_copy.bin" 2>err || cat err
len=$(stat -c %s "$hello")
printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((len & 255)) $((len >> 8 & 255)) \
    $((len >> 16 & 255)) $((len >> 24)))" | dd of=base.bin bs=1 seek=$((0x210000)) conv=notrunc status=none
dd if="$hello" of=base.bin bs=4096 seek=$((0x211)) conv=notrunc status=none
cp base.bin before.bin

if [ -n "${CAMPAIGN_ALL:-}" ]; then
    check "every operation and fault" campaign 0 ${CAMPAIGN_TIME:+--time "$CAMPAIGN_TIME"} \
        --json out.json --svg "$root/build/campaign/slot_copy.svg"
else
    check "the slice" campaign 0 --every 40 --json out.json --svg "$root/build/campaign/slice.svg"
    check "it was whole" is not_run = 0
fi
cat out
check "cases were run" is run -ge 25
check "nothing failed" is failed = 0
check "some started the old image" is old -gt 50
check "some started the new one" is new -gt 0
check "the flash file stays as it was" cmp base.bin before.bin
cp out.json "$root/build/campaign/"

check "states that are judged each" campaign 0 --no-merge --ops 40-41 --json out.json
check "are not merged" is merged = 0
check "single operations are tried" campaign 0 --ops 2-3 --faults cut-before,cut-after --json out.json
check "as many as asked" is cases = 4
check "no case is no success" campaign 2 --ops 1 --faults erase-half
check "a greeting that never comes is told" campaign 2 --up-new 'no such words' --limit 3
check "without a verdict" grep -q 'without any fault the device does not come' err

check "an unknown fault is refused" campaign 1 --faults cut-never
check "and operations from 0 on" campaign 1 --ops 0-3

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
