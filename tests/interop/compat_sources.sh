#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Source compatibility: programs of our own that use exactly the headers and names of the SDK's
# simple_ota_example (s1) and of ESP-IDF's native_ota_example (i1) compile and link. And the check
# checks: with one more event in the enumeration, s1 must not compile.
set -u
. "$(dirname "$0")/../support/test.sh"
cd "$root" || exit 1
show() { :; } # the compiler has said it

for example in s1 i1; do
    check "compat_$example builds" make -j2 --no-print-directory -C tests/firmware/compat_$example app
done

header=components/esp_http_client/include/esp_http_client.h
work=build/tests/compat_sources
rm -rf $work
mkdir -p $work
sed 's/^    HTTP_EVENT_DISCONNECTED,/&\n    HTTP_EVENT_ONE_MORE,/' $header >$work/esp_http_client.h
compile_s1() {
    xtensa-lx106-elf-gcc -std=gnu99 -Wall -Werror=all --specs="$specs" -I"$1" $includes -c \
        tests/firmware/compat_s1/main/compat_s1.c -o $work/compat_s1.o
}
specs=$(find /usr/lib -name picolibc.specs -path '*xtensa-lx106*' | head -n 1)
includes="-Itests/firmware/compat_s1/build/include -Iinclude"
for dir in components/*/include; do
    includes="$includes -I$dir"
done
check "s1 compiles with the SDK's warnings" compile_s1 components/esp_http_client/include
check "one more event is noticed" eval '! compile_s1 $work'
finish
