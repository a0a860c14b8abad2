/* SPDX-License-Identifier: Apache-2.0 */
/* The serial port's telnet. Whatever comes, an answer is bounded and well formed, a speed is one a
 * line has, and bytes that are no command reach the device. */
#include "fuzz.h"
#include "rfc2217_server.h"

#define IAC 255

/* An answer is commands only, closed. */
static void check_answer(const struct rfc2217_out *out)
{
    require(out->n < RFC2217_OUT_MAX);
    require(out->n == 0 || out->byte[0] == IAC);
    require(out->n < 3 || out->byte[1] != 250 ||
            (out->byte[out->n - 2] == IAC && out->byte[out->n - 1] == 240));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rfc2217_server server;
    struct rfc2217_out out;
    bool is_plain = true;
    size_t n_data = 0;

    rfc2217_server_open(&server, &out);
    check_answer(&out);
    for (size_t i = 0; i < size; i++) {
        uint8_t byte;
        is_plain = is_plain && data[i] != IAC;
        if (rfc2217_server_take(&server, data[i], &byte, &out) == RFC2217_EVENT_DATA) {
            n_data++;
        }
        check_answer(&out);
        require(server.baud == 0 || (server.baud >= 50 && server.baud <= 8000000));
        require(!is_plain || n_data == i + 1);
    }
    return 0;
}
