#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A slice of the campaign, for make check: an update on lx106 code from a live record, confirm,
# rollback, boot-previous and the choice of factory, with every kind of fault; and that the command
# refuses what it should. `make campaign` (campaign_all.sh) tries everything.
set -u
. "$(dirname "$0")/../support/test.sh"
work_folder
limit=0 # a campaign takes its time
scenario=$root/tests/fault/scenario.sh
mkdir -p "$root/build/campaign"

campaign() { # EXPECTED-CODE SCENARIO OPTIONS...
    local want=$1 name=$2
    shift 2
    run "$want" campaign --flash "$name.bin" --up ' is up in ' --up-new 'campaign: done' \
        --refused ' refused: 0x' --max-starts 3 --quick-chip -j "$(nproc)" "$@"
}
# The first worker is killed.
loses_a_worker() { # SCENARIO OPTIONS...
    local name=$1 walker= worker= code
    shift
    "$airslot" campaign --flash "$name.bin" --up ' is up in ' --up-new 'campaign: done' "$@" \
        >out 2>err </dev/null &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        walker=$(pgrep -o -P $pid)
        worker=${walker:+$(pgrep -o -P "$walker")}
        [ -z "$worker" ] || { kill -9 "$worker" && break; }
    done
    wait $pid
    code=$?
    pid=
    [ $code = 2 ]
}
is() { test "$(figure "$1" out.json)" "$2" "$3"; } # FIGURE COMPARISON NUMBER

check "a device with a live record" "$scenario" live live.bin
cp live.bin before.bin
check "an update: the slice" campaign 0 live --no-resume --single --every 60 --cuts 1000 --double 96 --flips 40 \
    --brownouts 40 --dead --json out.json --svg "$root/build/campaign/slice.svg"
cat out
check "was whole" is not_run = 0
check "cases were run" is cases -ge 1500
check "nothing failed" is failed = 0
check "some started the old image" is old -gt 400
check "some started the new one" is new -gt 50
check "some went on" is went_on -gt 20
check "dead sectors were refused by name" is refused -ge 10
check "the flash file stays as it was" cmp live.bin before.bin
cp out.json "$root/build/campaign/slice.json"

for name in confirm rollback previous unselect; do
    check "a device before its $name" "$scenario" "$name" "$name.bin"
    check "$name: each kind at each operation" campaign 0 "$name" --json out.json
    tail -n 1 out
    check "cases were run" is cases -ge 30
    cp out.json "$root/build/campaign/slice-$name.json"
done

check "single operations are tried" campaign 0 live --ops 2-3 --faults cut-before,cut-after --json out.json
check "as many as asked" is cases = 4
check "cuts that left parts of a slot" campaign 0 live -j 1 --ops 100-101 --faults cut-after --json out.json
check "are judged each" is merged = 0
check "but when nothing resumes" campaign 0 live --no-resume -j 1 --ops 100-101 --faults cut-after --json out.json
check "they are the same" is merged = 1
check "20 random cuts" campaign 0 confirm --cuts 20 --json out.json
check "are 20 cases" is cases = 20
check "all pairs in no time" campaign 2 confirm --pairs --time 0.01 --json out.json
check "are not run" is not_run -ge 30
check "which is told" grep -q 'error: [0-9]* cases were not run' err
check "a worker that dies is no success" loses_a_worker live --quick-chip --no-resume --ops 1-64 --faults cut-after --json out.json
check "but counted" is workers_died = 1
check "and its cases are not run" is not_run -gt 0
check "states that are judged each" campaign 0 confirm --no-merge --ops 3 --json out.json
check "are not merged" is merged = 0
check "one case of two faults" campaign 0 confirm --case cut-after@3,torn@9:5 --json out.json
check "is one case" is cases = 1
check "a fault that never comes is no case" campaign 2 confirm --case cut-after@3,cut-after@9999
check "no case is no success" campaign 2 live --ops 1 --faults erase-half
check "a goal that never comes is told" campaign 2 confirm --up-new 'no such words' --limit 3
check "without a verdict" grep -q 'without any fault the device does not come' err
check "an unknown fault is refused" campaign 1 live --faults cut-never
check "and an unknown place" campaign 1 live --case flip@0x1000
check "and operations from 0 on" campaign 1 live --ops 0-3

finish
