#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches esptool-js and runs it against the board. Without it this fails: nothing is skipped.
set -eu
scripts/fetch-esptool-js || {
    echo "0 passed, 1 failed"
    exit 1
}
exec node tests/interop/esptool.js build/interop/node_modules/esptool-js/lib/index.js \
    build/airslot examples/hello_world/build
