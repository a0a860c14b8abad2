#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# flash, read-flash, erase-flash and monitor as a user meets them, on the virtual board behind
# RFC 2217, raw TCP and a pseudo-terminal: an example is written, boots, is read back and erased; with
# the stub and without; what is refused, and a port that vanishes.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
limit=120
built=$root/examples/hello_world/build

start() { # SERIAL OPTIONS...: a board in the background; the address of its port in $at
    rm -f port-number board.err
    local line=$1 address=port-number
    shift
    [ "${line%%:*}" != pty ] || address=
    "$airslot" board --no-net --flash flash.bin ${address:+--port-file "$address"} \
        --serial "$line" "$@" >board.out 2>board.err </dev/null &
    pid=$!
    await "${address:-board.err}"
    at=localhost:$(cat port-number 2>/dev/null)
}
holds() { # ADDR FILE: the stopped board's flash
    cmp -s -n "$(stat -c %s "$2")" -i "$(($1)):0" flash.bin "$2"
}
is_blank() { # ADDR LEN
    [ "$(tail -c +$(($1 + 1)) flash.bin | head -c $(($2)) | tr -d '\377' | wc -c)" = 0 ]
}
hex() { od -An -tx1 -j $(($1)) -N "$2" flash.bin | tr -d ' '; } # ADDR LEN
old_flash() { head -c $((4 << 20)) /dev/zero | tr '\0' 'Z' >flash.bin; }
# A boot record that selects ota_0.
record() { printf '\1\0\0\0'; head -c 24 /dev/zero | tr '\0' '\377'; printf '\x9a\x98\x43\x47'; }

files="0x0 $built/bootloader/bootloader.bin 0x8000 $built/partition-table.bin \
    0x10000 $built/hello_world.bin"

# --- RFC 2217, with the stub ---
old_flash
record | put flash.bin 0xd000
start rfc2217:0
port="--port rfc2217://$at"
check "an example is written" run 0 flash $port --baud 460800 --flash-size 4MB $files
check "the chip is told" said "MAC 5c:cf:7f:34:56:12, flash ef 40 16: 4MB, 460800 baud"
check "each file is verified" [ "$(grep -c '^wrote .*verified$' err)" = 4 ]
check "the image is judged" grep -q '^image 0x010000: hello_world .*checksum and SHA-256 good' err
check "otadata is reset, and said" said "otadata is reset: the factory image starts"
check "the monitor shows it booting" run 0 monitor $port --until "Hello world!" --time-limit 30
check "by reset, at the speed that was found" printed "rst cause:2, boot mode:(3,"
check "the monitor counts time" run 3 monitor $port --until "never" --time-limit 0.3
check "time stamps" eval 'run 0 monitor $port --timestamps --until "Hello world!" --time-limit 30 &&
    grep -Eq "^ +[0-9]+\.[0-9]{3}  .*Hello world!" out'
check "Ctrl-] ends the monitor" eval \
    'printf "\035" | timeout 20 "$airslot" monitor $port >out 2>err'
check "an odd range is read back" run 0 read-flash $port --baud 921600 --json 0x8001 0xa123 back
check "as it is in flash" eval 'cmp -s -n $((0xa123)) -i $((0x8001)):0 flash.bin back'
check "and told as JSON" printed '"length": 41251'
check "a sector is erased" run 0 erase-flash $port --region 0x12000 0x1000
check "a range beyond the chip is not" run 1 erase-flash $port --region 0x3ff000 0x2000
check "half a sector is not" run 1 erase-flash $port --region 0x3000 0x800
# --- what is refused, before anything is written ---
head -c 2000000 /dev/zero >big.bin
check "what is longer than its slot" run 2 flash $port 0x8000 "$built/partition-table.bin" 0x10000 big.bin
check "with needed and available bytes" said "needed 0x1e8480 bytes, available 0xf0000"
head -c 5000 "$built/hello_world.bin" >cut.bin
check "what is cut short" run 2 flash $port 0x10000 cut.bin
check "in one line" one_line
check "a chip smaller than the project" run 2 flash $port --flash-size 8MB $files
check "in one line" said "the flash chip has 4MB, the project is set for 8MB"
check "an unknown flash mode" run 1 flash $port --flash-mode dual $files
stop
check "the files are in flash" holds 0x8000 "$built/partition-table.bin"
check "and blank where erased" is_blank 0x12000 0x1000
check "otadata is blank" is_blank 0xd000 0x2000
check "nothing else was touched" eval '[ "$(tail -c +$((0x9001)) flash.bin | head -c 16384 | tr -d Z | wc -c)" = 0 ]'

# --- header, otadata kept ---
old_flash
record | put flash.bin 0xd000
start rfc2217:0
port="--port rfc2217://$at"
check "the header is set" run 0 flash $port --keep-otadata --flash-mode qio --flash-freq 20m $files
check "its hash with it" grep -q '^image 0x000000: bootloader.*SHA-256 good' err
check "and the board boots it" run 0 monitor $port --until "Hello world!" --time-limit 30
stop
check "otadata is kept" eval '[ "$(hex 0xd000 4)" = 01000000 ]'
check "mode and frequency are in flash" eval '[ "$(hex 2 2)" = 0042 ]'

# --- the ROM alone ---
old_flash
start rfc2217:0
port="--port rfc2217://$at"
check "without a stub" run 0 flash $port --no-stub --baud 230400 $files
check "is said" said "230400 baud, no stub"
check "and boots" run 0 monitor $port --until "Hello world!" --time-limit 30
check "its table is read back" run 0 read-flash $port --no-stub --baud 460800 0x8000 0x60 back
check "one odd sector is erased" run 0 erase-flash $port --no-stub --region 0x300000 0x1000
stop
check "the table is what was written" eval 'cmp -s -n 96 -i $((0x8000)):0 flash.bin back'
check "the sector and no other" eval 'is_blank 0x300000 0x1000 && ! is_blank 0x301000 1 && ! is_blank 0x2fffff 1'
check "flash holds the program" holds 0x10000 "$built/hello_world.bin"

# --- the board's power goes while it is written ---
head -c 1000000 /dev/urandom >noise.bin
start rfc2217:0 --time-limit 20
port="--port rfc2217://$at"
check "a port that vanishes" run 1 flash $port --baud 230400 0x100000 noise.bin
check "is told with how far it came" grep -Eq "beyond 0x[1-9a-f][0-9a-f]{3,} of 0xf4240 bytes: the port" err
reached=$(sed -n 's/.*beyond \(0x[0-9a-f]*\) of.*/\1/p' err)
wait "$pid"
pid=
check "and what is said to be there is there" eval 'cmp -s -n $(($reached)) -i $((0x100000)):0 flash.bin noise.bin'
start rfc2217:0
check "the next run works" run 0 flash --port "rfc2217://$at" --baud 921600 0x100000 noise.bin
check "the whole chip is erased" run 0 erase-flash --port "rfc2217://$at"
stop
check "to the last byte" is_blank 0 0x400000

# --- lines without DTR and RTS ---
start tcp:0 --boot download
check "raw TCP, reset by hand" run 0 flash --port "tcp://$at" --before no-reset $files
stop
check "is written too" holds 0x10000 "$built/hello_world.bin"
start pty:line --boot download
check "a pseudo-terminal" run 0 flash --port line --before no-reset --after no-reset 0x10000 \
    "$built/hello_world.bin"
stop
start tcp:0
check "a program that runs is recognised" run 1 flash --port "tcp://$at" $files
check "in one line" one_line
stop

# --- nobody there ---
check "no such device" run 1 flash --port /dev/tty-none $files
check "no such server" run 1 flash --port tcp://localhost:1 $files
check "no such kind of port" run 1 flash --port "spi://x" $files
check "a file's console is the board's" run 0 monitor --port file:flash.bin --until "Hello world!"

finish
