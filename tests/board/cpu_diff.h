/* SPDX-License-Identifier: Apache-2.0 */
/* Where the guest of the CPU comparison keeps what, and the shape of its records: constants for C
 * and for the assembler. */
#ifndef CPU_DIFF_H
#define CPU_DIFF_H

#define DIFF_TEXT        0x40100000 /* vectors and harness */
#define DIFF_LITERAL     0x40103000 /* random words for L32R */
#define DIFF_LITERAL_LEN 0xc00
#define DIFF_PADS        0x40104000 /* illegal instructions around the slot */
#define DIFF_PADS_LEN    0x400
#define DIFF_SLOT        0x40104200 /* the program of a case, 16 bytes */
#define DIFF_SLOT_LEN    16

#define DIFF_CONTROL    0x3ffe8000 /* words below, by offset */
#define DIFF_MACHINE    0          /* 0: semihosting by SIMCALL; 1: WAITI hands over to the host */
#define DIFF_N_LEFT     4
#define DIFF_IN_PTR     8
#define DIFF_OUT_PTR    12
#define DIFF_DATA       0x3ffe8100 /* memory of a case */
#define DIFF_DATA_WORDS 16
#define DIFF_IN         0x3ffe8400
#define DIFF_OUT        0x3fff0400

/* A case: code, data, special registers, a0..a15. */
#define DIFF_CASE_CODE 0
#define DIFF_CASE_DATA 16
#define DIFF_CASE_SR   80
#define DIFF_CASE_N_SR 20
#define DIFF_CASE_A    160
#define DIFF_CASE_LEN  224

/* A result: a0..a15, vector, special registers, data. */
#define DIFF_RESULT_A      0
#define DIFF_RESULT_VECTOR 64
#define DIFF_RESULT_SR     68
#define DIFF_RESULT_N_SR   23
#define DIFF_RESULT_DATA   160
#define DIFF_RESULT_LEN    224

#define DIFF_BATCH 128 /* cases in DIFF_IN, results in DIFF_OUT */

/* System calls of the simulator. */
#define DIFF_SYS_EXIT  1
#define DIFF_SYS_READ  3
#define DIFF_SYS_WRITE 4

/* Special registers of a case in the order of loading, and of a result. PS comes last: it lets
 * debug events and counting begin. */
#define DIFF_CASE_SRS(X)                                                                           \
    X(0, 3)                                                                                        \
    X(1, 5) X(2, 177) X(3, 178) X(4, 179) X(5, 192) X(6, 194) X(7, 195) X(8, 210) X(9, 211)        \
        X(10, 232) X(11, 238) X(12, 128) X(13, 144) X(14, 160) X(15, 236) X(16, 237) X(17, 240)    \
            X(18, 96) X(19, 230)
#define DIFF_RESULT_SRS(X)                                                                         \
    X(0, 3)                                                                                        \
    X(1, 5) X(2, 230) X(3, 177) X(4, 178) X(5, 179) X(6, 192) X(7, 194) X(8, 195) X(9, 210)        \
        X(10, 211) X(11, 232) X(12, 238) X(13, 226) X(14, 228) X(15, 233) X(16, 231) X(17, 128)    \
            X(18, 144) X(19, 160) X(20, 240) X(21, 237) X(22, 96)

#endif
