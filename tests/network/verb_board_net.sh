#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot board --net peer` as a user meets it: an update without a server, twice the same in two
# processes, over HTTP and HTTPS and in any slices of the host; scripts, and refusals in one line.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
example=$root/examples/simple_ota_example

board() { run "$1" board --flash "${@:2}"; } # EXPECTED-CODE FLASH OPTIONS...
fresh() { # FLASH: the example as `make flash` leaves it on a blank chip
    blank "$1"
    put "$1" 0 "$example/build/bootloader/bootloader.bin"
    put "$1" 0x8000 "$example/build/partition-table.bin"
    put "$1" 0x10000 "$example/build/simple_ota.bin"
}
update() { # FLASH OPTIONS...
    local flash=$1
    shift
    board 0 "$flash" --net peer --peer-root "$root/examples/hello_world/build" \
        --peer-cert "$example/server_certs/ca_cert.pem" \
        --peer-key "$example/server_certs/ca_key.pem" --until 'Hello world!' --time-limit 120 \
        --seed 11 --trace "$flash.trace" --stats "$flash.json" "$@"
}
same_run() { # FLASH FLASH
    cmp "$1" "$2" && cmp "$1.trace" "$2.trace" && diff <(figures "$1.json") <(figures "$2.json")
}
refused() { # MESSAGE OPTIONS...: exit code 1, one error line with the message
    local message=$1
    shift
    board 1 none.bin "$@" && one_line && said "$message"
}

link=bandwidth=1M,delay=5ms,jitter=3ms,loss=2%,dup=1%,reorder=1%
fresh base.bin
cp base.bin one.bin && check 'an update needs no server' update one.bin --link $link
cp base.bin two.bin && check 'and once more' update two.bin --link $link
check 'two processes, one run' same_run one.bin two.bin
cp base.bin three.bin && check 'another seed works, too' update three.bin --link $link --seed 12
check 'and differs' test "$(figures one.bin.json)" != "$(figures three.bin.json)"
cp base.bin real.bin && check 'real time' update real.bin --link $link --speed real
check 'real time changes nothing' same_run one.bin real.bin

printf 'request 1 status 404\n' >script
cp base.bin four.bin
check 'a script is followed' board 0 four.bin --net peer --net-script script \
    --peer-cert "$example/server_certs/ca_cert.pem" --peer-key "$example/server_certs/ca_key.pem" \
    --until 'present image keeps running' --time-limit 120
check 'status 404 reaches the device' grep -q 'status 404' out

check 'kind' refused "bad value 'wifi'" --net wifi
check 'link' refused "option --link: delay wants a time" --net peer --link delay=5
check 'direction' refused "option --link-down: unknown link property 'x'" --net peer --link-down x=1
check 'port' refused "bad value '0'" --net peer --peer-port 0
check 'peer only' refused 'option --peer-root is for --net peer' --peer-root .
check 'key without certificate' refused 'a certificate needs its key' --net peer --peer-key k.pem
check 'no certificate' refused "cannot use the certificate 'c.pem'" --net peer --peer-key k.pem \
    --peer-cert c.pem
check 'no script' refused "none.txt" --net peer --net-script none.txt
printf '# air\nat 2s ap down\nat noon ap up\n' >bad
check 'bad script' refused "bad:3: expected a time as 200ms or 2s, not 'noon'" --net peer \
    --net-script bad
printf 'a\0b' >binary
check 'no text' refused "'binary' is no text" --net peer --net-script binary
printf 'tls 1.2\n' >tls
check 'TLS without a certificate' refused 'there is no certificate' --net peer --net-script tls

finish
