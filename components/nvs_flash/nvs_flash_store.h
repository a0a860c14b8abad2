/* SPDX-License-Identifier: Apache-2.0 */
/* The one store of the program, between nvs_flash.c and nvs_api.c. */
#ifndef NVS_FLASH_STORE_H
#define NVS_FLASH_STORE_H

#include "nvs_store.h"

/* NULL before nvs_flash_init(). */
struct nvs_store *nvs_flash_store(void);

/* Closes all handles. */
void nvs_api_forget(void);

#endif
