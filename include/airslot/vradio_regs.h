/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the virtual radio: a device of the virtual board that no chip has. Constants only;
 * driver (components/esp_wifi) and model (board/radio.c) meet here and nowhere else.
 *
 * Words only. Strings are packed little-endian into consecutive words. Frames are Ethernet II
 * without FCS, 14 to 1514 bytes, moved by DMA between DRAM and the device at the moment of the
 * register write. Interrupt: CPU interrupt 0 (level), asserted while INT_RAW & INT_ENA != 0. */
#ifndef AIRSLOT_VRADIO_REGS_H
#define AIRSLOT_VRADIO_REGS_H

#define VRADIO_BASE 0x60008000u
#define VRADIO_SIZE 0x200u

#define VRADIO_ID 0x000u /* r: VRADIO_ID_VALUE */
#define VRADIO_ID_VALUE 0x31415256u /* "VRA1" */
#define VRADIO_CTRL 0x004u /* rw: bit 0 powers the radio; clearing it leaves and drops all frames */
#define VRADIO_CTRL_ON 0x1u
#define VRADIO_CMD 0x008u /* w: starts a command; ignored while one runs or the radio is off */
#define VRADIO_CMD_SCAN 1u
#define VRADIO_CMD_JOIN 2u
#define VRADIO_CMD_LEAVE 3u
#define VRADIO_STATE 0x00cu /* r */
#define VRADIO_STATE_IDLE 0u
#define VRADIO_STATE_SCANNING 1u
#define VRADIO_STATE_JOINING 2u
#define VRADIO_STATE_JOINED 3u
#define VRADIO_REASON 0x010u /* r: why the last join failed or link ended: the SDK's wifi_err_reason_t */
#define VRADIO_REASON_NONE 0u
#define VRADIO_REASON_ASSOC_LEAVE 8u
#define VRADIO_REASON_4WAY_HANDSHAKE_TIMEOUT 15u /* wrong password */
#define VRADIO_REASON_BEACON_TIMEOUT 200u
#define VRADIO_REASON_NO_AP_FOUND 201u

#define VRADIO_INT_RAW 0x014u /* r */
#define VRADIO_INT_ENA 0x018u /* rw */
#define VRADIO_INT_CLR 0x01cu /* w: 1 clears; RX stays raw while a frame waits */
#define VRADIO_INT_SCAN_DONE 0x01u
#define VRADIO_INT_JOINED 0x02u
#define VRADIO_INT_DISCONNECTED 0x04u /* join failed or link ended; see REASON */
#define VRADIO_INT_RX 0x08u           /* level: a frame waits */

#define VRADIO_MAC_LO 0x020u /* r: station address, bytes 0..3 */
#define VRADIO_MAC_HI 0x024u /* r: bytes 4..5 */
#define VRADIO_BSSID_LO 0x028u /* r: of the joined access point */
#define VRADIO_BSSID_HI 0x02cu
#define VRADIO_CHANNEL 0x030u /* r */
#define VRADIO_RSSI 0x034u    /* r: signed dBm */

#define VRADIO_SSID_LEN 0x040u /* rw: 1..32, for JOIN */
#define VRADIO_PASS_LEN 0x044u /* rw: 0 (open) or 8..64 */
#define VRADIO_SSID 0x060u     /* rw: 8 words */
#define VRADIO_PASS 0x080u     /* w: 16 words; reads as 0 */

#define VRADIO_SCAN_COUNT 0x0c0u  /* r: access points found by the last SCAN */
#define VRADIO_SCAN_SELECT 0x0c4u /* rw: which one the SCAN_* fields below show */
#define VRADIO_SCAN_SSID_LEN 0x0c8u
#define VRADIO_SCAN_BSSID_LO 0x0ccu
#define VRADIO_SCAN_BSSID_HI 0x0d0u
#define VRADIO_SCAN_CHANNEL 0x0d4u
#define VRADIO_SCAN_RSSI 0x0d8u
#define VRADIO_SCAN_AUTH 0x0dcu /* the SDK's wifi_auth_mode_t: 0 open, 3 WPA2-PSK */
#define VRADIO_SCAN_SSID 0x0e0u /* r: 8 words */

#define VRADIO_TX_ADDR 0x100u /* rw: DRAM address of the frame, any alignment */
#define VRADIO_TX_LEN 0x104u  /* w: length; sends at once, dropped unless JOINED */
#define VRADIO_RX_LEN 0x108u  /* r: length of the waiting frame, 0 when none */
#define VRADIO_RX_ADDR 0x10cu /* w: copies the waiting frame there (4-aligned DRAM) and drops it */
#define VRADIO_RX_DROP 0x110u /* w: drops the waiting frame */

#define VRADIO_FRAME_MAX 1514u

#endif
