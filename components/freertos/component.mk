COMPONENT_SRCS := tasks.c task_info.c task_notify.c queue.c semphr.c event_groups.c switch.S
COMPONENT_REQUIRES := esp8266 esp_common
