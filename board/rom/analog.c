/* SPDX-License-Identifier: Apache-2.0 */
/* The bus of the analog blocks, in the protocol of the virtual board: block | register << 8 |
 * data << 16, bit 24 writes, bit 25 busy. The host number of the calls is not sent. */
#include "rom.h"

#define WRITE (1u << 24)
#define BUSY  (1u << 25)

static uint8_t transfer(uint32_t command)
{
    REG(ANALOG_BUS) = command;
    while (REG(ANALOG_BUS) & BUSY) {
    }
    return (uint8_t)(REG(ANALOG_BUS) >> 16);
}

/* The bits msb..lsb of a byte. */
static uint32_t field_mask(uint8_t msb, uint8_t lsb)
{
    return (0xFFu >> (7 - (msb & 7))) & (0xFFu << (lsb & 7));
}

uint8_t rom_i2c_readReg(uint8_t block, uint8_t host, uint8_t reg);
uint8_t rom_i2c_readReg(uint8_t block, uint8_t host, uint8_t reg)
{
    (void)host;
    return transfer(block | (uint32_t)reg << 8);
}

void rom_i2c_writeReg(uint8_t block, uint8_t host, uint8_t reg, uint8_t value);
void rom_i2c_writeReg(uint8_t block, uint8_t host, uint8_t reg, uint8_t value)
{
    (void)host;
    transfer(block | (uint32_t)reg << 8 | (uint32_t)value << 16 | WRITE);
}

uint8_t rom_i2c_readReg_Mask(uint8_t block, uint8_t host, uint8_t reg, uint8_t msb, uint8_t lsb);
uint8_t rom_i2c_readReg_Mask(uint8_t block, uint8_t host, uint8_t reg, uint8_t msb, uint8_t lsb)
{
    return (uint8_t)((rom_i2c_readReg(block, host, reg) & field_mask(msb, lsb)) >> (lsb & 7));
}

void rom_i2c_writeReg_Mask(uint8_t block, uint8_t host, uint8_t reg, uint8_t msb, uint8_t lsb,
                           uint8_t value);
void rom_i2c_writeReg_Mask(uint8_t block, uint8_t host, uint8_t reg, uint8_t msb, uint8_t lsb,
                           uint8_t value)
{
    uint32_t mask = field_mask(msb, lsb);
    uint32_t old = rom_i2c_readReg(block, host, reg);
    rom_i2c_writeReg(block, host, reg,
                     (uint8_t)((old & ~mask) | ((uint32_t)value << (lsb & 7) & mask)));
}
