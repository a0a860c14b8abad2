#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Errors that a program provokes by itself (tests/firmware/api_errors), each by its name:
#   ESP_ERR_NO_MEM ESP_ERR_INVALID_STATE ESP_ERR_NOT_FOUND ESP_ERR_NOT_SUPPORTED ESP_ERR_INVALID_MAC
#   ESP_ERR_NVS_NOT_INITIALIZED ESP_ERR_NVS_NOT_FOUND ESP_ERR_NVS_TYPE_MISMATCH ESP_ERR_NVS_READ_ONLY
#   ESP_ERR_NVS_NOT_ENOUGH_SPACE ESP_ERR_NVS_INVALID_NAME ESP_ERR_NVS_INVALID_HANDLE
#   ESP_ERR_NVS_KEY_TOO_LONG ESP_ERR_NVS_INVALID_LENGTH ESP_ERR_NVS_VALUE_TOO_LONG
#   ESP_ERR_NVS_PART_NOT_FOUND ESP_ERR_WIFI_NOT_INIT ESP_ERR_WIFI_NOT_STARTED ESP_ERR_WIFI_IF
#   ESP_ERR_WIFI_MODE ESP_ERR_WIFI_STATE ESP_ERR_WIFI_CONN ESP_ERR_WIFI_SSID ESP_ERR_WIFI_PASSWORD
#   ESP_ERR_ESP_NETIF_INVALID_PARAMS ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED
#   ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED
#   (0x5001, 0x5007, 0x5004 and 0x5005: the numbers of ESP_ERR_TCPIP_ADAPTER_...)
#   ESP_ERR_WIFI_NOT_CONNECT ESP_ERR_IMAGE_INVALID ESP_ERR_OTA_SMALL_SEC_VER ASL_ERR_OTADATA_SIZE
#   ASL_ERR_NO_MEM
# and the bootloader's ASL_ERR_TABLE_MAGIC.
set -u
root=$PWD
airslot=$root/build/airslot
built=$root/tests/firmware/api_errors/build
mkdir -p "$root/build/tests"
work=$(mktemp -d "$root/build/tests/api-errors-XXXXXX") && cd "$work" || exit 1
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
        grep -a 'BAD\|rror' out | tail -n 20
    fi
}
run() { # UNTIL [TABLE]
    rm -f flash.bin
    "$airslot" flash --port file:flash.bin 0x0 "$built/bootloader/bootloader.bin" \
        ${2:+0x8000 "$2"} 0x10000 "$built/api_errors.bin" >out 2>&1 || return 1
    timeout 120 "$airslot" board --no-net --flash flash.bin --until "$1" --time-limit 60 >out 2>&1 \
        </dev/null
}
said() { grep -qaF -- "$1" out; }

# The names that the header of this file promises stand in what was printed by one of the two runs.
check "the program comes to its end" run 'api_errors: done' "$built/partition-table.bin"
check "with no other error than it should" eval '! said BAD'
cp out all
printf 'factory, app, factory, 0x10000, 0xF0000,\nota_0, app, ota_0, 0x110000, 0xF0000,\n' >bare.csv
"$airslot" partitions build bare.csv bare.bin >/dev/null 2>&1
check "and without nvs and otadata" run 'api_errors: done' bare.bin
check "with no other error either" eval '! said BAD'
cat out >>all
for name in $(sed -n '3,/^set /p' "$root/tests/board/api_errors.sh" | grep -o 'ESP_ERR_[A-Z_]*[A-Z]'); do
    [ "$name" != ESP_ERR_TCPIP_ADAPTER ] || continue
    check "$name" grep -qa "api_errors: good $name" all
done
check "otadata is missed by name" said ASL_ERR_OTADATA_SIZE
check "an update without it is refused by its cause" said "the table has no otadata of two sectors"
check "memory is missed by name" grep -qaF ASL_ERR_NO_MEM all
check "a missing table ends in the bootloader" run 'partition table again: make flash'
check "by its name, and with the cure" said 'no partition table entry here'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
