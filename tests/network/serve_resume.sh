#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot serve` and the device: the first connection shakes hands in full, the next two take the
# session up by its ticket.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
firmware=$root/tests/firmware/tls/build

show() { tail -n 20 out log; }
count() { [ "$(grep -c -- "$2" "$1")" = "$3" ]; } # FILE TEXT TIMES

mkdir files
check "a certificate" "$airslot" cert --host 10.0.2.2 --key-type p256 --out . >out 2>&1
"$airslot" serve --root files --cert ca_cert.pem --key ca_key.pem --bind 127.0.0.1 --port 0 \
    --port-file port >log 2>&1 &
pid=$!
await port
blank flash.bin
put flash.bin 0 "$firmware/bootloader/bootloader.bin"
put flash.bin 0x8000 "$firmware/partition-table.bin"
put flash.bin 0x10000 "$firmware/tls.bin"
{ echo "10.0.2.2 $(cat port) 3 0"; cat ca_cert.pem; } >orders
put flash.bin 0x310000 orders
check "the firmware comes to its end" run 0 board --flash flash.bin --until 'tls ends' --time-limit 60
check "one full handshake" count out 'connected 0x0 full' 1
check "two sessions taken up" count out 'connected 0x0 resumed' 2
finish
