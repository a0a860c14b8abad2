/* SPDX-License-Identifier: Apache-2.0 */
/* The one error vocabulary below the device API. Numbers are permanent: never reuse, only append. */
#ifndef AIRSLOT_ERR_H
#define AIRSLOT_ERR_H

/* X(name, number, text, hint): the list yields the enum, the texts and the table in docs/errors.md. */
#define ASL_ERR_LIST(X)                                                                            \
    X(INVALID_ARG, -1, "invalid argument", "")                                                     \
    X(INVALID_STATE, -2, "call out of order", "")                                                  \
    X(NOT_FOUND, -3, "not found", "")                                                              \
    X(NO_MEM, -4, "out of memory", "free memory before the update")                                \
    X(FLASH_READ, -10, "flash read failed", "check the flash chip and its supply")                 \
    X(FLASH_PROGRAM, -11, "flash program failed", "check the flash chip and its supply")           \
    X(FLASH_ERASE, -12, "flash erase failed", "check the flash chip and its supply")               \
    X(FLASH_VERIFY, -13, "flash holds other bytes than written",                                   \
      "the sector is worn or the supply dips; retry, then replace the chip")                       \
    X(FLASH_BOUNDS, -14, "address beyond the flash chip",                                          \
      "set the flash size to the chip's, or move the partition")                                   \
    X(TABLE_MAGIC, -20, "no partition table entry here",                                           \
      "flash the partition table (make partition_table-flash)")                                    \
    X(TABLE_END, -21, "partition table has no end marker", "rebuild and flash the table")          \
    X(TABLE_MD5, -22, "partition table does not match its MD5", "rebuild and flash the table")     \
    X(TABLE_ALIGN, -23, "partition is not aligned", "align app and data offsets to 0x1000")        \
    X(TABLE_OVERLAP, -24, "partitions overlap", "move or shrink one of them")                      \
    X(TABLE_WINDOW, -25, "slot crosses a 1 MiB boundary",                                          \
      "keep each slot inside one 1 MiB window of flash")                                           \
    X(TABLE_DUPLICATE, -26, "partition name is used twice", "rename one of them")                  \
    X(TABLE_FULL, -27, "too many partitions", "a table holds 95 entries")                          \
    X(IMAGE_MAGIC, -30, "not an application image (first byte is not 0xe9)",                       \
      "send the .bin that the build made; check that the server did not answer with a text")       \
    X(IMAGE_SEGMENTS, -31, "image has no or too many segments", "rebuild the image")               \
    X(IMAGE_SEGMENT_ADDR, -32, "segment loads outside RAM, or segment 0 is not flash text",        \
      "rebuild the image with airslot image make")                                                 \
    X(IMAGE_SEGMENT_LEN, -33, "segment length is not a multiple of 4 or too long",                 \
      "the file is damaged; rebuild or download it again")                                         \
    X(IMAGE_ENTRY, -34, "entry point outside the image", "rebuild the image")                      \
    X(IMAGE_LINK, -35, "image is linked for another slot",                                         \
      "link it for the slot's offset within its 1 MiB window (the two must agree)")                \
    X(IMAGE_TOO_LARGE, -36, "image is larger than the slot",                                       \
      "shrink the application or enlarge the slots")                                               \
    X(IMAGE_TRUNCATED, -37, "image ends too early", "the file or the download was cut; repeat it") \
    X(IMAGE_CHECKSUM, -38, "image checksum does not match", "the image is damaged; repeat it")     \
    X(IMAGE_HASH, -39, "image SHA-256 does not match", "the image is damaged; repeat it")          \
    X(IMAGE_NO_HASH, -40, "image carries no SHA-256",                                              \
      "build it with airslot image make, or allow images without hash in the configuration")       \
    X(IMAGE_TRAILING, -41, "bytes follow the end of the image", "send exactly the built file")     \
    X(IMAGE_DESC, -42, "image has no application descriptor", "")                                  \
    X(SLOT_RUNNING, -50, "the slot holds the running image", "update the other slot")              \
    X(SLOT_NOT_APP, -51, "the partition is not an application slot", "")                           \
    X(OTADATA_SIZE, -52, "otadata is missing or smaller than two sectors",                         \
      "use a partition table with otadata of size 0x2000")                                         \
    X(NO_SLOT, -53, "no slot holds a bootable image", "flash an image over the serial line")       \
    X(CLAIMS_MISSING, -60, "image is not signed",                                                  \
      "sign it (airslot image sign) with a key that this device trusts")                           \
    X(CLAIMS_FORMAT, -61, "signed claims are damaged or of an unknown format",                     \
      "download it again, or sign it again with this release's airslot")                           \
    X(CLAIMS_KEY, -62, "image is signed by a key that this device does not trust",                 \
      "sign it with a trusted key; a new key must first reach the device in a trusted update")     \
    X(CLAIMS_SIGNATURE, -63, "signature does not match the signed claims",                         \
      "the claims were changed after signing; sign the image again")                               \
    X(CLAIMS_BOARD, -64, "image is signed for another board",                                      \
      "send the image of this board, or sign it with this board's --board")                        \
    X(CLAIMS_SIZE, -65, "image has another size than was signed",                                  \
      "send exactly the signed file")                                                              \
    X(CLAIMS_DIGEST, -66, "image is not the one that was signed",                                  \
      "the file was changed after signing; sign it again, or download it again")                   \
    X(CLAIMS_DESC, -67, "signed claims and application descriptor disagree",                       \
      "the file was changed after signing; sign it again")                                         \
    X(CLAIMS_NO_ROOM, -68, "image has no room for signed claims behind its descriptor",            \
      "build it with this release's airslot")                                                      \
    X(RULE_PROJECT, -70, "image is of another project",                                            \
      "send the image of this project, or switch the rule off in the configuration")               \
    X(RULE_VERSION, -71, "image is older than this device accepts",                                \
      "build it with a secure version that is not below the device's minimum")

enum asl_err {
    ASL_OK = 0,
#define ASL_ERR_ENUM(name, number, text, hint) ASL_ERR_##name = number,
    ASL_ERR_LIST(ASL_ERR_ENUM)
#undef ASL_ERR_ENUM
};

#endif
