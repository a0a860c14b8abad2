/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the seed inputs of the fuzz entries below a folder: seeds FOLDER. They are good inputs and
 * near misses; a fuzzer finds the way on from there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "airslot/bytes.h"
#include "asl_otadata.h"
#include "asl_table.h"
#include "make_image.h"
#include "sdk_record.h"
#include "signed_head.h"

static const char *folder;

static void put(const char *entry, const char *name, const void *data, size_t len)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", folder, entry);
    mkdir(path, 0777);
    snprintf(path, sizeof(path), "%s/%s/%s", folder, entry, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, len, file) != len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static void put_tables(void)
{
    static const struct asl_partition map[] = {
        {1, 2, 0x9000, 0x4000, "nvs", 0},       {1, 0, 0xd000, 0x2000, "otadata", 0},
        {0, 0, 0x10000, 0xf0000, "factory", 0}, {0, 16, 0x110000, 0xf0000, "ota_0", 0},
        {0, 18, 0x210000, 0x1000, "ota_2", 1},
    };
    uint8_t raw[ASL_TABLE_LEN + 1];

    asl_table_build(map, 5, false, raw);
    put("fuzz_table", "plain", raw, 6 * 32);
    asl_table_build(map, 5, true, raw);
    put("fuzz_table", "md5", raw, 7 * 32);
    memset(raw, 0xff, sizeof(raw));
    put("fuzz_table", "blank", raw, 32);
    asl_table_build(map, 5, true, raw + 1);
    raw[0] = 1;
    put("fuzz_reader", "table", raw, 1 + 7 * 32);
}

/* Patches on a blank flash: address, length, bytes. */
static size_t add_patch(uint8_t *out, uint32_t addr, const uint8_t *data, uint8_t len)
{
    out[0] = (uint8_t)addr;
    out[1] = (uint8_t)(addr >> 8);
    out[2] = (uint8_t)(addr >> 16);
    out[3] = len;
    memcpy(out + 4, data, len);
    return 4u + len;
}

static void put_flash(void)
{
    static const struct asl_partition map[] = {
        {1, 0, 0xd000, 0x2000, "otadata", 0},
        {0, 0, 0x10000, 0x10000, "factory", 0},
        {0, 16, 0x30000, 0xf0000, "ota_0", 0},
    };
    static uint8_t image[2048], raw[ASL_TABLE_LEN], record[32], out[4096];
    size_t len = 0;

    asl_table_build(map, 3, true, raw);
    sdk_record_make(1, UINT32_MAX, record);
    len += add_patch(out + len, ASL_TABLE_ADDR, raw, 5 * 32);
    len += add_patch(out + len, 0xd000, record, sizeof(record));
    uint32_t image_len = make_app(0x10000, 512, 64, image, sizeof(image));
    for (uint32_t at = 0; at < image_len; at += 128) {
        uint32_t n = image_len - at < 128 ? image_len - at : 128;
        len += add_patch(out + len, 0x10000 + at, image + at, (uint8_t)n);
    }
    put("fuzz_flash_map", "factory", out, len);
}

/* Two sectors as fuzz_otadata reads them: a record, its seal and the used pages of each. */
static void put_records(void)
{
    static const uint32_t pairs[][2] = {{1, 0}, {1, 2}, {5, 5}, {0xfffffffe, 1}, {7, 0x80000007}};
    uint8_t raw[4 + 2 * 66];
    char name[16];

    for (unsigned i = 0; i < 3 * sizeof(pairs) / sizeof(pairs[0]); i++) {
        const uint32_t *pair = pairs[i / 3];
        memset(raw, 0xff, sizeof(raw));
        raw[0] = (uint8_t)(i % 3 == 0 ? 0x77 : i % 3 == 1 ? 0xcc : 0x7c);
        raw[1] = raw[2] = (uint8_t)(i * 37);
        raw[3] = 3;
        for (unsigned k = 0; k < 2; k++) {
            uint8_t *at = raw + 4 + 66 * k;
            asl_put_le32(at, pair[k]);
            asl_put_le32(at + 32 + 4, pair[k]);
            at[32 + 8] = 0;
            asl_put_le32(at + 32 + 16, i % 3);
            at[64] = (uint8_t)(3 + 4 * k);
            at[65] = 0;
        }
        snprintf(name, sizeof(name), "pair%u", i);
        put("fuzz_otadata", name, raw, sizeof(raw));
    }
}

static void put_images(void)
{
    uint8_t raw[2048];

    raw[0] = 2;
    put("fuzz_image", "vector_a", raw, 1 + make_vector_a(raw + 1, sizeof(raw) - 1));
    put("fuzz_image", "vector_b", raw, 1 + make_vector_b(raw + 1, sizeof(raw) - 1));
    put("fuzz_image", "app", raw, 1 + make_app(0x10000, 400, 40, raw + 1, sizeof(raw) - 1));
    put("fuzz_reader", "app", raw, 1 + make_app(0x10000, 400, 40, raw + 1, sizeof(raw) - 1));
    put("fuzz_nvs", "used", "\x01", 1);
    put("fuzz_nvs", "edited", "\x01\x21\x00\x04\x60\x00\x01", 7);
    put("fuzz_nvs", "sealed", "\x03\x58\x00\x01\x82\x00\x02\x04\x00\x07", 10);
    put("fuzz_nvs", "patched", "\x00\x00\x10\x00\x04\xfe\xff\xff\xff", 9);
    memset(raw, 0, 4);
    raw[0] = 30;
    put("fuzz_update", "app", raw, 4 + make_app(0x2000, 400, 40, raw + 4, sizeof(raw) - 4));
    raw[1] = 1;
    put("fuzz_update", "long", raw, 4 + make_app(0x2000, 1200, 400, raw + 4, sizeof(raw) - 4));
    raw[2] = 3;
    raw[3] = 3;
    raw[1] = 5;
    put("fuzz_update", "noted", raw, 4 + make_app(0x2000, 1200, 400, raw + 4, sizeof(raw) - 4));
    raw[1] = 1;
    put("fuzz_update", "torn", raw, 4 + make_app(0x2000, 1200, 400, raw + 4, sizeof(raw) - 4));
    put("fuzz_update", "text", "\1\0\0\0<html>not found</html>", 27);
}

/* Edits of the signed head, and the signed claims themselves. */
static void put_claims(void)
{
    uint8_t raw[3 + 240] = {0x0c, 0x00, 0x02};

    memcpy(raw + 3, signed_head + 0x110, 240);
    put("fuzz_claims", "signed", raw, sizeof(raw));
    put("fuzz_claims", "edits", "\x0f\x00\x02\x18\x01\x01\x20\x01\x80\xbc\x01\x04", 12);
    put("fuzz_claims", "untouched", "\x6d\x00\x02", 3);
}

/* A slot whose first sector is written but for its last block, and the note of it. */
static void put_resume(void)
{
    static uint8_t image[2048], raw[4096] = {1};
    size_t len = 1;
    uint32_t image_len = make_app(0, 1200, 400, image, sizeof(image));

    for (uint32_t at = 0; at < image_len; at += 128) {
        uint32_t n = image_len - at < 128 ? image_len - at : 128;
        len += add_patch(raw + len, at, image + at, (uint8_t)n);
    }
    static const uint8_t note[] = {0, 0x28, 0, 0, 4, 0, 0, 0, 'n', 'o', 't', 'e'};
    len += add_patch(raw + len, 0x3010, note, sizeof(note));
    put("fuzz_resume", "started", raw, len);
    raw[0] = 0x83;
    put("fuzz_resume", "noted", raw, len);
}

static void put_csv(void)
{
    static const char *const texts[] = {
        "nvs,data,nvs,0x9000,0x4000\nfactory,app,factory,,1M,encrypted\n",
        "# comment\n\na,0x40,0o17,,0b1\nb,data,,,-0x200000,\n", "$HOME,data,nvs,,4k\n",
        "a,app,ota_0,0x10000,960K\nb,app,ota_15,,-4M\n"};
    char name[16];

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(name, sizeof(name), "csv%u", i);
        put("fuzz_csv", name, texts[i], strlen(texts[i]));
    }
}

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

/* One section of flash text behind the ELF header, its section header behind both. */
static void put_elf(void)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    uint8_t raw[52 + 32 + 40] = {0};

    memcpy(raw, ident, sizeof(ident));
    raw[16] = 2;
    raw[18] = 94;
    put32(raw + 24, 0x40210010);
    put32(raw + 32, 84);
    raw[46] = 40;
    raw[48] = 1;
    put32(raw + 84 + 4, 1);
    put32(raw + 84 + 8, 6);
    put32(raw + 84 + 12, 0x40210010);
    put32(raw + 84 + 16, 52);
    put32(raw + 84 + 20, 32);
    put("fuzz_elf", "text", raw, sizeof(raw));
}

/* Responses behind the byte that says how they are cut. */
static void put_http(void)
{
    static const char *const heads[] = {
        "\x01HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\nhello",
        "\x03HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "\x07HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\nno such file",
        "\x05HTTP/1.1 302 Found\r\nLocation: /b?c\r\nContent-Length: 0\r\n\r\n"};
    static const char *const urls[] = {"https://10.0.2.2:8070/hello_world.bin", "http://[::1]/",
                                       "//host/../a?b#c", "../up"};
    char name[16];

    for (unsigned i = 0; i < 4; i++) {
        snprintf(name, sizeof(name), "seed%u", i);
        put("fuzz_http", name, heads[i], strlen(heads[i]));
        put("fuzz_url", name, urls[i], strlen(urls[i]));
    }
}

/* Connections as fuzz_client reads them: a length in eights, how it ends, the answer. */
static size_t add_answer(uint8_t *out, uint8_t how, const char *answer)
{
    size_t len = (strlen(answer) + 7) / 8 * 8;

    out[0] = (uint8_t)(len / 8);
    out[1] = how;
    memset(out + 2, '\n', len);
    memcpy(out + 2, answer, strlen(answer));
    return 2 + len;
}

static void put_client(void)
{
    static const char *const fields[] = {"bytes 0-499/1234", "\"a-1\"", "Basic realm=\"x\""};
    uint8_t raw[1024];
    char name[16];
    size_t len =
        add_answer(raw, 0xf9, "HTTP/1.1 302 Found\r\nLocation: /b?c\r\nContent-Length: 0\r\n\r\n");

    len +=
        add_answer(raw + len, 0x09,
                   "HTTP/1.1 307 x\r\nLocation: https://b.example/c\r\nConnection: close\r\n\r\n");
    len += add_answer(raw + len, 0xff, "");
    put("fuzz_client", "redirects", raw, len);
    len = add_answer(
        raw, 0xf9,
        "HTTP/1.1 401 no\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 2\r\n\r\nno");
    len += add_answer(raw + len, 0xfb,
                      "HTTP/1.1 206 part\r\nContent-Range: bytes 0-4/9\r\nETag: \"v\"\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    put("fuzz_client", "authorised", raw, len);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "field%u", i);
        put("fuzz_fields", name, fields[i], strlen(fields[i]));
    }
}

/* A client that agrees to the options, sets speed and lines, purges, and sends a doubled byte. */
static void put_telnet(void)
{
    static const char session[] = "\xff\xfb\x2c\xff\xfd\x2c\xff\xfd\x01"
                                  "\xff\xfa\x2c\x01\x00\x01\xff\xff\x00\xff\xf0"
                                  "\xff\xfa\x2c\x05\x08\xff\xf0\xff\xfa\x2c\x05\x0b\xff\xf0"
                                  "\xff\xfa\x2c\x0c\x03\xff\xf0\xff\xfa\x2c\x00\xff\xf0"
                                  "\xc0\xff\xff\xc0";
    put("fuzz_rfc2217", "session", session, sizeof(session) - 1);
}

static void put_requests(void)
{
    static const char *const heads[] = {
        "GET /a%20b/./c?d HTTP/1.1\r\nHost: x:1\r\nConnection: close, keep-alive\r\n\r\n",
        "HEAD https://x/f HTTP/1.0\nIf-None-Match: W/\"b\", \"a-1\"\nContent-Length: 0\n\n",
        "GET /%2e%2e/f HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "\r\nPOST * HTTP/2.0\r\n folded\r\n\r\n"};
    char name[16];

    for (unsigned i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        snprintf(name, sizeof(name), "request%u", i);
        put("fuzz_srv_http", name, heads[i], strlen(heads[i]));
    }
}

static void put_peer(void)
{
    static const char *const scripts[] = {
        "# air\nat 2s ap down 1.5s\nat 4s ap up\nafter 10k bytes stall 200ms\ntls 1.3\n",
        "request 2 status 404\nredirect http://x/\nlength 5\nname a.b\nafter 1 bytes reset\n",
        "at 1us link-up bandwidth=1.5M,delay=2ms,jitter=1ms,loss=1%,dup=1%,reorder=1%,mtu=576\n"};
    static const char *const ranges[] = {"bytes=5-", "bytes=1-8\r\nIf-Range: \"t\"",
                                         "bytes=2000-\r\nConnection: close"};
    static const char *const heads[] = {"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n",
                                        "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET",
                                        "POST /x HTTP/1.1\r\nConnection: close\r\n\r\n"};
    char name[16], range[128];

    for (unsigned i = 0; i < 3; i++) {
        snprintf(range, sizeof(range), "GET /a HTTP/1.1\r\nRange: %s\r\n\r\n", ranges[i]);
        snprintf(name, sizeof(name), "range%u", i);
        put("fuzz_peer_http", name, range, strlen(range));
        snprintf(name, sizeof(name), "seed%u", i);
        put("fuzz_net_script", name, scripts[i], strlen(scripts[i]));
        put("fuzz_peer_http", name, heads[i], strlen(heads[i]));
    }
}

/* A few words as zlib packs them: stored, with the fixed code, and with codes of their own. The
 * first byte is the fuzz entry's. */
static void put_packed(void)
{
    static const uint8_t stored[] = {0x10, 0x78, 0x01, 0x01, 0x15, 0x00, 0xea, 0xff, 0x62,
                                     0x61, 0x6e, 0x61, 0x6e, 0x61, 0x20, 0x62, 0x61, 0x6e,
                                     0x61, 0x6e, 0x61, 0x20, 0x62, 0x61, 0x6e, 0x61, 0x6e,
                                     0x61, 0x0a, 0x54, 0xf2, 0x07, 0x6e};
    static const uint8_t fixed[] = {0x03, 0x78, 0x01, 0x4b, 0x4a, 0xcc, 0x03, 0x42, 0x85,
                                    0x24, 0x64, 0x8a, 0x0b, 0x00, 0x54, 0xf2, 0x07, 0x6e};
    static const uint8_t dynamic[] = {
        0x40, 0x78, 0xda, 0x35, 0x90, 0xd1, 0x11, 0x04, 0x31, 0x08, 0x42, 0xff, 0xad, 0x82,
        0xd6, 0xc0, 0xfe, 0x7b, 0x38, 0x9e, 0xb9, 0xcd, 0x8c, 0x19, 0xd7, 0x80, 0xc0, 0x5a,
        0xeb, 0x28, 0x23, 0xcb, 0xf1, 0xda, 0xd9, 0x4d, 0xc6, 0x1e, 0x6f, 0x7a, 0x75, 0xdc,
        0x53, 0x44, 0x5a, 0x45, 0x98, 0x9a, 0x02, 0xb2, 0x1d, 0xac, 0x52, 0x1a, 0x28, 0x06,
        0x52, 0x09, 0xf3, 0x08, 0x03, 0xf8, 0xe0, 0xbd, 0xfa, 0x00, 0x98, 0xf5, 0x1c, 0x21,
        0x73, 0x8b, 0xbb, 0x95, 0xda, 0xea, 0xcf, 0x32, 0x67, 0x17, 0x36, 0xaa, 0x7d, 0x7a,
        0x12, 0x56, 0xa6, 0x98, 0x41, 0xc9, 0x28, 0xd4, 0x56, 0x9b, 0x73, 0x53, 0x53, 0x67,
        0x08, 0xd4, 0xfa, 0xb8, 0x73, 0x76, 0x88, 0x10, 0x6c, 0xb4, 0x45, 0x92, 0x90, 0xff,
        0xcf, 0x97, 0x33, 0xe7, 0xf0, 0x8b, 0xa4, 0x0d, 0x9e, 0xe6, 0x84, 0x5f, 0xe4, 0x8f,
        0x42, 0xc3, 0xcf, 0xe8, 0xc3, 0x0f, 0x8f, 0x9b, 0x5e, 0x19};

    put("fuzz_inflate", "stored", stored, sizeof(stored));
    put("fuzz_inflate", "fixed", fixed, sizeof(fixed));
    put("fuzz_inflate", "dynamic", dynamic, sizeof(dynamic));
}

/* A sync, a plain write of eight bytes, its end, a digest, a read and its acknowledgement. */
static void put_stub(void)
{
    static const char session[] =
        "\x08\0\x08\0\0\0\0\0\0"
        "\x18\0\x02\x10\0\0\0\0\0\x08\0\0\0\x01\0\0\0\x08\0\0\0\0\x10\0\0"
        "\x20\0\x03\x18\0\xe7\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x08"
        "\x0c\0\x04\x04\0\0\0\0\0\1\0\0\0"
        "\x10\0\x13\x08\0\0\0\0\0\0\x10\0\0\x08\0\0\0"
        "\x18\0\xd2\x10\0\0\0\0\0\0\x10\0\0\x08\0\0\0\x08\0\0\0\x40\0\0\0"
        "\x04\x08\0\0\0"
        "\x10\0\xd1\x08\0\0\0\0\0\0\x10\0\0\0\x10\0\0";
    static const char packed[] =
        "\x18\0\x10\x10\0\0\0\0\0\x15\0\0\0\x01\0\0\0\x15\0\0\0\0\0\0\0"
        "\x29\0\x11\x21\0\x91\0\0\0\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\x78\x01\x4b\x4a\xcc\x03\x42\x85\x24\x64\x8a\x0b\x00\x54\xf2\x07\x6e"
        "\x0c\0\x12\x04\0\0\0\0\0\1\0\0\0";

    put("fuzz_stub", "session", session, sizeof(session) - 1);
    put("fuzz_stub", "packed", packed, sizeof(packed) - 1);
}

/* An ELF file of two symbols and, at its very end, their names; the first byte chooses the reader.
 */
static void put_symbols(void)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    uint8_t raw[1 + 52 + 32 + 80 + 11] = {3};
    uint8_t *file = raw + 1, *symbol = file + 52, *section = file + 84;

    memcpy(file, ident, sizeof(ident));
    put32(file + 32, 84);
    file[46] = 40;
    file[48] = 2;
    memcpy(file + 164, "\0main\0loop", 11);
    for (uint32_t i = 0; i < 2; i++, symbol += 16) {
        put32(symbol, 1 + 5 * i);
        put32(symbol + 4, 0x40210010 - 8 * i);
        put32(symbol + 8, 8);
        symbol[12] = 2;
        symbol[14] = 1;
    }
    put32(section + 4, 2);
    put32(section + 16, 52);
    put32(section + 20, 32);
    put32(section + 24, 1);
    put32(section + 40 + 4, 3);
    put32(section + 40 + 16, 164);
    put32(section + 40 + 20, 11);
    put("fuzz_serial", "symbols", raw, sizeof(raw));
}

static void put_serial(void)
{
    static const char frame[] = "\4noise\xc0\x01\x08\x02\0\x07\x07\x12\x20\0\0\xc0\xc0\xdb\xdc\xc0";
    static const char telnet[] = "\1x\xff\xfd\x2c\xff\xfa\x2c\x65\0\x01\xc2\0\xff\xf0\xff\xff";
    static const char dump[] = "\2Guru Meditation Error\r\nPC: 0x40210104  A0: 0x40100004\r\n";

    put("fuzz_serial", "frame", frame, sizeof(frame) - 1);
    put("fuzz_serial", "telnet", telnet, sizeof(telnet) - 1);
    put("fuzz_serial", "dump", dump, sizeof(dump) - 1);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds FOLDER\n");
        return 1;
    }
    folder = argv[1];
    mkdir(folder, 0777);
    put_tables();
    put_records();
    put_flash();
    put_images();
    put_claims();
    put_resume();
    put_csv();
    put_elf();
    put_http();
    put_client();
    put_telnet();
    put_requests();
    put_peer();
    put_packed();
    put_serial();
    put_symbols();
    put_stub();
    return 0;
}
