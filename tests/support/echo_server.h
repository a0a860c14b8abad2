/* SPDX-License-Identifier: Apache-2.0 */
/* The host's end of tests/firmware/tcp_echo: a TCP server on loopback that does what the first line
 * of each connection asks for:
 *   down N SEED     sends N bytes of the sequence and ends the stream
 *   trickle N SEED  the same, one byte a segment
 *   up N            reads N bytes, answers "hash HASH", eight hex digits
 *   wait            waits for another line, answers "went"
 *   reset           resets
 *   deaf            reads nothing more until the peer has gone */
#ifndef TESTS_ECHO_SERVER_H
#define TESTS_ECHO_SERVER_H

#include <stdint.h>

/* Starts it in a thread and returns the port that the system chose; aborts the test program when it
 * cannot. It runs until the program ends. */
uint16_t echo_server_start(void);

#endif
