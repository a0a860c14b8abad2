#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot serve` and the device: the first connection shakes hands in full, the next two take the
# session up by its ticket.
set -u
root=$PWD
airslot=$root/build/airslot
firmware=$root/tests/firmware/tls/build
mkdir -p build/tests
work=$(mktemp -d "$root/build/tests/serve-resume-XXXXXX") && cd "$work" || exit 1
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
        tail -n 20 out log
    fi
}
put() { # FLASH OFFSET FILE
    dd if="$3" of="$1" bs=4096 seek=$(($2 / 4096)) conv=notrunc status=none
}
count() { [ "$(grep -c -- "$2" "$1")" = "$3" ]; } # FILE TEXT TIMES

mkdir files
check "a certificate" "$airslot" cert --host 10.0.2.2 --key-type p256 --out . >out 2>&1
"$airslot" serve --root files --cert ca_cert.pem --key ca_key.pem --bind 127.0.0.1 --port 0 \
    --port-file port >log 2>&1 &
pid=$!
for _ in $(seq 100); do
    [ -s port ] && break
    sleep 0.05
done
head -c $((4 << 20)) /dev/zero | tr '\0' '\377' >flash.bin
put flash.bin 0 "$firmware/bootloader/bootloader.bin"
put flash.bin 0x8000 "$firmware/partition-table.bin"
put flash.bin 0x10000 "$firmware/tls.bin"
{ echo "10.0.2.2 $(cat port) 3 0"; cat ca_cert.pem; } >orders
put flash.bin 0x310000 orders
timeout 60 "$airslot" board --flash flash.bin --until 'tls ends' --time-limit 60 >out 2>err </dev/null
check "the firmware comes to its end" [ $? = 0 ]
check "one full handshake" count out 'connected 0x0 full' 1
check "two sessions taken up" count out 'connected 0x0 resumed' 2
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
