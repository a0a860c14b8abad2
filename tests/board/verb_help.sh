#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a newcomer types first: help, help of each verb, version; and the exit codes of wrong words.
set -u
. "$(dirname "$0")/../support/test.sh"
work_folder
shows() { grep -qE -- "$1" out; }

for word in help --help -h; do
    check "$word" run 0 "$word"
    check "$word lists the verbs" shows '^  image  '
done
verbs=$(sed -n 's/^  \([a-z-]*\) .*/\1/p' out)
check "the verbs are read" [ "$(echo "$verbs" | wc -l)" -ge 13 ]
for verb in $verbs; do
    check "help $verb" run 0 help "$verb"
    cp out help
    check "$verb --help" run 0 "$verb" --help
    check "says the same" cmp -s out help
    check "about $verb" shows "^usage: airslot $verb "
done
for word in version --version -V; do
    check "$word" run 0 "$word"
    check "$word names the build" shows '^airslot [^ ]+$'
done
check "nothing" run 1
check "gets the list" said 'usage: airslot VERB'
for words in nope "help nope"; do
    # shellcheck disable=SC2086
    check "$words" run 1 $words
    check "is no verb" said "error: unknown verb 'nope'"
done

finish
