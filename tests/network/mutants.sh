#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Plants each bug of tests/network/mutants/ in a copy of its source below build/, links a test program
# with it, or builds the firmware that the program runs, and demands that the program fails, for the
# reason that the bug's file names. A bug that survives fails the run, and so does one that no longer
# applies. A file holds:
#   what:    the bug, for people                  by:   the test program; default liar_host
#   reason:  a regular expression that a line of the program's output must match
#   test:    of board_signed: which of its tests; the bug is in the firmware
# and the edits of one source (tests/support/mutant.sh).
# Usage: tests/network/mutants.sh [--all|NAME...]
#   neither: every sixth of those that need no firmware, as make check does
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/mutant.sh"
cd "$root" || exit 1
folder=$root/tests/network/mutants
work=$root/build/network-mutants
lines=$work/lines.$$ # of this run
unset MAKEFLAGS MAKELEVEL
mkdir -p "$work"
temporary=$lines

field() { mutant_field "$folder/$1.mutant" "$2"; } # NAME KEY
is_firmware() { [ -n "$(field "$1" test)" ]; } # NAME
program() { local by; by=$(field "$1" by); echo "build/tests/${by:-liar_host}"; }

# What make would run to build the programs from the sources anew: one question, because make takes
# its time to answer.
ask_make() { # PROGRAM...
    local sources
    sources=$(sed -n 's/^file: */-W /p' "$folder"/*.mutant | sort -u)
    make --no-print-directory -j2 "$@" >"$work/build.log" 2>&1 || cat "$work/build.log"
    # shellcheck disable=SC2086
    make -n V=1 $sources "$@" >"$lines" 2>/dev/null
}
compile_line() { grep -m 1 -- " -c $1 -o build/san/" "$lines"; } # SOURCE
link_line() { grep -m 1 -- " -o $1 " "$lines"; }                 # PROGRAM

# link_test NAME: work/NAME/test. The object takes the place of the healthy one, and comes first on the
# line, so no archive gives that. Says why not.
link_test() {
    local dir=$work/$1 source compile link why
    source=$(field "$1" file)
    rm -rf "$dir" && mkdir -p "$dir"
    why=$(mutant_plant "$folder/$1.mutant" . "$dir")
    [ -z "$why" ] || { echo "$why"; return 1; }
    compile=$(compile_line "$source")
    link=$(link_line "$(program "$1")")
    [ -n "$compile" ] && [ -n "$link" ] || { echo "is in no part of $(program "$1")"; return 1; }
    compile=${compile/ -c $source -o build\/san\/${source%.c}.o/ -Wno-error -w -I$(dirname "$source") -c $dir\/$source -o $dir\/bug.o}
    compile=${compile/ -MMD -MP/}
    link=${link/ -o $(program "$1") / -o $dir\/test $dir\/bug.o }
    link=${link/ build\/san\/${source%.c}.o / }
    { eval "$compile" && eval "$link"; } >"$dir/build.log" 2>&1 ||
        { echo "does not build: $(grep -m 1 rror "$dir/build.log")"; return 1; }
}

# build_firmware NAME: work/NAME/$signed, where board_signed run in work/NAME looks for it. One after
# the other, because they share the tree. Says why not.
signed=tests/firmware/signed
make_signed() {
    make --no-print-directory -j2 -C "$work/tree/$signed" AIRSLOT_PATH="$work/tree" PROJECT_VER=1 \
        all >"$work/firmware.log" 2>&1 </dev/null
}
build_firmware() {
    local dir=$work/$1 why code
    rm -rf "$dir" && mkdir -p "$dir"
    why=$(mutant_plant "$folder/$1.mutant" "$work/tree" "$work/tree")
    [ -z "$why" ] || { echo "$why"; return 1; }
    make_signed
    code=$?
    mutant_uproot "$folder/$1.mutant" "$work/tree"
    [ $code = 0 ] || { echo "does not build: $(grep -m 1 rror "$work/firmware.log")"; return 1; }
    (cd "$work/tree" && cp -r --parents "$signed"/build/{*.bin,bootloader/*.bin,keys} "$dir")
}
start_firmware() { # the tree, with the keys that the tests sign with
    exec 9>"$work/lock"
    flock 9
    make --no-print-directory firmware-signed >>"$work/build.log" 2>&1 || cat "$work/build.log"
    mutant_tree "$work/tree"
    mkdir -p "$work/tree/$signed/build"
    cp -rp "$signed/build/keys" "$work/tree/$signed/build/"
}

# One bug, in a process of its own: work/NAME.verdict.
judge() { # NAME
    local code reason line
    if is_firmware "$1"; then
        (cd "$work/$1" && timeout 900 "$root/$(program "$1")" "$(field "$1" test)")
    else
        timeout 120 "$work/$1/test"
    fi >"$work/$1/out" 2>&1 </dev/null
    code=$?
    reason=$(field "$1" reason)
    line=$(grep -a -m 1 -E -- "$reason" "$work/$1/out")
    if [ $code = 124 ]; then
        echo "FAILED: $1: took too long"
    elif [ $code = 0 ]; then
        echo "FAILED: $1: SURVIVED: $(field "$1" what)"
    elif [ -z "$line" ]; then
        echo "FAILED: $1: caught, but not because '$reason': $(grep -a -m 1 -E 'FAILED|ERROR' "$work/$1/out")"
    else
        printf '%-28s %s\n' "$1" "${line:0:150}"
    fi
}

try() { # NAME
    local why
    if why=$(link_test "$1"); then
        judge "$1"
    else
        echo "FAILED: $1: $why"
    fi
}
try_firmware() { # NAME
    local why
    if why=$(build_firmware "$1"); then
        await_processor
        judge "$1" >"$work/$1.verdict" 2>/dev/null 9>&- &
    else
        echo "FAILED: $1: $why" >"$work/$1.verdict"
    fi
}

every=6
[ "${1:-}" != --all ] || { every=1; shift; }
if [ $# = 0 ]; then
    # shellcheck disable=SC2046
    set -- $(cd "$folder" && if [ $every = 1 ]; then ls -- *.mutant; else grep -L '^test:' -- *.mutant; fi |
        sed 's/\.mutant$//' | awk "NR % $every == 0")
fi
# shellcheck disable=SC2046
ask_make $(for name in "$@"; do program "$name"; done | sort -u)
for name in "$@"; do
    if ! is_firmware "$name"; then
        await_processor
        try "$name" >"$work/$name.verdict" 2>/dev/null &
    fi
done
begun=
for name in "$@"; do
    if is_firmware "$name"; then
        [ -n "$begun" ] || start_firmware
        begun=1
        try_firmware "$name"
    fi
done
wait
for name in "$@"; do
    cat "$work/$name.verdict"
    if grep -q '^FAILED' "$work/$name.verdict"; then
        failed=$((failed + 1))
    else
        pass
    fi
done
finish
