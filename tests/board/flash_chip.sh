#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot board` with other flash chips and with wear: the same firmware installs an image into a
# slot on each; times follow the chip, counts go on from run to run, worn sectors are named.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
hello=$root/examples/hello_world/build/hello_world.bin

board() { run "$1" board --no-net --time-limit 100 "${@:2}"; } # EXPECTED-CODE OPTIONS...
slower() { [ "$(figure virtual_us "$1")" -gt "$(figure virtual_us "$2")" ]; }
erases() { tr -d ' \n' <"$1" | grep -o '"erases":\[\[.*\]\]'; }

# A flash with the test application and an image staged for it at 0x210000.
flash_project base.bin "$root/tests/firmware/slot_copy/build" slot_copy || cat err
stage_image base.bin "$hello"

for chip in w25q32 gd25q32 slow; do
    cp base.bin "$chip.bin"
    check "$chip installs and boots" board 0 --flash "$chip.bin" --flash-chip "$chip" \
        --until 'Hello world!' --stats "$chip.json"
    check "$chip is named in the figures" grep -q "\"chip\": \"$chip\"" "$chip.json"
done
check "slow takes longer" slower slow.json w25q32.json
check "what is written is the same" cmp w25q32.bin slow.bin
check "no file of wear unasked" [ -z "$(find . -name '*wear*')" ]
check "another chip is refused" board 1 --flash w25q32.bin --flash-chip w25
check "and named" said "option --flash-chip: bad value 'w25'"

cp base.bin a.bin
check "wear is kept" board 0 --flash a.bin --wear a.wear --until 'Hello world!' --stats a.json
check "it is as in the figures" [ "$(erases a.wear)" = "$(erases a.json)" ]
check "each sector of the image once" [ "$(figure max a.json)" = 1 ]
cp base.bin a.bin
check "and goes on" board 0 --flash a.bin --wear a.wear --until 'Hello world!' --stats b.json
check "from where it was" [ "$(figure max b.json)" = 2 ]
check "without a word" [ "$(grep -c warning err)" = 0 ]
cp base.bin a.bin
check "worn sectors fail" board 3 --flash a.bin --wear a.wear --endurance 2 --time-limit 20 \
    --stats d.json --trace d.trace
check "and are warned of" said 'passed the endurance of 2 erases: 0x'
check "they are counted" [ "$(figure failed_erases d.json)" -gt 0 ]
check "and traced" grep -q 'erase of 0x1.* failed, worn by' d.trace
echo '{' >bad.wear
check "a broken wear file is refused" board 2 --flash a.bin --wear bad.wear
check "with the reason" said "'bad.wear' cannot be used: line 2"
check "a chip of another size too" board 2 --flash b.bin --flash-size 1MB --wear a.wear
check "without making a file" [ ! -e b.bin ]

finish
