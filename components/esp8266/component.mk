COMPONENT_SRCS := vectors.S arith.S startup.c interrupt.c clock.c console.c reset.c cache.c panic.c flash_chip.c \
    gpio.c heap.c libc.c
COMPONENT_REQUIRES := esp_common freertos
# Loops of code in IRAM stay loops: a call to libc would go to flash.
COMPONENT_CFLAGS := -fno-tree-loop-distribute-patterns
