/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a campaign: operations from left to right, kinds of faults from top to bottom, a row
 * for each set of random cases below. */
#include "campaign.h"

/* One letter for all outcomes in a cell, the worst first. */
static char letter(uint16_t seen)
{
    if (seen & 1u << CAM_FAILED) {
        return 'X';
    }
    if (seen & 1u << CAM_OLD && seen & 1u << CAM_NEW) {
        return 'b';
    }
    return seen & 1u << CAM_OLD       ? 'o'
           : seen & 1u << CAM_NEW     ? 'n'
           : seen & 1u << CAM_REFUSED ? 'r'
           : seen & 1u << CAM_WENT_ON ? '>'
                                      : '.';
}

/* First operation of a column, and the one behind its last. */
static uint64_t first_op(const struct cam_report *r, uint64_t column)
{
    return (column * r->n_ops + CAM_COLUMNS - 1) / CAM_COLUMNS;
}

/* Whether the column has an erase, else a program. */
static char place(const struct cam_report *r, uint64_t column)
{
    char found = ' ';
    for (uint64_t op = first_op(r, column); op < first_op(r, column + 1); op++) {
        if (r->op[op].kind == VB_FLASH_OP_ERASE) {
            return 'e';
        }
        found = r->op[op].kind == VB_FLASH_OP_PROGRAM ? 'p' : 's';
    }
    return found;
}

static const char *row_name(const struct cam_config *config, unsigned row,
                            char text[VB_FAULT_TEXT_MAX])
{
    return row < config->n_kinds ? vb_fault_kind_text(&config->kind[row], text)
                                 : cam_set_name((enum cam_set)(row - config->n_kinds + 1));
}

static bool has_row(const struct cam_config *config, unsigned row)
{
    return config->has_set[row < config->n_kinds ? CAM_SINGLE : row - config->n_kinds + 1];
}

static unsigned n_rows(const struct cam_config *config)
{
    return config->n_kinds + CAM_N_SETS - 1;
}

void cam_picture_text(const struct cam_config *config, const struct cam_report *r, FILE *out)
{
    char text[VB_FAULT_TEXT_MAX];
    fprintf(out, "%llu operations, in %u columns; e: an erase among them\n%-18s ",
            (unsigned long long)r->n_ops, CAM_COLUMNS, "");
    for (uint64_t column = 0; column < CAM_COLUMNS; column++) {
        fputc(place(r, column), out);
    }
    fputc('\n', out);
    for (unsigned row = 0; row < n_rows(config); row++) {
        if (!has_row(config, row)) {
            continue;
        }
        fprintf(out, "%-18s ", row_name(config, row, text));
        for (uint64_t column = 0; column < CAM_COLUMNS; column++) {
            fputc(letter(r->cell[row][column]), out);
        }
        fputc('\n', out);
    }
    fprintf(out,
            "o image of before, then the goal   n another image   b both   > went on without a "
            "power-on\nr refused by name   X failed   . no case\n");
}

static const char *colour(char c)
{
    switch (c) {
    case 'o':
        return "#4c9f70";
    case 'n':
        return "#3b7dd8";
    case 'b':
        return "#2f9aa0";
    case '>':
        return "#a5c882";
    case 'r':
        return "#e0b040";
    case 'X':
        return "#d1242f";
    default:
        return "#f4f4f4";
    }
}

static void draw_row(const struct cam_report *r, unsigned row, unsigned y, FILE *out)
{
    for (unsigned column = 0; column < CAM_COLUMNS; column++) {
        fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"8\" height=\"13\" fill=\"%s\"/>\n",
                140 + 9 * column, y, colour(letter(r->cell[row][column])));
    }
}

void cam_picture_svg(const struct cam_config *config, const struct cam_report *r, FILE *out)
{
    char text[VB_FAULT_TEXT_MAX];
    unsigned long long n_cases = 0, n_failed = 0;
    unsigned y = 28;
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        n_cases += r->total[set].run + r->total[set].merged;
        n_failed += r->total[set].outcome[CAM_FAILED];
    }
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1010\" height=\"%u\" "
            "font-family=\"monospace\" font-size=\"11\">\n"
            "<text x=\"6\" y=\"16\">%llu flash operations from left to right: %llu cases, %llu "
            "failed</text>\n",
            60 + 14 * n_rows(config), (unsigned long long)r->n_ops, n_cases, n_failed);
    for (unsigned row = 0; row < n_rows(config); row++) {
        if (has_row(config, row)) {
            fprintf(out, "<text x=\"6\" y=\"%u\">%s</text>\n", y + 10, row_name(config, row, text));
            draw_row(r, row, y, out);
            y += 14;
        }
    }
    fprintf(
        out,
        "<text x=\"6\" y=\"%u\">green: image of before, then the goal; blue: another image; light "
        "green: went on; yellow: refused; red: failed</text>\n</svg>\n",
        y + 16);
}
