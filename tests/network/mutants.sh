#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Plants each bug of tests/network/mutants/ in a copy of its source below build/, links a test program
# with it, and demands that the program fails, for the reason that the bug's file names. A bug that
# survives fails the run, and so does one that no longer applies. A file holds:
#   what:    the bug, for people                  by:   the test program; default liar_host
#   reason:  a regular expression that a line of the program's output must match
# and the edits of one source (tests/support/mutant.sh).
# Usage: tests/network/mutants.sh [--all|NAME...]   neither: every sixth, as make check does
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/mutant.sh"
cd "$root" || exit 1
folder=tests/network/mutants
work=$PWD/build/network-mutants
lines=$work/lines.$$ # of this run
unset MAKEFLAGS MAKELEVEL
mkdir -p "$work"
temporary=$lines

field() { mutant_field "$folder/$1.mutant" "$2"; } # NAME KEY
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

# build NAME: work/NAME/test. The object comes first on the line, so no archive gives the healthy one.
build() {
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
    { eval "$compile" && eval "$link"; } >"$dir/build.log" 2>&1 ||
        { echo "does not build: $(grep -m 1 rror "$dir/build.log")"; return 1; }
}

# One bug, in a process of its own: work/NAME.verdict.
judge() { # NAME
    local why reason line
    if ! why=$(build "$1"); then
        echo "FAILED: $1: $why"
        return
    fi
    { timeout 120 "$work/$1/test"; } >"$work/$1/out" 2>&1 </dev/null
    local code=$?
    reason=$(field "$1" reason)
    line=$(grep -a -m 1 -E -- "$reason" "$work/$1/out")
    if [ $code = 0 ]; then
        echo "FAILED: $1: SURVIVED: $(field "$1" what)"
    elif [ -z "$line" ]; then
        echo "FAILED: $1: caught, but not because '$reason': $(grep -a -m 1 -E 'FAILED|ERROR' "$work/$1/out")"
    else
        printf '%-28s %s\n' "$1" "${line:0:150}"
    fi
}

every=6
[ "${1:-}" != --all ] || { every=1; shift; }
if [ $# = 0 ]; then
    # shellcheck disable=SC2046
    set -- $(cd "$folder" && ls -- *.mutant | sed 's/\.mutant$//' | awk "NR % $every == 0")
fi
# shellcheck disable=SC2046
ask_make $(for name in "$@"; do program "$name"; done | sort -u)
for name in "$@"; do
    await_processor
    judge "$name" >"$work/$name.verdict" 2>/dev/null &
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
