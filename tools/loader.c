/* SPDX-License-Identifier: Apache-2.0 */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"

#define ALL_BITS 0xffffffffu

void loader_init(struct loader *l, const struct serial_port *port, uint32_t baud)
{
    memset(l, 0, sizeof(*l));
    l->port = port;
    l->baud = baud;
}

static void remember(struct loader *l)
{
    size_t n =
        LOADER_HEARD_MAX - l->n_heard < l->n_bytes ? LOADER_HEARD_MAX - l->n_heard : l->n_bytes;

    memcpy(l->heard + l->n_heard, l->bytes, n);
    l->n_heard += n;
}

enum loader_err loader_frame(struct loader *l, uint32_t timeout_ms)
{
    uint64_t end = serial_now_ms() + timeout_ms;

    for (;;) {
        while (l->at < l->n_bytes) {
            if (slip_take(&l->slip, l->bytes[l->at++])) {
                return LOADER_OK;
            }
        }
        uint64_t now = serial_now_ms();
        int n = l->port->read(l->port->ctx, l->bytes, sizeof(l->bytes),
                              now < end ? (uint32_t)(end - now) : 0);
        l->at = 0;
        l->n_bytes = n > 0 ? (size_t)n : 0;
        remember(l);
        if (n == SERIAL_GONE) {
            l->is_gone = true;
            return LOADER_GONE;
        }
        /* Bytes that make no frame do not buy time. */
        if (n == 0 || serial_now_ms() > end) {
            return LOADER_SILENT;
        }
    }
}

enum loader_err loader_send(struct loader *l, uint8_t op, const void *data, size_t len,
                            uint32_t checksum)
{
    uint8_t *plain = malloc(3 * (LOADER_HEADER_LEN + len) + 2);
    uint8_t *coded = plain + LOADER_HEADER_LEN + len;

    if (plain == NULL) {
        return LOADER_GONE;
    }
    loader_put_header(plain, op, (uint16_t)len, checksum);
    if (len > 0) {
        memcpy(plain + LOADER_HEADER_LEN, data, len);
    }
    size_t n = slip_encode(coded, plain, LOADER_HEADER_LEN + len);
    bool is_sent = l->port->write(l->port->ctx, coded, n);
    free(plain);
    l->is_gone = l->is_gone || !is_sent;
    return is_sent ? LOADER_OK : LOADER_GONE;
}

enum loader_err loader_answer(struct loader *l, uint8_t op, uint32_t timeout_ms,
                              struct loader_reply *reply)
{
    struct loader_reply got;
    uint64_t end = serial_now_ms() + timeout_ms;

    for (;;) {
        uint64_t now = serial_now_ms();
        enum loader_err err = loader_frame(l, now < end ? (uint32_t)(end - now) : 0);
        if (err != LOADER_OK) {
            return err;
        }
        if (loader_parse_reply(l->slip.frame, l->slip.len, &got) && got.op == op) {
            break;
        }
    }
    if (reply != NULL) {
        *reply = got;
    }
    if (got.failed != 0) {
        l->refused_op = op;
        l->refused_error = got.error;
        return LOADER_REFUSED;
    }
    return LOADER_OK;
}

enum loader_err loader_ask(struct loader *l, uint8_t op, const uint32_t *word, unsigned n_words,
                           uint32_t timeout_ms, struct loader_reply *reply)
{
    uint8_t data[16 * 4];

    for (unsigned i = 0; i < n_words; i++) {
        asl_put_le32(data + 4 * i, word[i]);
    }
    enum loader_err err = loader_send(l, op, data, 4 * n_words, 0);
    return err != LOADER_OK ? err : loader_answer(l, op, timeout_ms, reply);
}

void loader_begin_data(struct loader *l)
{
    l->next_seq = 0;
    l->n_unanswered = 0;
}

enum loader_err loader_send_data(struct loader *l, uint8_t op, const uint8_t *payload, size_t len)
{
    uint8_t data[LOADER_DATA_HEADER_LEN + LOADER_MEM_BLOCK] = {0};

    if (len > LOADER_MEM_BLOCK) {
        return LOADER_DAMAGED;
    }
    asl_put_le32(data, (uint32_t)len);
    asl_put_le32(data + 4, l->next_seq++);
    memcpy(data + LOADER_DATA_HEADER_LEN, payload, len);
    l->n_unanswered++;
    return loader_send(l, op, data, LOADER_DATA_HEADER_LEN + len, loader_checksum(payload, len));
}

enum loader_err loader_answer_data(struct loader *l, uint8_t op, uint32_t left, uint32_t timeout_ms)
{
    while (l->n_unanswered > left) {
        enum loader_err err = loader_answer(l, op, timeout_ms, NULL);
        if (err != LOADER_OK) {
            return err;
        }
        l->n_unanswered--;
    }
    return LOADER_OK;
}

enum loader_err loader_read_reg(struct loader *l, uint32_t addr, uint32_t *value)
{
    struct loader_reply reply;
    enum loader_err err = loader_ask(l, OP_READ_REG, &addr, 1, LOADER_REPLY_MS, &reply);

    if (err == LOADER_OK) {
        *value = reply.value;
    }
    return err;
}

enum loader_err loader_write_reg(struct loader *l, uint32_t addr, uint32_t value)
{
    const uint32_t word[4] = {addr, value, ALL_BITS, 0};

    return loader_ask(l, OP_WRITE_REG, word, 4, LOADER_REPLY_MS, NULL);
}

enum loader_err loader_load(struct loader *l, uint32_t vaddr, const uint8_t *data, uint32_t len)
{
    uint32_t n = (len + LOADER_MEM_BLOCK - 1) / LOADER_MEM_BLOCK;
    const uint32_t begin[4] = {len, n, LOADER_MEM_BLOCK, vaddr};
    enum loader_err err = loader_ask(l, OP_MEM_BEGIN, begin, 4, LOADER_REPLY_MS, NULL);

    loader_begin_data(l);
    for (uint32_t at = 0; err == LOADER_OK && at < len; at += LOADER_MEM_BLOCK) {
        uint32_t piece = len - at < LOADER_MEM_BLOCK ? len - at : LOADER_MEM_BLOCK;
        err = loader_send_data(l, OP_MEM_DATA, data + at, piece);
        if (err == LOADER_OK) {
            err = loader_answer_data(l, OP_MEM_DATA, 0, LOADER_REPLY_MS);
        }
    }
    return err;
}
