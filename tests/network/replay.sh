#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An update over the host's network, recorded: replayed without any server it takes the same course,
# instruction for instruction, and a device that does something else is noticed at the first frame.
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work=$root/build/tests/replay
certs=$root/examples/simple_ota_example/server_certs
mkdir -p "$work/root" && cd "$work" || exit 1
limit=120

# The port is built into the firmware: the one of last time is taken again while it is free.
serve() {
    local port
    for port in $(cat port 2>/dev/null) 0; do
        rm -f listening
        "$airslot" serve --root root --bind 127.0.0.1 --cert "$certs/ca_cert.pem" \
            --key "$certs/ca_key.pem" --port "$port" --port-file listening \
            >server.log 2>&1 </dev/null &
        pid=$!
        if await listening; then
            cp listening port
            return
        fi
    done
    die "the server does not start: $(cat server.log)"
}
board() { # NAME EXPECTED-CODE OPTIONS...
    local name=$1 want=$2
    shift 2
    cp firmware.flash "$name.bin"
    run "$want" board --flash "$name.bin" --until 'Hello world!' --time-limit 60 \
        --stats "$name.json" --trace "$name.trace" "$@"
}
number_of() { grep -cE "^[^ ]+ [0-9]+ [0-9]+ $1" "$2.trace"; }

cp "$root/examples/hello_world/build/hello_world.bin" root/ || die "hello_world is not built"
serve
build_example "$work/firmware" \
    "CONFIG_FIRMWARE_UPGRADE_URL=\"https://10.0.2.2:$(cat port)/hello_world.bin\"" ||
    die "the firmware does not build"
check "an update is recorded" board live 0 --net-record live.pcapng
stop
check "it restarted once" grep -q '"resets": 1' live.json
check "the trace holds interrupts" [ "$(number_of interrupt live)" -gt 10 ]
check "and frames" [ "$(number_of 'radio radio: frame' live)" -gt 20 ]

check "it is replayed without a server" board replay 0 --net-replay live.pcapng
check "to the same instruction" [ "$(figures live.json)" = "$(figures replay.json)" ]
check "with the same trace" cmp live.trace replay.trace
check "and the same flash" cmp live.bin replay.bin
check "a second time" board again 0 --net-replay live.pcapng
check "with the same trace" cmp live.trace again.trace

check "another device is noticed" board other 2 --net-replay live.pcapng \
    --mac 5c:cf:7f:00:00:01
check "by its first frame" grep -q '^error: the run differs from the recording: frame 1 of' err
head -c 10000 live.pcapng >cut.pcapng
check "a recording that is cut short is refused" board cut 1 --net-replay cut.pcapng
check "with the place" grep -q 'is no recording: a block that is cut short at byte' err

finish
