/* SPDX-License-Identifier: Apache-2.0 */
/* The device behind --port. file:PATH is the flash file of the virtual board, written as NOR flash
 * would be: whole sectors erased, then bits cleared. */
#ifndef TOOLS_PORT_H
#define TOOLS_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "board_flash.h"
#include "io.h"

struct port {
    struct flash_file file; /* file.bytes is what flash is to hold */
};

/* Opens a port. flash_size 0 takes the size of an existing file, else 4MB; may_create makes a blank
 * file where there is none. Prints the error and returns an exit code other than EXIT_DONE. */
int port_open(struct port *port, const char *name, uint32_t flash_size, bool may_create);
void port_close(struct port *port);

/* Erase the sectors that addr[len] touches; write data[len] over erased bytes. Inside the flash. */
void port_erase(struct port *port, uint32_t addr, uint32_t len);
void port_program(struct port *port, uint32_t addr, const uint8_t *data, uint32_t len);
/* Brings the sectors that addr[len] touches to the device and reads them back. Prints what is left
 * half-written when it fails. */
bool port_commit(struct port *port, uint32_t addr, uint32_t len);

#endif
