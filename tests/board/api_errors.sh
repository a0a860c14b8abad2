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
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work_folder
limit=120

show() { grep -a 'BAD\|rror' out err | tail -n 20; }
board() { # TABLE UNTIL: the program under that partition table, on a new chip
    cp new.bin flash.bin
    put flash.bin 0x8000 "$1"
    run 0 board --no-net --flash flash.bin --until "$2" --time-limit 60
}

flash_project new.bin "$root/tests/firmware/api_errors/build" api_errors || die "cannot be flashed"
cp "$root/tests/firmware/api_errors/build/partition-table.bin" whole.bin
head -c 4096 /dev/zero | tr '\0' '\377' >none.bin

# The names that the header of this file promises stand in what was printed by one of the two runs.
check "the program comes to its end" board whole.bin 'api_errors: done'
check "with no other error than it should" eval '! printed BAD'
cp out all
printf 'factory, app, factory, 0x10000, 0xF0000,\nota_0, app, ota_0, 0x110000, 0xF0000,\n' >bare.csv
"$airslot" partitions build bare.csv bare.bin >/dev/null 2>&1
check "and without nvs and otadata" board bare.bin 'api_errors: done'
check "with no other error either" eval '! printed BAD'
cat out >>all
for name in $(sed -n '3,/^set /p' "$root/tests/board/api_errors.sh" | grep -o 'ESP_ERR_[A-Z_]*[A-Z]'); do
    [ "$name" != ESP_ERR_TCPIP_ADAPTER ] || continue
    check "$name" grep -qa "api_errors: good $name" all
done
check "otadata is missed by name" printed ASL_ERR_OTADATA_SIZE
check "an update without it is refused by its cause" printed "the table has no otadata of two sectors"
check "memory is missed by name" grep -qaF ASL_ERR_NO_MEM all
check "a missing table ends in the bootloader" board none.bin 'partition table again: make flash'
check "by its name, and with the cure" printed 'no partition table entry here'

finish
