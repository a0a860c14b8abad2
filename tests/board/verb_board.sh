#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot board` as a user meets it: exit codes, messages, the flash file's lock, where the serial
# line ends, figures, repetition. The firmware is one jump to itself; the ROM's banner is the output.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
limit=20

board() { run "$1" board "${@:2}"; } # EXPECTED-CODE OPTIONS...
start() { # OPTIONS...: in the background, until its first words
    rm -f bg.out bg.err
    "$airslot" board --speed real "$@" >bg.out 2>bg.err </dev/null &
    pid=$!
    await bg.out bg.err
}

# A ROM image: one segment of four bytes at 0x40100000, `j .`, checksum 0xe9.
{
    printf '\xe9\x01\x02\x00\x00\x00\x10\x40\x00\x00\x10\x40\x04\x00\x00\x00'
    printf '\x06\xff\xff\x00\0\0\0\0\0\0\0\0\0\0\0\xe9'
} >image
blank loop.bin
put loop.bin 0 image

check "a blank chip ends dead" board 5 --flash new.bin
check "with the ROM's words" printed 'ets_main.c '
check "and says where it sleeps" said 'nothing can happen any more: the CPU sleeps at pc 0x4'
check "the file has the chip's size" [ "$(stat -c %s new.bin)" = $((4 << 20)) ]
check "usage is error 1" board 1
check "an unknown option is error 1" board 1 --flash new.bin --nonsense x
check "and is named" said "unknown option '--nonsense' of 'board'"
check "another size is refused" board 1 --flash new.bin --flash-size 2MB
check "and explained" said 'hint: '
check "a missing folder is error 1" board 1 --flash no/such.bin
check "--until ends with 0" board 0 --flash loop.bin --until 'boot mode:(3,6)'
check "--time-limit ends with 3" board 3 --flash loop.bin --time-limit 0.25 --stats stats.json
check "figures know the limit" grep -q '"virtual_us": 250000' stats.json
check "download straps are printed" board 0 --flash loop.bin --boot download --until 'mode:(1,6)'

# GPIO4 low, then high: l32r a3 (0x60000300), movi a2, 16, s32i to ENABLE and OUT_SET, `j .`.
{
    printf '\xe9\x01\x02\x00\x04\x00\x10\x40\x00\x00\x10\x40\x14\x00\x00\x00'
    printf '\x00\x03\x00\x60\x31\xff\xff\x22\xa0\x10\x22\x63\x03\x22\x63\x01'
    printf '\x06\xff\xff\x00\0\0\0\0\0\0\0\0\0\0\0\x2b'
} >lamp
cp loop.bin lamp.bin
put lamp.bin 0 lamp
lights() { [ "$(grep -oE 'gpio[0-9]+ .*' err | head -2 | tr '\n' ,)" = 'gpio4 0,gpio4 1,' ]; }
press() { board 3 --flash loop.bin --time-limit 0.2 --trace "$1" --button 0:0.1:0.05; }

check "a lamp runs" board 3 --flash lamp.bin --time-limit 0.2 --leds
check "and is seen" lights
check "a button is pressed" press press.1
check "at its time" grep -qE '^100000\.[0-9]+ .* pin gpio0 held at 0$' press.1
check "and let go" grep -qE '^150000\.[0-9]+ .* pin gpio0 released$' press.1
check "pressed again" press press.2
check "the run is the same" cmp -s press.1 press.2
for bad in 17 x 0:x 0:1:0 0:1:2:3 0: -1; do
    check "--button $bad is refused" board 1 --flash loop.bin --button "$bad"
    check "in one line" one_line
done

check "a board runs on" start --flash loop.bin
check "a second one is refused" board 1 --flash loop.bin
check "in one line" one_line
check "SIGTERM ends it cleanly" stop TERM 0
check "the lock is gone" board 0 --flash loop.bin --until csum

check "a pseudo-terminal is made" start --flash loop.bin --serial pty:tty
check "and carries the banner" grep -q 'boot mode' <(timeout 2 cat tty 2>/dev/null)
check "SIGINT ends it cleanly" stop INT 0
check "its link is gone" [ ! -e tty ]

for run in a b; do
    check "run $run" board 3 --flash "$run.bin" --flash-size 1MB --no-net --time-limit 0.01 \
        --seed 7 --trace "$run.trace" --stats "$run.json"
done
check "the same seed gives the same trace" cmp a.trace b.trace
check "and the same figures" [ "$(figures a.json)" = "$(figures b.json)" ]
check "which hold something" grep -q 'reset power-on' a.trace

finish
