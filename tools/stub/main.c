/* SPDX-License-Identifier: Apache-2.0 */
/* The stub flasher: takes over from the mask ROM's loader, says so, serves, and lets the ROM boot
 * from flash at the end. */
#include "stub.h"

void stub_main(void)
{
    static const char hello[] = {'O', 'H', 'A', 'I'};
    line_init();
    chip_init();
    line_send(hello, sizeof(hello));
    commands_serve();
    line_close();
    chip_close();
}
