/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a campaign: operations from left to right, kinds of faults from top to bottom. */
#include "campaign.h"

#define COLUMNS 96u

static uint64_t width_of(const struct cam_report *r)
{
    uint64_t n = r->to >= r->from ? r->to - r->from + 1 : 1;
    return (n + COLUMNS - 1) / COLUMNS;
}

/* The worst of a column's cases; old and new together are both. */
static char cell(const struct cam_report *r, uint64_t first, uint64_t width, unsigned kind)
{
    bool seen[CAM_FAILED + 1] = {false};
    for (uint64_t op = first; op < first + width && op <= r->to; op++) {
        seen[cam_case_at(r, op, kind)->outcome] = true;
    }
    if (seen[CAM_FAILED]) {
        return 'X';
    }
    if (seen[CAM_NOT_RUN]) {
        return '?';
    }
    if (seen[CAM_OLD] && seen[CAM_NEW]) {
        return 'b';
    }
    return seen[CAM_OLD] ? 'o' : seen[CAM_NEW] ? 'n' : seen[CAM_WENT_ON] ? '>' : '.';
}

/* The letter of the row above: erase, program, status write, whichever comes first of the three. */
static char place(const struct cam_report *r, uint64_t first, uint64_t width)
{
    bool has_program = false, has_erase = false;
    for (uint64_t op = first; op < first + width && op <= r->to; op++) {
        has_erase = has_erase || r->op[op - 1].kind == VB_FLASH_OP_ERASE;
        has_program = has_program || r->op[op - 1].kind == VB_FLASH_OP_PROGRAM;
    }
    return has_erase ? 'e' : has_program ? 'p' : 's';
}

void cam_picture_text(const struct cam_config *config, const struct cam_report *r, FILE *out)
{
    char text[VB_FAULT_TEXT_MAX];
    uint64_t width = width_of(r);
    fprintf(out, "operations %llu to %llu, %llu to a column; e: an erase among them\n",
            (unsigned long long)r->from, (unsigned long long)r->to, (unsigned long long)width);
    fprintf(out, "%-18s ", "");
    for (uint64_t op = r->from; op <= r->to; op += width) {
        fputc(place(r, op, width), out);
    }
    fputc('\n', out);
    for (unsigned k = 0; k < r->n_kinds; k++) {
        fprintf(out, "%-18s ", vb_fault_kind_text(&config->kind[k], text));
        for (uint64_t op = r->from; op <= r->to; op += width) {
            fputc(cell(r, op, width, k), out);
        }
        fputc('\n', out);
    }
    fprintf(out, "o old image, then updated   n new image   b both   > went on without a power-on\n"
                 "X failed   ? not run   . no such case\n");
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
    case 'X':
        return "#d1242f";
    case '?':
        return "#d8d8d8";
    default:
        return "#f4f4f4";
    }
}

void cam_picture_svg(const struct cam_config *config, const struct cam_report *r, FILE *out)
{
    char text[VB_FAULT_TEXT_MAX];
    uint64_t width = width_of(r);
    unsigned height = 60 + 14 * r->n_kinds;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1010\" height=\"%u\" "
            "font-family=\"monospace\" font-size=\"11\">\n"
            "<text x=\"6\" y=\"16\">flash operations %llu to %llu, %llu to a column: %llu cases, "
            "%llu failed</text>\n",
            height, (unsigned long long)r->from, (unsigned long long)r->to,
            (unsigned long long)width, (unsigned long long)(r->total.run + r->total.merged),
            (unsigned long long)r->total.failed);
    for (unsigned k = 0; k < r->n_kinds; k++) {
        unsigned x = 140;
        fprintf(out, "<text x=\"6\" y=\"%u\">%s</text>\n", 38 + 14 * k,
                vb_fault_kind_text(&config->kind[k], text));
        for (uint64_t op = r->from; op <= r->to; op += width, x += 9) {
            fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"8\" height=\"13\" fill=\"%s\"/>\n", x,
                    28 + 14 * k, colour(cell(r, op, width, k)));
        }
    }
    fprintf(out,
            "<text x=\"6\" y=\"%u\">green: old image, then updated; blue: new image; light green: "
            "went on; red: failed; grey: not run</text>\n</svg>\n",
            height - 10);
}
