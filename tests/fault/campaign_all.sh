#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The whole campaign (make campaign): every scenario, every set of cases, on two kinds of image and
# once through TLS. Prints a table; figures stand in build/campaign/*.json, pictures beside them.
# CAMPAIGN_TIME=S: no case begins after S seconds in all. CAMPAIGN_ONLY=WORD: rows that hold it.
# CAMPAIGN_JOBS=N: processes.
set -u
. "$(dirname "$0")/../support/test.sh"
out=$root/build/campaign
example=$root/examples/simple_ota_example
start=$(date +%s)
budget=${CAMPAIGN_TIME:-14400}
jobs=${CAMPAIGN_JOBS:-$(nproc)}
mkdir -p "$out" && cd "$out" || exit 1

# row NAME FLASH OPTIONS...: one campaign, one line of the table.
row() {
    local name=$1 flash=$2 left
    shift 2
    case $name in *"${CAMPAIGN_ONLY:-}"*) ;; *) return ;; esac
    left=$((budget - $(date +%s) + start))
    if [ "$left" -le 0 ]; then
        printf '%-32s no time was left\n' "$name"
        failed=$((failed + 1))
        return
    fi
    rm -f "$name.json"
    "$airslot" campaign --flash "$flash" -j "$jobs" --time "$left" --json "$name.json" \
        --svg "$name.svg" "$@" >"$name.txt" 2>"$name.err" </dev/null
    code=$?
    if [ -s "$name.json" ]; then
        printf '%-32s %9s %9s %9s %7s %8s %9s %9s\n' "$name" "$(figure cases "$name.json")" \
            "$(figure run "$name.json")" "$(figure merged "$name.json")" \
            "$(figure failed "$name.json")" "$(figure not_run "$name.json")" \
            "$(printf %.0f "$(figure seconds "$name.json")")" \
            "$(printf %.1f "$(figure cases_per_second "$name.json")")"
    fi
    if [ $code = 0 ] && [ "$(figure not_run "$name.json")" = 0 ]; then
        pass
    else
        failed=$((failed + 1))
        grep -A 1 '^FAILED' "$name.txt" | head -n 6
        cat "$name.err"
    fi
}
# ours NAME SCENARIO OPTIONS...: a row on the campaign's firmware.
ours() {
    local name=$1 scenario=$2 flash
    shift 2
    case $name in *"${CAMPAIGN_ONLY:-}"*) ;; *) return ;; esac
    flash=$scenario.bin
    [ "$name" != "${name%-512k}" ] && flash=$scenario-512k.bin
    if [ ! -s "$flash.made" ]; then
        if [ "$flash" = "$scenario.bin" ]; then
            "$root/tests/fault/scenario.sh" "$scenario" "$flash"
        else
            "$root/tests/fault/scenario.sh" "$scenario" "$flash" \
                "$root/tests/firmware/campaign_big/build/campaign_big.bin"
        fi || { failed=$((failed + 1)); return; }
        echo made >"$flash.made"
    fi
    row "$name" "$flash" --up ' is up in ' --up-new 'campaign: done' --refused ' refused: 0x' \
        --max-starts 3 --no-resume "$@"
}
tls() { # NAME OPTIONS...
    local name=$1
    shift
    case $name in *"${CAMPAIGN_ONLY:-}"*) ;; *) return ;; esac
    rm -f tls.bin
    "$airslot" flash --port file:tls.bin 0x0 "$example/build/bootloader/bootloader.bin" \
        0x8000 "$example/build/partition-table.bin" 0x10000 "$example/build/simple_ota.bin" \
        >tls.log 2>&1 || { cat tls.log; failed=$((failed + 1)); return; }
    mkdir -p peer && cp "$root/examples/hello_world/build/hello_world.bin" peer/
    row "$name" tls.bin --up 'Starting OTA example' --up-new 'Hello world!' --peer-root peer \
        --peer-cert "$example/server_certs/ca_cert.pem" \
        --peer-key "$example/server_certs/ca_key.pem" "$@"
}

rm -f ./*.made
printf '%-32s %9s %9s %9s %7s %8s %9s %9s\n' '' cases run merged failed 'not run' seconds cases/s
for scenario in confirm rollback previous unselect; do
    ours "single-$scenario" $scenario --single
done
ours single-live-64k live --single --dead
ours single-reverse-64k reverse --single --dead --quick-chip
ours single-factory-64k factory --single --dead --quick-chip
for scenario in crash hang restart; do
    ours "trial-$scenario" $scenario --single --every 100 --cuts 200 --quick-chip
done
tls tls --single --every 100
ours single-live-512k live --single --dead
ours cuts-64k live --cuts 20000
ours double-64k live --double 10240 --quick-chip
ours flips-64k live --flips 1000 --quick-chip
ours brownouts-64k live --brownouts 1000 --quick-chip
for scenario in confirm rollback previous unselect live; do
    ours "pairs-$scenario" $scenario --pairs --quick-chip
done

finish
