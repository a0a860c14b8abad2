/* SPDX-License-Identifier: Apache-2.0 */
/* The serial loader: one request at a time, one reply each. Its quirks are the mask ROM's, which
 * host tools live with: an unknown request is answered under the number of the one before, SYNC
 * eight times, and fields that a reply does not need keep what an earlier one left there. */
#include "rom.h"

enum op {
    OP_FLASH_BEGIN = 0x02,
    OP_FLASH_DATA = 0x03,
    OP_FLASH_END = 0x04,
    OP_MEM_BEGIN = 0x05,
    OP_MEM_END = 0x06,
    OP_MEM_DATA = 0x07,
    OP_SYNC = 0x08,
    OP_WRITE_REG = 0x09,
    OP_READ_REG = 0x0A,
    OP_SPI_SET_PARAMS = 0x0B,
};

enum error {
    ERROR_NONE = 0,
    ERROR_MESSAGE = 5,
    ERROR_FAILED = 6,
    ERROR_CHECKSUM = 7,
    ERROR_READ_BACK = 8,
};

#define HEADER_SIZE      8u
#define DATA_HEADER_SIZE 16u
#define REPLY_SIZE       10u
#define MAX_BLOCK_SIZE   0x1800u
#define CHECKSUM_SEED    0xEFu
#define SYNC_SIZE        36u
#define SYNC_REPLIES     8u
#define COMPARE_WORDS    16u

struct request {
    uint8_t direction; /* 0 */
    uint8_t op;
    uint16_t len;
    uint32_t checksum; /* of the payload of *_DATA */
    uint32_t data[];
};

struct reply {
    uint8_t direction; /* 1 */
    uint8_t op;
    uint16_t len; /* of status and error */
    uint32_t value;
    uint8_t status;
    uint8_t error;
};

/* What BEGIN announced and what came since. */
struct transfer {
    uint32_t size, blocks, block_size, addr;
    uint32_t n_bytes, n_blocks;
};

struct loader {
    struct reply reply;
    struct transfer flash, memory;
    rom_entry *user_start;
    uint32_t is_done;
};

static struct loader loader; /* lives on: a second session starts with the first one's leftovers */

/* --- transfers --- */

static uint32_t begin(struct transfer *t, const struct request *q)
{
    if (q->len != 16 || q->data[2] > MAX_BLOCK_SIZE) {
        return ERROR_MESSAGE;
    }
    t->size = q->data[0];
    t->blocks = q->data[1];
    t->block_size = q->data[2];
    t->addr = q->data[3];
    t->n_bytes = 0;
    t->n_blocks = 0;
    return ERROR_NONE;
}

static uint32_t check_data(const struct transfer *t, const struct request *q)
{
    if (q->len < DATA_HEADER_SIZE || q->data[0] != q->len - DATA_HEADER_SIZE ||
        q->data[0] > t->block_size || q->data[1] != t->n_blocks) {
        return ERROR_MESSAGE;
    }
    const uint8_t *payload = (const uint8_t *)&q->data[4];
    uint32_t checksum = CHECKSUM_SEED;
    for (uint32_t i = 0; i < q->data[0]; i++) {
        checksum ^= payload[i];
    }
    return checksum == q->checksum ? ERROR_NONE : ERROR_CHECKSUM;
}

static void advance(struct transfer *t, uint32_t len)
{
    t->addr += len;
    t->n_bytes += len;
    t->n_blocks++;
}

/* --- flash --- */

static uint32_t flash_begin(const struct request *q)
{
    uint32_t error = begin(&loader.flash, q);
    if (error != ERROR_NONE) {
        return error;
    }
    spi_flash_attach();
    Cache_Read_Disable();
    return SPIEraseArea(loader.flash.addr, loader.flash.size) == 0 ? ERROR_NONE : ERROR_FAILED;
}

static uint32_t reads_back(uint32_t addr, const uint32_t *want, uint32_t len)
{
    uint32_t got[COMPARE_WORDS];
    for (uint32_t done = 0; done < len; done += sizeof got) {
        uint32_t piece = len - done < sizeof got ? len - done : sizeof got;
        if (SPIRead(addr + done, got, piece) != 0) {
            return 0;
        }
        for (uint32_t i = 0; i < piece / 4; i++) {
            if (got[i] != want[done / 4 + i]) {
                return 0;
            }
        }
    }
    return 1;
}

static uint32_t flash_data(const struct request *q)
{
    struct transfer *t = &loader.flash;
    uint32_t len = q->data[0];
    uint32_t error = check_data(t, q);
    if (error == ERROR_NONE && len % 4 != 0) {
        error = ERROR_MESSAGE;
    }
    if (error != ERROR_NONE) {
        return error;
    }
    if (SPIWrite(t->addr, &q->data[4], len) != 0) {
        return ERROR_FAILED;
    }
    if (!reads_back(t->addr, &q->data[4], len)) {
        return ERROR_READ_BACK;
    }
    advance(t, len);
    return ERROR_NONE;
}

/* The value, once "do not reboot", is not looked at. Only a complete session locks the chip. */
static uint32_t flash_end(const struct request *q)
{
    const struct transfer *t = &loader.flash;
    if (q->len != 4) {
        return ERROR_MESSAGE;
    }
    loader.is_done = 1;
    *loader.user_start = NULL;
    if (t->n_bytes != t->size || t->n_blocks != t->blocks) {
        return ERROR_FAILED;
    }
    SPILock();
    return ERROR_NONE;
}

static uint32_t spi_set_params(const struct request *q)
{
    const uint32_t *p = q->data;
    if (q->len != 24) {
        return ERROR_MESSAGE;
    }
    return SPIParamCfg(p[0], p[1], p[2], p[3], p[4], p[5]) == 0 ? ERROR_NONE : ERROR_FAILED;
}

/* --- memory and registers --- */

/* Word-only memory takes whole aligned words; anything else faults there, as in the mask ROM. */
static uint32_t mem_data(const struct request *q)
{
    struct transfer *t = &loader.memory;
    uint32_t error = check_data(t, q);
    if (error != ERROR_NONE) {
        return error;
    }
    memcpy((void *)t->addr, &q->data[4], q->data[0]);
    advance(t, q->data[0]);
    return ERROR_NONE;
}

/* Flag 0 leaves the loader for the entry, any other flag stays. */
static uint32_t mem_end(const struct request *q)
{
    if (q->len > 8 || q->len < 4) {
        return ERROR_MESSAGE;
    }
    if (q->data[0] == 0) {
        *loader.user_start = (rom_entry)q->data[1];
        loader.is_done = 1;
    }
    return ERROR_NONE;
}

/* The register is read even under a full mask. */
static uint32_t write_reg(const struct request *q)
{
    if (q->len == 0 || q->len % 16 != 0) {
        return ERROR_MESSAGE;
    }
    for (const uint32_t *p = q->data; p < q->data + q->len / 4; p += 4) {
        ets_delay_us(p[3] & 0xFFFF);
        uint32_t old = REG(p[0]);
        REG(p[0]) = (p[1] & p[2]) | (old & ~p[2]);
    }
    return ERROR_NONE;
}

static uint32_t read_reg(const struct request *q)
{
    if (q->len != 4) {
        return ERROR_MESSAGE;
    }
    loader.reply.value = REG(q->data[0]);
    return ERROR_NONE;
}

static uint32_t sync(const struct request *q)
{
    if (q->len != SYNC_SIZE) {
        return ERROR_MESSAGE;
    }
    loader.reply.value = q->data[0];
    return ERROR_NONE;
}

/* --- the loop --- */

static uint32_t serve(const struct request *q)
{
    switch (q->op) {
    case OP_FLASH_BEGIN:
        return flash_begin(q);
    case OP_FLASH_DATA:
        return flash_data(q);
    case OP_FLASH_END:
        return flash_end(q);
    case OP_MEM_BEGIN:
        return begin(&loader.memory, q);
    case OP_MEM_END:
        return mem_end(q);
    case OP_MEM_DATA:
        return mem_data(q);
    case OP_SYNC:
        return sync(q);
    case OP_WRITE_REG:
        return write_reg(q);
    case OP_READ_REG:
        return read_reg(q);
    default:
        return spi_set_params(q);
    }
}

static uint32_t answer(const struct request *q, uint32_t frame_len)
{
    if (q->direction != 0 || q->op < OP_FLASH_BEGIN || q->op > OP_SPI_SET_PARAMS) {
        return ERROR_MESSAGE;
    }
    loader.reply.op = q->op;
    return q->len == frame_len - HEADER_SIZE ? serve(q) : ERROR_MESSAGE;
}

static void send_reply(uint32_t error)
{
    struct reply *r = &loader.reply;
    r->direction = 1;
    r->len = 2;
    r->status = error != ERROR_NONE;
    if (error != ERROR_NONE) {
        r->error = (uint8_t)error;
    }
    for (uint32_t n = r->op == OP_SYNC ? SYNC_REPLIES : 1; n > 0; n--) {
        send_packet((const uint8_t *)r, REPLY_SIZE);
    }
}

/* Serves requests in buf[size] until one of them leaves; *start is then what comes next: an entry,
 * or NULL for the flash. A frame without a whole header, or longer than buf, gets no answer. */
uint32_t UartDwnLdProc(uint8_t *buf, uint32_t size, rom_entry *start)
{
    const struct request *q = (const struct request *)(const void *)buf;
    loader.user_start = start;
    loader.is_done = 0;
    ets_isr_unmask(1u << INTERRUPT_UART);
    while (!loader.is_done) {
        uint32_t len = rom_receive_frame(buf, size);
        if (len >= HEADER_SIZE) {
            send_reply(answer(q, len));
        }
    }
    uart_wait_sent();
    ets_isr_mask(1u << INTERRUPT_UART);
    return 0;
}
