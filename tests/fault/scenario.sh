#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the flash file with which a campaign begins: scenario.sh NAME FILE [IMAGE]. What stands in it
# the device has written by itself, in runs without a fault. IMAGE (the 64 KB one) is what is installed.
#   factory   factory runs, blank records     update to ota_0
#   live      ota_0 runs, confirmed           update to ota_1
#   reverse   ota_1 runs, confirmed           update to ota_0
#   confirm   ota_1 chosen, not yet started   it starts on trial and confirms
#   rollback  ota_1 chosen, not yet started   it starts on trial and rejects itself
#   previous  ota_1 runs, confirmed           it chooses the image before, which confirms
#   unselect  ota_0 runs, confirmed           it chooses factory
#   crash, hang, restart   ota_0 runs, confirmed; what it installs never confirms; back to ota_0
# CAMPAIGN_OLD: folder of the old image's build, with bootloader and table; CAMPAIGN_NEW: the image.
set -eu
name=$1
file=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
airslot=$root/build/airslot
old=${CAMPAIGN_OLD:-$root/tests/firmware/campaign/build}
new=${3:-${CAMPAIGN_NEW:-$root/tests/firmware/campaign_new/build/campaign_new.bin}}
. "$root/tests/support/firmware.sh"

# order ACTOR ORDER TEMPER IMAGE: as tests/firmware/campaign/main/orders.h has it.
order() {
    {
        printf ORDR
        word "$(stat -c %s "$4")"
        word "$2"
        word "$3"
        printf '%s' "$1"
        head -c $((16 - ${#1})) /dev/zero
    } | put "$file" 0x310000
    put "$file" 0x311000 "$4"
}
run_to() { # TEXT
    "$airslot" board --flash "$file" --until "$1" --time-limit 120 >"$file.log" 2>&1 </dev/null ||
        { tail -n 20 "$file.log" >&2; return 1; }
}
update=0 roll_back=1 previous=2 factory=3

rm -f "$file"
"$airslot" flash --port "file:$file" 0x0 "$old/bootloader/bootloader.bin" \
    0x8000 "$old/partition-table.bin" 0x10000 "$old/campaign.bin" >"$file.log" 2>&1 ||
    { cat "$file.log" >&2; exit 1; }
if [ "$name" = factory ]; then
    order factory $update 0 "$new"
    exit
fi
order factory $update 0 "$old/campaign.bin"
run_to 'campaign: done'
case $name in
live) order ota_0 $update 0 "$new" ;;
reverse)
    order ota_0 $update 0 "$old/campaign.bin"
    run_to 'campaign: done'
    order ota_1 $update 0 "$new"
    ;;
confirm | rollback)
    order ota_0 $update 0 "$new"
    run_to 'campaign: restarts'
    [ "$name" = confirm ] || order ota_1 $roll_back 0 "$new"
    ;;
previous)
    order ota_0 $update 0 "$new"
    run_to 'campaign: done'
    order ota_1 $previous 0 "$new"
    ;;
unselect) order ota_0 $factory 0 "$new" ;;
crash) order ota_0 $update 1 "$new" ;;
hang) order ota_0 $update 2 "$new" ;;
restart) order ota_0 $update 3 "$new" ;;
*)
    echo "no such scenario: $name" >&2
    exit 1
    ;;
esac
