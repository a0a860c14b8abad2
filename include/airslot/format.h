/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the stored formats (docs/format.md draws them): partition table, otadata, images.
 * Fact: ESP8266_RTOS_SDK v3.x, components/bootloader_support and esptool's version 3 images. */
#ifndef AIRSLOT_FORMAT_H
#define AIRSLOT_FORMAT_H

/* Flash chip geometry that every layout assumes. */
#define ASL_SECTOR_SIZE 0x1000u
#define ASL_PAGE_SIZE 0x100u

/* Partition table: 32-byte entries, ended by 0xff. */
#define ASL_TABLE_ADDR 0x8000u
#define ASL_TABLE_LEN 0xc00u
#define ASL_TABLE_ENTRY_LEN 32u
#define ASL_TABLE_MAX_ENTRIES 95u
#define ASL_TABLE_MAGIC 0x50aau
#define ASL_TABLE_MD5_MAGIC 0xebebu
#define ASL_LABEL_LEN 16u

#define ASL_TYPE_APP 0x00u
#define ASL_TYPE_DATA 0x01u
#define ASL_APP_FACTORY 0x00u
#define ASL_APP_OTA_0 0x10u
#define ASL_APP_OTA_MAX 16u
#define ASL_APP_TEST 0x20u
#define ASL_DATA_OTA 0x00u
#define ASL_DATA_PHY 0x01u
#define ASL_DATA_NVS 0x02u

/* otadata: two sectors; a record on page 0, its seal on page 1, start marks on pages 2 to 13. */
#define ASL_OTADATA_RECORD_LEN 32u
#define ASL_OTADATA_SEQ_BLANK 0xffffffffu
#define ASL_OTADATA_SEAL_LEN 32u
#define ASL_OTADATA_SEAL_MAGIC 0x314c5341u /* "ASL1" */
#define ASL_OTADATA_MARK_PAGE 2u
#define ASL_OTADATA_MAX_STARTS 12u

/* Application image. */
#define ASL_IMAGE_MAGIC 0xe9u
#define ASL_IMAGE_HEADER_LEN 8u
#define ASL_IMAGE_SEGMENT_HEADER_LEN 8u
#define ASL_IMAGE_MAX_SEGMENTS 16u
#define ASL_IMAGE_CHECKSUM_SEED 0xefu
#define ASL_IMAGE_HASH_LEN 32u
#define ASL_IMAGE_DESC_OFF 0x10u
#define ASL_APP_DESC_LEN 256u
#define ASL_APP_DESC_MAGIC 0xabcd5432u

/* Signed claims: the room right behind the descriptor, erased bytes in an unsigned image. */
#define ASL_CLAIMS_OFF (ASL_IMAGE_DESC_OFF + ASL_APP_DESC_LEN)
#define ASL_CLAIMS_LEN 240u
#define ASL_CLAIMS_MAGIC 0x434c5341u /* "ASLC" */
#define ASL_CLAIMS_FORMAT 1u

/* The chip's memories, as far as images name them. */
#define ASL_WINDOW_VADDR 0x40200000u
#define ASL_WINDOW_LEN 0x100000u
#define ASL_IRAM_VADDR 0x40100000u
#define ASL_IRAM_LEN 0xc000u
#define ASL_DRAM_VADDR 0x3ffe8000u
#define ASL_DRAM_LEN 0x18000u
#define ASL_RTC_VADDR 0x60001200u
#define ASL_RTC_LEN 0x200u

#endif
