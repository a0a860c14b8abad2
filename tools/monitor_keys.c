/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor_keys.h"

enum { CTRL_R = 0x12, CTRL_S = 0x13, CTRL_T = 0x14, CTRL_BRACKET = 0x1d };

static enum monitor_key menu_key(uint8_t byte)
{
    switch (byte) {
    case CTRL_R:
    case 'r':
        return KEY_RESET;
    case CTRL_S:
    case 's':
        return KEY_TIMESTAMPS;
    case CTRL_T:
    case CTRL_BRACKET:
        return KEY_SEND;
    default:
        return KEY_HELP;
    }
}

enum monitor_key monitor_keys_take(struct monitor_keys *keys, uint8_t byte)
{
    if (keys->in_menu) {
        keys->in_menu = 0;
        return menu_key(byte);
    }
    if (byte == CTRL_T) {
        keys->in_menu = 1;
        return KEY_MENU;
    }
    return byte == CTRL_BRACKET ? KEY_QUIT : KEY_SEND;
}
