/* SPDX-License-Identifier: Apache-2.0 */
/* Plays every case of the table against the firmware's own update code on the host and holds what
 * came of it to what the table says. Usage: liar_host [TABLE [CASE...]]; a failure names the case,
 * its line and what differs, and `liar_host TABLE CASE` plays it again with the device's log. */
#include <stdio.h>

#include "liar_judge.h"
#include "make_image.h"

#define IMAGE_MAX 65536u

static uint8_t image[IMAGE_MAX];

static bool play(const struct liar_case *c, const struct liar_files *files, bool talks)
{
    struct liar_outcome outcome;
    char why[400];
    liar_device_update(c, &outcome);
    liar_judge(c, files, &outcome, why, sizeof why);
    if (why[0]) {
        printf("FAILED: %s (%s:%u): %s\n", c->name, LIAR_TABLE, c->line, why);
    }
    if (talks) {
        liar_show(c, &outcome);
    }
    return !why[0];
}

int main(int argc, char **argv)
{
    struct liar_files files;
    struct liar_table table;
    unsigned passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a leak ends the program before it would be flushed */
    liar_files_make(&files, image, make_app(LIAR_SLOT_ADDR, 40000, 3000, image, sizeof image));
    liar_table_read(&table, argc > 1 ? argv[1] : LIAR_TABLE, &files);
    liar_device_start(&files);
    for (unsigned i = 0; i < table.n; i++) {
        if (argc <= 2 || liar_is_named(&table.cases[i], argv + 2, argc - 2)) {
            bool ok = play(&table.cases[i], &files, argc > 2);
            passed += ok;
            failed += !ok;
        }
    }
    liar_device_stop();
    liar_table_free(&table);
    liar_files_free(&files);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
