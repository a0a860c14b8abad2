#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Code in IRAM runs while the flash is busy: none of its literals may point into the flash window.
# The check must also be able to fail: code in flash, which is full of such literals, proves it.
set -u
. "$(dirname "$0")/../support/test.sh"
cd "$root" || exit 1

# Literals of a section that point into the flash window, with the function that loads them.
flash_literals() {
    xtensa-lx106-elf-objdump -d -j "$2" "$1" |
        awk '/^[0-9a-f]+ </ { f = $2 } /l32r/ && /\(402[0-9a-f]+/ { print f, $NF, $(NF - 1) }'
}

for elf in examples/hello_world/build/hello_world.elf tests/firmware/*/build/*.elf; do
    found=$(flash_literals "$elf" .iram.text)
    if [ -z "$found" ] && [ -n "$(flash_literals "$elf" .flash.text)" ]; then
        pass
    else
        fail "$elf: IRAM code refers to flash:"
        echo "$found"
    fi
done
finish
