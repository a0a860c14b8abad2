#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a newcomer types first: help, help of each verb, version; and the exit codes of wrong words.
set -u
mkdir -p build/tests
airslot=$PWD/build/airslot
work=$(mktemp -d "$PWD/build/tests/verb-help-XXXXXX") && cd "$work" || exit 1
passed=0
failed=0
trap 'rm -rf "$work"' EXIT

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
run() { # EXPECTED-CODE WORDS...: runs, leaves out and err
    local want=$1
    shift
    timeout 20 "$airslot" "$@" >out 2>err </dev/null
    [ $? = "$want" ]
}
printed() { grep -qE -- "$1" out; }
said() { grep -qF -- "$1" err; }

for word in help --help -h; do
    check "$word" run 0 "$word"
    check "$word lists the verbs" printed '^  image  '
done
verbs=$(sed -n 's/^  \([a-z-]*\) .*/\1/p' out)
check "the verbs are read" [ "$(echo "$verbs" | wc -l)" -ge 13 ]
for verb in $verbs; do
    check "help $verb" run 0 help "$verb"
    cp out help
    check "$verb --help" run 0 "$verb" --help
    check "says the same" cmp -s out help
    check "about $verb" printed "^usage: airslot $verb "
done
for word in version --version -V; do
    check "$word" run 0 "$word"
    check "$word names the build" printed '^airslot [^ ]+$'
done
check "nothing" run 1
check "gets the list" said 'usage: airslot VERB'
for words in nope "help nope"; do
    # shellcheck disable=SC2086
    check "$words" run 1 $words
    check "is no verb" said "error: unknown verb 'nope'"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
