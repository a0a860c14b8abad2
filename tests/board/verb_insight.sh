#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot board` looked into: the trace repeats and can be read by its document, another ROM image
# behaves as the built-in one when it is the same, and bad files and options are refused in one line.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
rom=$root/build/rom/rom.bin

board() { run "$1" board "${@:2}"; } # EXPECTED-CODE OPTIONS...
# Everything of a trace has the form of docs/trace.md, and time does not run backwards.
is_well_formed() { # FILE
    awk 'NR == 1 { if ($0 !~ /^# airslot trace 1:/) exit 1; next }
         $1 !~ /^[0-9]+\.[0-9][0-9][0-9]$/ || $2 !~ /^[0-9]+$/ || $3 !~ /^[0-9]+$/ ||
             $4 !~ /^(reset|exception|interrupt|flash|radio|insn|pin)$/ || $1 + 0 < last { exit 1 }
         { last = $1 + 0; n++ }
         END { if (n == 0) exit 1 }' "$1"
}
number_of() { grep -cE "^[^ ]+ [0-9]+ [0-9]+ $1" "$2"; }

flash_project start.bin "$root/examples/hello_world/build" hello_world ||
    { cat err; die "hello_world cannot be flashed"; }

for run in a b; do
    cp start.bin "$run.bin"
    check "hello_world is traced, run $run" board 3 --flash "$run.bin" --seed 7 --time-limit 2 \
        --no-net --trace "$run.trace" --trace-insn 1000-20999 --stats "$run.json"
done
check "the same flash, flags and seed give the same trace" cmp a.trace b.trace
check "and the same flash" cmp a.bin b.bin
check "the trace has its documented form" is_well_formed a.trace
check "it holds the asked for instructions" [ "$(number_of insn a.trace)" = 20000 ]
check "the first of them" [ "$(awk '$4 == "insn" { print $3; exit }' a.trace)" = 1000 ]
check "it holds the power-on" [ "$(number_of 'reset power-on' a.trace)" = 1 ]
check "and what the flash chip does" [ "$(number_of flash a.trace)" -gt 0 ]
cp start.bin d.bin
check "untraced" board 3 --flash d.bin --seed 7 --time-limit 2 --no-net --stats d.json
check "the run is the same" [ "$(figures a.json)" = "$(figures d.json)" ]

cp start.bin e.bin
check "the built-in ROM as a file" board 3 --flash e.bin --seed 7 --time-limit 2 --no-net \
    --rom "$rom" --trace e.trace --trace-insn 1000-20999 --stats e.json
check "behaves as the built-in one" cmp a.trace e.trace
check "to the same figures" [ "$(figures a.json)" = "$(figures e.json)" ]
{ head -c 16 "$rom" && printf 'another\n' && tail -c +25 "$rom"; } >other.bin
cp "$rom" broken.bin && printf '\0\0\0' | dd of=broken.bin bs=1 seek=131 conv=notrunc status=none
cp start.bin f.bin
check "the file is what runs" [ "$(board 3 --flash f.bin --seed 7 --time-limit 0.05 --no-net \
    --rom broken.bin --trace f.trace; cmp -s <(head -n 20 f.trace) <(head -n 20 a.trace) ||
    echo differs)" = differs ]
head -c 65535 "$rom" >short.bin
head -c 65536 /dev/zero >blank.bin
check "a ROM of another size is refused" board 1 --flash d.bin --rom short.bin
check "with both sizes" said "'short.bin' is no ROM image: 65535 bytes, not 65536"
check "a blank ROM is refused" board 1 --flash d.bin --rom blank.bin
check "in one line" one_line
check "a missing ROM is refused" board 1 --flash d.bin --rom none.bin

for range in 0-5 5-3 x 1 -5 1-2x 99999999999999999999-; do
    check "range '$range' is refused" board 1 --flash d.bin --trace-insn "$range"
done
check "a trace that cannot be written is told" board 1 --flash d.bin --time-limit 1 \
    --trace /dev/full --trace-insn all
check "once" [ "$(grep -c "cannot write all of '/dev/full'" err)" = 1 ]
check "a folder for it that is not there, too" board 1 --flash d.bin --trace no/trace
check "a recording that cannot be written is told" board 1 --flash d.bin --time-limit 0.1 \
    --net-record /dev/full
check "once" [ "$(grep -c "cannot write all of '/dev/full'" err)" = 1 ]
check "a file that is no recording is refused" board 1 --flash d.bin --net-replay start.bin
check "in one line" one_line
check "a missing recording is refused" board 1 --flash d.bin --net-replay none.pcapng
check "recording a replay is refused" board 1 --flash d.bin --net-replay x --net-record y
check "a port that is none is refused" board 1 --flash d.bin --gdb 65536

finish
