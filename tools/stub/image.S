/* SPDX-License-Identifier: Apache-2.0 */
/* The stub flasher as data of the host's command. */
    .section .rodata
    .global stub_text, stub_text_end, stub_data, stub_data_end
    .balign 4
stub_text:
    .incbin "text.bin"
stub_text_end:
    .balign 4
stub_data:
    .incbin "data.bin"
stub_data_end:
    .section .note.GNU-stack, "", @progbits
