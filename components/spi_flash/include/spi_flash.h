/* SPDX-License-Identifier: Apache-2.0 */
/* The SDK's other name for esp_spi_flash.h. */
#ifndef SPI_FLASH_H
#define SPI_FLASH_H

#include "esp_spi_flash.h"

#endif
