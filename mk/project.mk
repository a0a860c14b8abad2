# Builds one firmware project. A project's Makefile says
#     PROJECT_NAME := hello_world
#     include $(AIRSLOT_PATH)/mk/project.mk
# and has a folder main/. Results stand in build/: <project>.elf .bin .map, bootloader/bootloader.bin,
# partition-table.bin, ota_data_initial.bin. `make help` lists the targets.
ifndef PROJECT_NAME
$(error PROJECT_NAME is not set: put `PROJECT_NAME := x` before the include line)
endif

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

AIRSLOT_PATH   := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
PROJECT_PATH   := $(abspath $(CURDIR))
ifneq ($(words $(PROJECT_PATH) $(AIRSLOT_PATH)),2)
$(error make cannot build in a path with a space: '$(PROJECT_PATH)' or '$(AIRSLOT_PATH)'; move the folder)
endif
ifeq ($(wildcard $(PROJECT_PATH)/main/.),)
$(error the project has no folder main/: put app_main() into $(PROJECT_PATH)/main/main.c)
endif
BUILD_DIR_BASE ?= $(PROJECT_PATH)/build
BUILD_DIR      := $(abspath $(BUILD_DIR_BASE))
SDKCONFIG      ?= $(PROJECT_PATH)/sdkconfig
SDKCONFIG_DEFAULTS ?= $(wildcard $(PROJECT_PATH)/sdkconfig.defaults)
AIRSLOT        := $(AIRSLOT_PATH)/build/airslot
MBEDTLS_DIR    := $(AIRSLOT_PATH)/build/third_party/mbedtls
LWIP_DIR       := $(AIRSLOT_PATH)/build/third_party/lwip
export AIRSLOT_PATH

CROSS   ?= xtensa-lx106-elf-
FW_CC   := $(CROSS)gcc
FW_AR   := $(CROSS)ar
FW_SIZE := $(CROSS)size

Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)")
unquote = $(patsubst "%",%,$(1))

include $(AIRSLOT_PATH)/mk/components.mk
include $(AIRSLOT_PATH)/mk/kconfig.mk

ifneq ($(and $(filter clean,$(MAKECMDGOALS)),$(filter-out clean,$(MAKECMDGOALS))),)
$(error make clean stands alone: call make again for $(filter-out clean,$(MAKECMDGOALS)))
endif

# Targets that need no configuration, and so must not make one.
NO_CONFIG_GOALS := clean help menuconfig defconfig config-clean
ifneq ($(filter-out $(NO_CONFIG_GOALS),$(or $(MAKECMDGOALS),all)),)
-include $(BUILD_DIR)/config/auto.conf
endif

include $(AIRSLOT_PATH)/mk/owner.mk
include $(AIRSLOT_PATH)/mk/compile.mk
include $(AIRSLOT_PATH)/mk/bootloader.mk
include $(AIRSLOT_PATH)/mk/flash.mk
