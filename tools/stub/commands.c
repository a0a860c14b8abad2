/* SPDX-License-Identifier: Apache-2.0 */
/* The stub's requests. One that is not known is answered as such, under its own number. */
#include "stub.h"

#define SYNC_REPLIES 8u

bool request_take(struct request *q)
{
    uint32_t len = line_wait();
    memset(q, 0, sizeof(*q));
    if (len < REQUEST_HEADER) {
        return false;
    }
    uint32_t n = len < sizeof(*q) ? len : sizeof(*q);
    line_copy(0, q, n);
    return q->direction == 0 && q->len == len - REQUEST_HEADER;
}

void reply(uint8_t op, uint32_t value, enum stub_status status)
{
    struct {
        uint8_t direction, op;
        uint16_t len;
        uint32_t value;
        uint8_t status[2];
    } answer = {.direction = 1, .op = op, .len = 2, .value = value};
    answer.status[0] = status == STUB_OK ? 0 : 1;
    answer.status[1] = (uint8_t)status;
    line_send(&answer, 10);
}

static void sync(uint8_t op)
{
    for (unsigned i = 0; i < SYNC_REPLIES; i++) {
        reply(op, 0, STUB_OK);
    }
}

/* Fact: as the ROM has it, the register is read even when all its bits are written. */
static enum stub_status write_registers(const struct request *q)
{
    if (q->len == 0 || q->len % 16 != 0) {
        return STUB_BAD_LEN;
    }
    for (uint32_t off = 0; off < q->len; off += 16) {
        struct {
            uint32_t addr, value, mask, delay_us;
        } write;
        line_copy(REQUEST_HEADER + off, &write, sizeof(write));
        if (write.addr % 4 != 0) {
            return STUB_BAD_LEN;
        }
        ets_delay_us(write.delay_us & 0xffffu);
        REG(write.addr) = (write.value & write.mask) | (REG(write.addr) & ~write.mask);
    }
    return STUB_OK;
}

static void read_register(const struct request *q)
{
    bool is_good = q->len == 4 && q->arg[0] % 4 == 0;
    reply(q->op, is_good ? REG(q->arg[0]) : 0, is_good ? STUB_OK : STUB_BAD_LEN);
}

static void change_baud(const struct request *q)
{
    uint32_t old = q->arg[1] != 0 ? q->arg[1] : 115200u;
    bool is_good = q->len == 8 && q->arg[0] >= 300 && old >= 300;
    reply(q->op, 0, is_good ? STUB_OK : STUB_BAD_LEN);
    if (is_good) {
        line_set_baud(q->arg[0], old);
    }
}

static enum stub_status erase_all(void)
{
    chip_unlock();
    chip_erase_all();
    chip_wait();
    return STUB_OK;
}

static enum stub_status erase_region(const struct request *q)
{
    if (q->len != 8 || (q->arg[0] | q->arg[1]) % SECTOR != 0) {
        return STUB_BAD_LEN;
    }
    chip_unlock();
    erase_range(q->arg[0], q->arg[1]);
    return STUB_OK;
}

/* Requests whose handlers answer and drop the frame themselves. */
static bool serve_streaming(const struct request *q)
{
    switch (q->op) {
    case OP_FLASH_BEGIN:
    case OP_DEFL_BEGIN:
        flashing_begin(q, q->op == OP_DEFL_BEGIN);
        return true;
    case OP_FLASH_DATA:
        flashing_data(q);
        return true;
    case OP_DEFL_DATA:
        flashing_packed_data(q);
        return true;
    case OP_FLASH_MD5:
        reading_md5(q);
        return true;
    case OP_READ_FLASH:
        reading_flash(q);
        return true;
    default:
        return false;
    }
}

static void serve_plain(const struct request *q)
{
    /* A write that was begun may still be erasing; registers are asked of an idle chip. */
    chip_wait();
    switch (q->op) {
    case OP_SYNC:
        sync(q->op);
        break;
    case OP_WRITE_REG:
        reply(q->op, 0, write_registers(q));
        break;
    case OP_READ_REG:
        read_register(q);
        break;
    case OP_SPI_SET_PARAMS: /* sizes are the host's business: addresses go to the chip as they come
                             */
    case OP_SPI_ATTACH:
        reply(q->op, 0, STUB_OK);
        break;
    case OP_CHANGE_BAUD:
        change_baud(q);
        break;
    case OP_ERASE_FLASH:
        reply(q->op, 0, erase_all());
        break;
    case OP_ERASE_REGION:
        reply(q->op, 0, erase_region(q));
        break;
    case OP_FLASH_END:
    case OP_DEFL_END:
        reply(q->op, 0, flashing_end());
        break;
    default:
        reply(q->op, 0, STUB_BAD_COMMAND);
    }
}

/* Fact: a value of 0 at the end of a write means to run what was written. */
static bool wants_to_leave(const struct request *q)
{
    bool is_end = q->op == OP_FLASH_END || q->op == OP_DEFL_END;
    return q->op == OP_RUN_USER_CODE || (is_end && q->len == 4 && q->arg[0] == 0);
}

uint8_t commands_serve(void)
{
    struct request q;
    for (;;) {
        if (!request_take(&q)) {
            line_drop();
            continue;
        }
        if (serve_streaming(&q)) {
            continue;
        }
        if (q.op != OP_RUN_USER_CODE) {
            serve_plain(&q);
        }
        line_drop();
        if (wants_to_leave(&q)) {
            return q.op;
        }
    }
}
