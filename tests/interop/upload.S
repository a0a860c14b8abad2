/* SPDX-License-Identifier: Apache-2.0 */
/* Uploaded to IRAM by the scripted host: sends "hi!" through the UART's registers and waits. */
    .text
    .global _start
_start:
    movi    a2, 0x600
    slli    a2, a2, 20              /* UART 0 */
    movi    a3, 'h'
    s32i    a3, a2, 0
    movi    a3, 'i'
    s32i    a3, a2, 0
    movi    a3, '!'
    s32i    a3, a2, 0
1:  j       1b
