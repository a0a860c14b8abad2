/* SPDX-License-Identifier: Apache-2.0 */
/* See board_pins.h. */
#include "board_pins.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_SECONDS 1e9
#define PRESS_US    100000u
#define US_PER_S    1000000u
#define LAST_PIN    (VB_PINS - 1)

/* The number of seconds after a colon, if there is one; *at moves behind it. */
static bool take_seconds(const char **at, uint64_t *us)
{
    char *end;
    if (**at == '\0') {
        return true;
    }
    if (**at != ':' || !(isdigit((unsigned char)(*at)[1]) || (*at)[1] == '.')) {
        return false;
    }
    double seconds = strtod(*at + 1, &end);
    if (end == *at + 1 || !(seconds >= 0) || seconds > MAX_SECONDS) {
        return false;
    }
    *us = (uint64_t)(seconds * US_PER_S + 0.5);
    *at = end;
    return true;
}

static bool parse_press(struct board_press *press, const char *text)
{
    char *end;
    uint64_t length_us = PRESS_US;
    *press = (struct board_press){0};
    if (!isdigit((unsigned char)text[0])) {
        return false;
    }
    unsigned long pin = strtoul(text, &end, 10);
    const char *at = end;
    if (pin > LAST_PIN || !take_seconds(&at, &press->from_us) || !take_seconds(&at, &length_us) ||
        *at != '\0' || length_us == 0) {
        return false;
    }
    press->pin = (unsigned)pin;
    press->to_us = press->from_us + length_us;
    return true;
}

bool board_presses_add(struct board_presses *presses, const char *text)
{
    if (presses->n == BOARD_PRESSES || !parse_press(&presses->press[presses->n], text)) {
        return false;
    }
    presses->n++;
    return true;
}

void board_presses_plan(const struct board_presses *presses, struct vb_board *board)
{
    for (unsigned i = 0; i < presses->n; i++) {
        const struct board_press *press = &presses->press[i];
        vb_board_set_pin_at(board, press->from_us, press->pin, 0);
        vb_board_set_pin_at(board, press->to_us, press->pin, VB_PIN_FLOATING);
    }
}

void board_led_print(const struct vb_board *board, unsigned pin, int level)
{
    static const char *const names[] = {"floating", "0", "1"};
    struct vb_stats stats;
    vb_board_get_stats(board, &stats);
    fprintf(stderr, "%" PRIu64 ".%06u gpio%u %s\n", stats.virtual_us / US_PER_S,
            (unsigned)(stats.virtual_us % US_PER_S), pin, names[level + 1]);
}
