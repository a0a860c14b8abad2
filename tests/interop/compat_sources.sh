#!/bin/sh
# Source compatibility: programs of our own that use exactly the headers and names of the SDK's
# simple_ota_example (s1) and of ESP-IDF's native_ota_example (i1) compile and link. And the check
# checks: with one more event in the enumeration, s1 must not compile.
set -u
cd "$(dirname "$0")/../.."
passed=0
failed=0

case_is() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok: $1"
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
    fi
}

for example in s1 i1; do
    make --no-print-directory -C tests/firmware/compat_$example app
    case_is "compat_$example builds" $?
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
compile_s1 components/esp_http_client/include
case_is "s1 compiles with the SDK's warnings" $?
if compile_s1 $work; then
    case_is "one more event is noticed" 1
else
    case_is "one more event is noticed" 0
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
