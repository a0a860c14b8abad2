/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the requests that the chip's loader answers: up to OP_SPI_SET_PARAMS also the one in
 * the mask ROM, the others the stub flasher alone. Fact: those that loaders of this chip know. */
#ifndef STUB_OPS_H
#define STUB_OPS_H

enum loader_op {
    OP_FLASH_BEGIN = 0x02,
    OP_FLASH_DATA = 0x03,
    OP_FLASH_END = 0x04,
    OP_MEM_BEGIN = 0x05,
    OP_MEM_END = 0x06,
    OP_MEM_DATA = 0x07,
    OP_SYNC = 0x08,
    OP_WRITE_REG = 0x09,
    OP_READ_REG = 0x0a,
    OP_SPI_SET_PARAMS = 0x0b,
    OP_SPI_ATTACH = 0x0d,
    OP_CHANGE_BAUD = 0x0f,
    OP_DEFL_BEGIN = 0x10,
    OP_DEFL_DATA = 0x11,
    OP_DEFL_END = 0x12,
    OP_FLASH_MD5 = 0x13,
    OP_ERASE_FLASH = 0xd0,
    OP_ERASE_REGION = 0xd1,
    OP_READ_FLASH = 0xd2,
    OP_RUN_USER_CODE = 0xd3,
};

#endif
