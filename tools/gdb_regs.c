/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_regs.h. */
#include "gdb_regs.h"

/* Registers 17 and up, by special register number. */
static const struct {
    uint8_t sr;
    const char *name;
} special[GDB_N_REGS - GDB_REG_PC - 1] = {
    {3, "sar"},         {5, "litbase"},    {176, "sr176"},       {208, "sr208"},
    {230, "ps"},        {89, "mmid"},      {96, "ibreakenable"}, {104, "ddr"},
    {128, "ibreaka0"},  {144, "dbreaka0"}, {160, "dbreakc0"},    {177, "epc1"},
    {178, "epc2"},      {179, "epc3"},     {192, "depc"},        {194, "eps2"},
    {195, "eps3"},      {209, "excsave1"}, {210, "excsave2"},    {211, "excsave3"},
    {226, "interrupt"}, {226, "intset"},   {227, "intclear"},    {228, "intenable"},
    {231, "vecbase"},   {232, "exccause"}, {233, "debugcause"},  {234, "ccount"},
    {235, "prid"},      {236, "icount"},   {237, "icountlevel"}, {238, "excvaddr"},
    {240, "ccompare0"},
};

uint32_t *gdb_reg(struct vb_cpu_state *cpu, unsigned n)
{
    if (n < GDB_REG_PC) {
        return &cpu->a[n];
    }
    return n == GDB_REG_PC ? &cpu->pc : &cpu->sr[special[n - GDB_REG_PC - 1].sr];
}

static void describe(struct gdb_text *text, const char *name, unsigned n, const char *type)
{
    gdb_text_printf(text, "<reg name=\"%s\" bitsize=\"32\" regnum=\"%u\" type=\"%s\"/>", name, n,
                    type);
}

void gdb_regs_describe(struct gdb_text *text)
{
    char name[4] = "a0";
    gdb_text_printf(text, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                          "<target><architecture>xtensa</architecture>"
                          "<feature name=\"org.gnu.gdb.xtensa.core\">");
    for (unsigned n = 0; n < GDB_REG_PC; n++) {
        name[1] = (char)('0' + (n < 10 ? n : 1));
        name[2] = (char)(n < 10 ? '\0' : '0' + n - 10);
        describe(text, name, n, n == 1 ? "data_ptr" : "int");
    }
    describe(text, "pc", GDB_REG_PC, "code_ptr");
    for (unsigned n = GDB_REG_PC + 1; n < GDB_N_REGS; n++) {
        describe(text, special[n - GDB_REG_PC - 1].name, n, "int");
    }
    gdb_text_printf(text, "</feature></target>");
}
