#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot board` as a user meets it: exit codes, messages, the flash file's lock, where the serial
# line ends, figures, repetition. The firmware is one jump to itself; the ROM's banner is the output.
set -u
airslot=$PWD/build/airslot
work=$(mktemp -d "$PWD/build/tests/verb-board-XXXXXX") && cd "$work" || exit 1
passed=0
failed=0
pid=
trap '[ -n "$pid" ] && kill "$pid"; rm -rf "$work"' EXIT

check() { # NAME CONDITION...
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        cat out err
    fi
}
board() { # EXPECTED-CODE OPTIONS...: runs, leaves out and err
    local want=$1
    shift
    timeout 20 "$airslot" board "$@" >out 2>err </dev/null
    code=$?
    [ "$code" = "$want" ] || { echo "exit code $code, not $want: $*"; return 1; }
}
said() { grep -qF -- "$1" err; }
printed() { grep -qF -- "$1" out; }
one_line() { [ "$(grep -c '^error: ' err)" = 1 ]; }
start() { # OPTIONS...: in the background, until its first words
    "$airslot" board --speed real "$@" >bg.out 2>bg.err </dev/null &
    pid=$!
    for _ in $(seq 100); do
        [ -s bg.out ] || [ -s bg.err ] && return 0
        sleep 0.05
    done
    return 1
}
stop() { # SIGNAL EXPECTED-CODE
    kill -"$1" "$pid"
    wait "$pid"
    [ $? = "$2" ]
    local rc=$?
    pid=
    return $rc
}

# A ROM image: one segment of four bytes at 0x40100000, `j .`, checksum 0xe9.
{
    printf '\xe9\x01\x02\x00\x00\x00\x10\x40\x00\x00\x10\x40\x04\x00\x00\x00'
    printf '\x06\xff\xff\x00\0\0\0\0\0\0\0\0\0\0\0\xe9'
} >image
head -c $((4 << 20)) /dev/zero | tr '\0' '\377' >loop.bin
dd if=image of=loop.bin conv=notrunc status=none

check "a blank chip ends dead" board 5 --flash new.bin
check "with the ROM's words" printed 'ets_main.c '
check "and says where it sleeps" said 'nothing can happen any more: the CPU sleeps at pc 0x4'
check "the file has the chip's size" [ "$(stat -c %s new.bin)" = $((4 << 20)) ]
check "usage is error 1" board 1
check "an unknown option is error 1" board 1 --flash new.bin --fault x
check "and is named" said "unknown option '--fault' of 'board'"
check "another size is refused" board 1 --flash new.bin --flash-size 2MB
check "and explained" said 'hint: '
check "a missing folder is error 1" board 1 --flash no/such.bin
check "--until ends with 0" board 0 --flash loop.bin --until 'boot mode:(3,6)'
check "--time-limit ends with 3" board 3 --flash loop.bin --time-limit 0.25 --stats stats.json
check "figures know the limit" grep -q '"virtual_us": 250000' stats.json
check "download straps are printed" board 0 --flash loop.bin --boot download --until 'mode:(1,6)'

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
    grep -v host_seconds "$run.json" >"$run.figures"
done
check "the same seed gives the same trace" cmp a.trace b.trace
check "and the same figures" cmp a.figures b.figures
check "which hold something" grep -q 'reset power-on' a.trace

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
