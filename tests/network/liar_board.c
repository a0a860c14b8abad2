/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the table's cases that are marked `on board` to simple_ota_example on the virtual board,
 * each from a board whose first request has just reached the server. Usage: liar_board [TABLE
 * [CASE...]]; with cases named it shows the console's end of each. */
#include <stdio.h>
#include <stdlib.h>

#include "liar_report.h"
#include "net_stage.h"

static struct net_stage stage;

static void play(const struct liar_case *c, struct net_verdict *verdict)
{
    net_stage_play(&stage, c);
    net_lab_finish(&stage.lab, c->within_s * 1000u, verdict);
    net_lab_exit();
}

int main(int argc, char **argv)
{
    struct liar_table table;
    unsigned n = 0, passed = 0;
    net_stage_open(&stage, NET_LAB_IMAGE);
    liar_table_read(&table, argc > 1 ? argv[1] : LIAR_TABLE, &stage.files);
    const struct liar_case **cases = calloc(table.n, sizeof(void *));
    struct net_verdict *verdicts = net_lab_shared(table.n * sizeof *verdicts);
    for (unsigned i = 0; i < table.n; i++) {
        if (argc > 2 ? liar_is_named(&table.cases[i], argv + 2, argc - 2)
                     : table.cases[i].on_board) {
            cases[n] = &table.cases[i];
            if (net_lab_fork()) {
                play(cases[n], &verdicts[n]);
            }
            n++;
        }
    }
    net_lab_join();
    for (unsigned i = 0; i < n; i++) {
        passed += liar_report(cases[i], &verdicts[i], argc > 2);
    }
    printf("%u passed, %u failed\n", passed, n - passed);
    return n == 0 || passed < n;
}
