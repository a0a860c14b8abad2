# The default event loop: events are posted as copies and delivered by a task of their own.
COMPONENT_SRCS := default_loop.c event_handlers.c
COMPONENT_REQUIRES := esp_common freertos
COMPONENT_PRIV_REQUIRES := log
