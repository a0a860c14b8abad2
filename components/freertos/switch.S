/* SPDX-License-Identifier: Apache-2.0 */
/* From one task's stack to another's. A switch is a function call: only the registers that a call
 * preserves have to be kept. */

#define CONTEXT_LEN 32

/* void sched_switch(void **save_sp, void *load_sp) */
    .section .text.sched_switch, "ax"
    .balign 4
    .global sched_switch
    .type sched_switch, @function
sched_switch:
    addi    a1, a1, -CONTEXT_LEN
    s32i    a0, a1, 0
    s32i    a12, a1, 4
    s32i    a13, a1, 8
    s32i    a14, a1, 12
    s32i    a15, a1, 16
    s32i    a1, a2, 0
    mov     a1, a3
    l32i    a0, a1, 0
    l32i    a12, a1, 4
    l32i    a13, a1, 8
    l32i    a14, a1, 12
    l32i    a15, a1, 16
    addi    a1, a1, CONTEXT_LEN
    ret
    .size sched_switch, . - sched_switch

/* First code of a task: a12 its function, a13 the argument, interrupts still locked. */
    .section .text.sched_task_entry, "ax"
    .literal_position
    .balign 4
    .global sched_task_entry
    .type sched_task_entry, @function
sched_task_entry:
    movi    a2, 0x20
    wsr     a2, ps
    rsync
    mov     a2, a13
    callx0  a12
    movi    a2, 0
    movi    a3, vTaskDelete
    callx0  a3
    .size sched_task_entry, . - sched_task_entry
