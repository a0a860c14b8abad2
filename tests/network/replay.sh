#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An update over the host's network, recorded: replayed without any server it takes the same course,
# instruction for instruction, and a device that does something else is noticed at the first frame.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$PWD/build/tests/replay
airslot=$PWD/build/airslot
example=examples/simple_ota_example
certs=$example/server_certs
passed=0
failed=0
server=
mkdir -p "$work/root"
trap '[ -z "$server" ] || kill "$server" 2>/dev/null' EXIT

die() {
    echo "error: $1" >&2
    echo "$passed passed, $((failed + 1)) failed"
    exit 1
}
check() { # NAME CONDITION...
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 5 "$work"/*.err
    fi
}
# The port is built into the firmware: the one of last time is taken again while it is free.
serve() {
    local port
    for port in $(cat "$work/port" 2>/dev/null) 0; do
        rm -f "$work/listening"
        "$airslot" serve --root "$work/root" --bind 127.0.0.1 --cert "$certs/ca_cert.pem" \
            --key "$certs/ca_key.pem" --port "$port" --port-file "$work/listening" \
            >"$work/server.log" 2>&1 </dev/null &
        server=$!
        for _ in $(seq 100); do
            if [ -s "$work/listening" ]; then
                cp "$work/listening" "$work/port"
                return
            fi
            kill -0 "$server" 2>/dev/null || break
            sleep 0.05
        done
    done
    die "the server does not start: $(cat "$work/server.log")"
}
build() {
    { cat "$example/sdkconfig.defaults" &&
        echo "CONFIG_FIRMWARE_UPGRADE_URL=\"https://10.0.2.2:$(cat "$work/port")/hello_world.bin\""; } \
        >"$work/defaults.new"
    cmp -s "$work/defaults.new" "$work/defaults" || {
        mv "$work/defaults.new" "$work/defaults"
        rm -f "$work/sdkconfig"
    }
    env -u MAKEFLAGS -u MAKELEVEL make -j2 --no-print-directory -C "$example" \
        BUILD_DIR_BASE="$work/build" SDKCONFIG="$work/sdkconfig" \
        SDKCONFIG_DEFAULTS="$work/defaults" all >"$work/build.log" 2>&1 ||
        { cat "$work/build.log" && die "the firmware does not build"; }
    rm -f "$work/start.bin"
    "$airslot" flash --port "file:$work/start.bin" --flash-size 4MB \
        0x0 "$work/build/bootloader/bootloader.bin" 0x8000 "$work/build/partition-table.bin" \
        0xd000 "$work/build/ota_data_initial.bin" 0x10000 "$work/build/simple_ota.bin" \
        >"$work/flash.log" 2>&1 || die "cannot write $work/start.bin"
}
board() { # NAME EXPECTED-CODE OPTIONS...
    local name=$1 want=$2
    shift 2
    cp "$work/start.bin" "$work/$name.bin"
    timeout 120 "$airslot" board --flash "$work/$name.bin" --until 'Hello world!' --time-limit 60 \
        --stats "$work/$name.json" --trace "$work/$name.trace" "$@" >"$work/$name.out" \
        2>"$work/$name.err" </dev/null
    local code=$?
    [ "$code" = "$want" ] || { echo "exit code $code, not $want"; return 1; }
}
figures() { grep -v host_seconds "$work/$1.json"; }
number_of() { grep -cE "^[^ ]+ [0-9]+ [0-9]+ $1" "$work/$2.trace"; }

rm -f "$work"/*.err
cp examples/hello_world/build/hello_world.bin "$work/root/" || die "hello_world is not built"
serve
build
check "an update is recorded" board live 0 --net-record "$work/live.pcapng"
kill "$server" && wait "$server" 2>/dev/null
server=
check "it restarted once" grep -q '"resets": 1' "$work/live.json"
check "the trace holds interrupts" [ "$(number_of interrupt live)" -gt 10 ]
check "and frames" [ "$(number_of 'radio radio: frame' live)" -gt 20 ]

check "it is replayed without a server" board replay 0 --net-replay "$work/live.pcapng"
check "to the same instruction" [ "$(figures live)" = "$(figures replay)" ]
check "with the same trace" cmp "$work/live.trace" "$work/replay.trace"
check "and the same flash" cmp "$work/live.bin" "$work/replay.bin"
check "a second time" board again 0 --net-replay "$work/live.pcapng"
check "with the same trace" cmp "$work/live.trace" "$work/again.trace"

check "another device is noticed" board other 2 --net-replay "$work/live.pcapng" \
    --mac 5c:cf:7f:00:00:01
check "by its first frame" grep -q '^error: the run differs from the recording: frame 1 of' \
    "$work/other.err"
head -c 10000 "$work/live.pcapng" >"$work/cut.pcapng"
check "a recording that is cut short is refused" board cut 1 --net-replay "$work/cut.pcapng"
check "with the place" grep -q 'is no recording: a block that is cut short at byte' "$work/cut.err"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
