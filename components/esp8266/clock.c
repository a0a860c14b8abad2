/* SPDX-License-Identifier: Apache-2.0 */
/* Processor clock, and the microsecond clock on FRC2 (5 ticks a microsecond). FRC2 hangs on the
 * APB, so a change of the processor's clock leaves time alone. */
#include "esp8266/cpu.h"
#include "esp8266/regs.h"
#include "esp8266/rom.h"
#include "esp8266/soc.h"
#include "esp_attr.h"

#define FRC2_TICKS_PER_US (SOC_APB_HZ / 16u / 1000000u)
#define FRC2_RUNNING      (FRC2_CTRL_RUN | FRC2_CTRL_DIV16)
#define ALARM_REACH_US    600000000u

static uint32_t cpu_mhz_now = 80;
static uint64_t time_us; /* up to the counter value below */
static uint32_t time_count;

void soc_clock_init(uint32_t cpu_mhz)
{
    if (rom_i2c_readReg(103, 4, 1) != 0x88) {
        rom_i2c_writeReg(103, 4, 1, 0x88);
        rom_i2c_writeReg(103, 4, 2, 0x91);
    }
    if (cpu_mhz == 160) {
        REG_SET_BITS(DPORT_CPU, DPORT_CPU_DOUBLE);
    } else {
        REG_CLR_BITS(DPORT_CPU, DPORT_CPU_DOUBLE);
        cpu_mhz = 80;
    }
    cpu_mhz_now = cpu_mhz;
}

uint32_t soc_clock_cpu_mhz(void)
{
    return cpu_mhz_now;
}

void soc_time_init(bool restart)
{
    if (restart || (REG_READ(FRC2_CTRL) & 0xffu) != FRC2_RUNNING) {
        REG_WRITE(FRC2_CTRL, FRC2_RUNNING);
        REG_WRITE(FRC2_LOAD, 0);
    }
    time_us = 0;
    time_count = 0;
}

/* Moves on in whole microseconds and keeps the rest in the counter value: 32-bit divisions only. */
uint64_t soc_time_us(void)
{
    uint32_t lock = cpu_lock();
    uint32_t us = (REG_READ(FRC2_COUNT) - time_count) / FRC2_TICKS_PER_US;
    time_count += us * FRC2_TICKS_PER_US;
    time_us += us;
    uint64_t now = time_us;
    cpu_unlock(lock);
    return now;
}

bool soc_time_alarm(uint64_t at_us)
{
    uint32_t lock = cpu_lock();
    uint64_t now = soc_time_us();
    bool armed = at_us > now && at_us - now <= ALARM_REACH_US;
    if (armed) {
        uint32_t alarm = time_count + (uint32_t)(at_us - now) * FRC2_TICKS_PER_US;
        REG_WRITE(FRC2_INT_CLR, 1);
        REG_WRITE(FRC2_ALARM, alarm);
        /* The counter may have passed the alarm before it was written. */
        armed = (int32_t)(alarm - REG_READ(FRC2_COUNT)) > 0;
    }
    cpu_unlock(lock);
    return armed;
}

void IRAM_ATTR soc_delay_us(uint32_t us)
{
    uint32_t start = cpu_cycles();
    while (cpu_cycles() - start < us * cpu_mhz_now) {
    }
}
