/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flash_session.h"

#define BAR_CELLS  24u
#define REDRAW_MS  100u
#define N_QUARTERS 4u

void flash_bar_open(struct flash_bar *bar, const char *what)
{
    *bar = (struct flash_bar){
        .what = what, .start_ms = serial_now_ms(), .is_terminal = isatty(STDERR_FILENO) == 1};
}

static double seconds(const struct flash_bar *bar)
{
    return (double)(serial_now_ms() - bar->start_ms + 1) / 1000.0;
}

static void draw(struct flash_bar *bar, uint32_t done, uint32_t total)
{
    char cells[BAR_CELLS + 1];
    uint32_t full = (uint32_t)((uint64_t)BAR_CELLS * done / total);

    memset(cells, '-', BAR_CELLS);
    memset(cells, '#', full);
    cells[BAR_CELLS] = '\0';
    fprintf(stderr, "\r[%s] %3u%%  %7.1f kB/s  %s\033[K", cells,
            (uint32_t)((uint64_t)100 * done / total), done / 1000.0 / seconds(bar), bar->what);
    bar->is_open = true;
}

void flash_bar_step(void *ctx, uint32_t done, uint32_t total)
{
    struct flash_bar *bar = ctx;
    uint32_t quarter = (uint32_t)((uint64_t)N_QUARTERS * done / total);
    uint64_t now = serial_now_ms();

    if (bar->is_terminal) {
        if (now - bar->shown_ms >= REDRAW_MS || done == total) {
            bar->shown_ms = now;
            draw(bar, done, total);
        }
    } else if (quarter > bar->quarter && quarter < N_QUARTERS) {
        fprintf(stderr, "%3u%%  %7.1f kB/s  %s\n", 100 * quarter / N_QUARTERS,
                done / 1000.0 / seconds(bar), bar->what);
    }
    bar->quarter = quarter;
}

double flash_bar_close(struct flash_bar *bar)
{
    if (bar->is_open) {
        fprintf(stderr, "\r\033[K");
        bar->is_open = false;
    }
    return seconds(bar);
}
