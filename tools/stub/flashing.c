/* SPDX-License-Identifier: Apache-2.0 */
/* Writing flash, plain or packed. A data request is answered when its checksum has been found good,
 * before its bytes are written: the next one travels meanwhile. What goes wrong later is told by
 * the next answer. */
#include "inflate.h"
#include "stub.h"

static struct {
    bool is_open;
    bool is_packed;
    bool has_run; /* the packed stream has been unpacked, to its end or to an error */
    uint32_t next_seq;
    uint32_t payload; /* of the frame that inflate reads: 0 when none is left */
    uint32_t off;     /* into it */
    enum stub_status status;
    struct writer writer;
} session;

static struct inflate unpacker;

/* --- requests --- */

static uint32_t checksum_of(uint32_t off, uint32_t len)
{
    uint32_t sum = 0xef;
    while (len > 0) {
        uint32_t n = len;
        const uint8_t *byte = line_piece(off, &n);
        for (uint32_t i = 0; i < n; i++) {
            sum ^= byte[i];
        }
        off += n;
        len -= n;
    }
    return sum;
}

static enum stub_status judge_data(const struct request *q)
{
    if (!session.is_open) {
        return STUB_NOT_WRITING;
    }
    if (q->len < DATA_HEADER || q->arg[0] != q->len - DATA_HEADER) {
        return STUB_BAD_LEN;
    }
    if (q->arg[1] != session.next_seq) {
        return STUB_BAD_BLOCK;
    }
    if (checksum_of(REQUEST_HEADER + DATA_HEADER, q->arg[0]) != (q->checksum & 0xffu)) {
        return STUB_BAD_CHECKSUM;
    }
    return session.status;
}

/* Answers a data request; true when its payload may be used. */
static bool accept(const struct request *q)
{
    enum stub_status status = judge_data(q);
    if (status == STUB_OK) {
        session.next_seq++;
    } else if (session.is_open) {
        session.status = status;
    }
    reply(q->op, 0, status);
    return status == STUB_OK;
}

static void fail(enum stub_status status)
{
    session.status = session.status != STUB_OK ? session.status : status;
}

void flashing_begin(const struct request *q, bool is_packed)
{
    uint32_t addr = q->arg[3];
    enum stub_status status = q->len >= 16 && addr % SECTOR == 0 ? STUB_OK : STUB_BAD_LEN;
    line_drop();
    session.is_open = status == STUB_OK;
    session.is_packed = is_packed;
    session.has_run = false;
    session.next_seq = 0;
    session.status = STUB_OK;
    /* The host waits for this answer only, not for the erase that begins. */
    reply(q->op, 0, status);
    if (session.is_open) {
        writer_open(&session.writer, addr, q->arg[0]);
    }
}

void flashing_data(const struct request *q)
{
    bool may_write = accept(q) && !session.is_packed;
    uint32_t off = REQUEST_HEADER + DATA_HEADER;
    uint32_t len = may_write ? q->arg[0] : 0;
    /* The last block comes padded. */
    uint32_t room = session.writer.end - session.writer.at - session.writer.fill;
    len = len < room ? len : room;
    while (len > 0) {
        uint32_t n = len;
        const uint8_t *from = line_piece(off, &n);
        writer_put(&session.writer, from, n);
        off += n;
        len -= n;
    }
    line_drop();
}

/* --- packed --- */

/* The next piece of the stream: the rest of a frame that goes round the ring, or the next frame. */
static bool refill(struct inflate *z)
{
    struct request q;
    while (session.payload == 0) {
        if (session.off != 0) {
            line_drop();
            session.off = 0;
        }
        line_wait();
        if (!request_take(&q) || q.op != OP_DEFL_DATA) {
            return false; /* the stream ends here; the request is served as any other */
        }
        if (!accept(&q)) {
            line_drop();
            return false;
        }
        session.payload = q.arg[0];
        session.off = REQUEST_HEADER + DATA_HEADER;
    }
    uint32_t n = session.payload;
    z->in = line_piece(session.off, &n);
    z->in_end = z->in + n;
    session.off += n;
    session.payload -= n;
    return true;
}

static bool write_out(struct inflate *z, const uint8_t *data, uint32_t len)
{
    (void)z;
    return writer_put(&session.writer, data, len);
}

static void unpack(void)
{
    static const uint8_t status_of[] = {
        [INFLATE_DONE] = STUB_OK,
        [INFLATE_BAD_DATA] = STUB_BAD_DATA,
        [INFLATE_NO_INPUT] = STUB_NOT_ENOUGH,
        [INFLATE_STOPPED] = STUB_TOO_MUCH,
    };
    unpacker.in = NULL;
    unpacker.in_end = NULL;
    unpacker.refill = refill;
    unpacker.flush = write_out;
    session.has_run = true;
    fail((enum stub_status)status_of[inflate_run(&unpacker)]);
    writer_close(&session.writer);
}

/* The first data request runs the whole stream: unpacking asks for the requests that follow. */
void flashing_packed_data(const struct request *q)
{
    if (session.is_open && session.is_packed && !session.has_run) {
        session.payload = 0;
        session.off = 0;
        unpack();
        if (session.off != 0) {
            line_drop();
        }
        return;
    }
    fail(STUB_TOO_MUCH);
    accept(q);
    line_drop();
}

enum stub_status flashing_end(void)
{
    if (!session.is_open) {
        return STUB_NOT_WRITING;
    }
    writer_close(&session.writer);
    session.is_open = false;
    if (session.writer.at < session.writer.end) {
        fail(STUB_NOT_ENOUGH);
    }
    return session.status;
}
