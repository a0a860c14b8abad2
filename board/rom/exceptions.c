/* SPDX-License-Identifier: Apache-2.0 */
/* Registration of C handlers for exceptions and interrupts, and the handlers that the ROM itself
 * installs just before it calls an image. */
#include "rom.h"

#define N_CAUSES      64
#define TOP_INTERRUPT 14 /* the NMI: not to be attached */
#define UNHANDLED     ((rom_entry)0x4000DC44)
#define C_WRAPPER     ((rom_entry)0x40000598)
#define NO_HANDLER    ((rom_handler)0x4000DBF8)
#define NO_ISR        ((rom_isr)0x4000DC3C)
#define SPECIAL(name)                                                                              \
    ({                                                                                             \
        uint32_t v_;                                                                               \
        __asm__ volatile("rsr %0, " #name : "=a"(v_));                                             \
        v_;                                                                                        \
    })

struct isr_entry {
    rom_isr handler;
    void *arg;
};

/* By number from the top: interrupt 0 is last, at 0x3FFFC278. */
#define ISR_ENTRY(n) ((struct isr_entry *)0x3FFFC278 - (n))

static rom_entry *const exception_table = (rom_entry *)0x3FFFC000;
static rom_handler *const c_handlers = (rom_handler *)0x3FFFC100;

rom_handler _xtos_set_exception_handler(uint32_t cause, rom_handler handler)
{
    if (cause >= N_CAUSES) {
        return NULL;
    }
    rom_handler old = c_handlers[cause];
    if (handler == NULL) {
        handler = NO_HANDLER;
    }
    c_handlers[cause] = handler;
    exception_table[cause] = handler == NO_HANDLER ? UNHANDLED : C_WRAPPER;
    return old == NO_HANDLER ? NULL : old;
}

rom_isr _xtos_set_interrupt_handler_arg(uint32_t n, rom_isr handler, void *arg)
{
    if (n > TOP_INTERRUPT) {
        return NULL;
    }
    struct isr_entry *entry = ISR_ENTRY(n);
    rom_isr old = entry->handler;
    entry->handler = handler != NULL ? handler : NO_ISR;
    entry->arg = arg;
    return old == NO_ISR ? NULL : old;
}

rom_isr _xtos_set_interrupt_handler(uint32_t n, rom_isr handler)
{
    return _xtos_set_interrupt_handler_arg(n, handler, (void *)n);
}

void ets_isr_attach(uint32_t n, rom_isr handler, void *arg)
{
    if (n < TOP_INTERRUPT) {
        _xtos_set_interrupt_handler_arg(n, handler, arg);
    }
}

void ets_isr_mask(uint32_t bits)
{
    _xtos_ints_off(bits);
}

void ets_isr_unmask(uint32_t bits)
{
    _xtos_ints_on(bits);
}

/* Returns to the instruction that failed: the text repeats until something resets the chip. */
void rom_fatal_handler(struct rom_frame *frame, uint32_t cause)
{
    ets_printf("Fatal exception (%d): \n", (int)cause);
    ets_printf("epc1=0x%08x, epc2=0x%08x, epc3=0x%08x, excvaddr=0x%08x, depc=0x%08x\n",
               (unsigned)frame->epc, (unsigned)SPECIAL(epc2), (unsigned)SPECIAL(epc3),
               (unsigned)SPECIAL(excvaddr), (unsigned)SPECIAL(depc));
}

void rom_unaligned_handler(struct rom_frame *frame, uint32_t cause)
{
    rom_fatal_handler(frame, cause);
}

void rom_install_fatal_handlers(void)
{
    const uint32_t fatal_causes = 1u << 0 | 1u << 2 | 1u << 3 | 1u << 8 | 1u << 28 | 1u << 29;
    for (uint32_t cause = 0; cause < 32; cause++) {
        if (fatal_causes >> cause & 1) {
            _xtos_set_exception_handler(cause, (rom_handler)0x40001878);
        }
    }
    _xtos_set_exception_handler(9, (rom_handler)0x400017E0);
}
