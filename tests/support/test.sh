# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What test scripts share. Sourced by bash with `set -u`, from any folder:
#   . "$(dirname "$0")/../support/test.sh"
# It sets $root (the project's folder) and $airslot, and counts. A script checks, and ends with `finish`.
# At its exit the folder of `work_folder` is removed and the process $pid, if any, is ended.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 1
airslot=$root/build/airslot
limit=60 # seconds that `run` waits; 0: for ever
pid=     # what a script has started in the background: one process at a time
passed=0
failed=0
temporary= # removed at exit
leave() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap leave EXIT

# --- counting ---

pass() { passed=$((passed + 1)); }
fail() { # NAME
    failed=$((failed + 1))
    echo "FAILED: $1"
}
show() { tail -n 40 out err; } # what a failed check prints; a script may define its own
check() { # NAME CONDITION...
    local name=$1
    shift
    if "$@"; then
        pass
    else
        fail "$name"
        show
    fi
}
finish() { # the closing line, in the words of scripts/run-tests; no check at all is a failure, too
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
    exit
}
die() { # MESSAGE: without this the rest makes no sense
    fail "$1"
    finish
}

# --- the command ---

work_folder() { # goes to a new folder below build/tests; its path in $work
    mkdir -p "$root/build/tests"
    temporary=$(mktemp -d "$root/build/tests/$(basename "$0" .sh)-XXXXXX") && cd "$temporary" || exit 1
    # shellcheck disable=SC2034
    work=$temporary
}
run() { # EXPECTED-CODE VERB OPTIONS...: leaves out and err
    local want=$1 code
    shift
    timeout "$limit" "$airslot" "$@" >out 2>err </dev/null
    code=$?
    [ "$code" = "$want" ] || { echo "exit code $code, not $want: $*"; return 1; }
}
printed() { grep -qaF -- "$1" out; }
said() { grep -qaF -- "$1" err; }
one_line() { [ "$(grep -c '^error: ' err)" = 1 ]; }

# --- a process in the background ---

await() { # FILE...: until one of them is not empty; fails when $pid ends first, or after 10 s
    local file
    for _ in $(seq 200); do
        for file in "$@"; do
            [ ! -s "$file" ] || return 0
        done
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}
stop() { # [SIGNAL [EXPECTED-CODE]]: ends $pid
    local code
    kill -"${1:-TERM}" "$pid"
    wait "$pid"
    code=$?
    pid=
    [ "$code" = "${2:-$code}" ]
}

# --- figures that commands write as JSON ---

figure() { sed -n "s/^ *\"$1\": \([0-9.]*\),*$/\1/p" "$2" | head -n 1; } # NAME FILE
figures() { grep -v host_seconds "$1"; } # FILE: those that are the same in each run
