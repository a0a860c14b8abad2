/* SPDX-License-Identifier: Apache-2.0 */
/* What keys mean in the monitor: Ctrl-] leaves, Ctrl-T begins a command, the rest goes to the
 * device. Pure. */
#ifndef TOOLS_MONITOR_KEYS_H
#define TOOLS_MONITOR_KEYS_H

#include <stdint.h>

enum monitor_key {
    KEY_SEND, /* the byte goes to the device */
    KEY_MENU, /* Ctrl-T: a command follows */
    KEY_QUIT,
    KEY_RESET,
    KEY_TIMESTAMPS,
    KEY_HELP,
};

struct monitor_keys {
    int in_menu;
};

#define MONITOR_KEYS_HELP                                                                          \
    "Ctrl-] quits; Ctrl-T then Ctrl-R resets, Ctrl-S switches time stamps, Ctrl-T or Ctrl-] is "   \
    "sent, Ctrl-H helps"

enum monitor_key monitor_keys_take(struct monitor_keys *keys, uint8_t byte);

#endif
