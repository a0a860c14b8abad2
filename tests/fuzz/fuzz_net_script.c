/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of the virtual network. What is accepted must stay within its limits; what is refused
 * must name a line; and following a script must come to an end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void follow(struct vb_script *script)
{
    unsigned n = 0;
    for (int when = VB_WHEN_TIME; when <= VB_WHEN_START; when++) {
        uint64_t last = 0;
        uint64_t next;
        while ((next = vb_script_next(script, (enum vb_script_when)when)) != UINT64_MAX) {
            require(next >= last);
            require(vb_script_take(script, (enum vb_script_when)when, next) != NULL);
            last = next;
            n++;
        }
    }
    require(n == script->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vb_script script;
    char err[512] = "";
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (vb_script_parse(&script, "s", text, err, sizeof(err))) {
        require(script.n <= VB_SCRIPT_RULES);
        for (unsigned i = 0; i < script.n; i++) {
            require(memchr(script.rule[i].text, '\0', sizeof(script.rule[i].text)) != NULL);
        }
        follow(&script);
    } else {
        require(strncmp(err, "s:", 2) == 0 && strlen(err) > 4);
    }
    free(text);
    return 0;
}
