COMPONENT_SRCS := vectors.S arith.S startup.c interrupt.c clock.c console.c reset.c cache.c panic.c \
    heap.c libc.c
COMPONENT_REQUIRES := esp_common freertos
