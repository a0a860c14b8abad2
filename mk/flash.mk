# Partition table, blank otadata, and everything that speaks to a device or a flash file.

PARTITION_CSV := $(call unquote,$(CONFIG_PARTITION_TABLE_FILENAME))
PARTITION_CSV := $(if $(CONFIG_PARTITION_TABLE_CUSTOM),$(PROJECT_PATH),$(AIRSLOT_PATH)/configs)/$(PARTITION_CSV)
PARTITION_BIN := $(BUILD_DIR)/partition-table.bin
OTADATA_BIN   := $(BUILD_DIR)/ota_data_initial.bin
FLASH_SIZE    := $(call unquote,$(CONFIG_ESPTOOLPY_FLASHSIZE))
FLASH_MODE    := $(call unquote,$(CONFIG_ESPTOOLPY_FLASHMODE))
FLASH_FREQ    := $(call unquote,$(CONFIG_ESPTOOLPY_FLASHFREQ))
IMAGE_FLAGS   := --flash-mode $(FLASH_MODE) --flash-freq $(FLASH_FREQ) --flash-size $(FLASH_SIZE)

ESPPORT ?= $(call unquote,$(CONFIG_ESPTOOLPY_PORT))
ESPBAUD ?= $(CONFIG_ESPTOOLPY_BAUD)

# Written when it says something else.
PARTITION_STAMP := $(BUILD_DIR)/partition-table.stamp
$(PARTITION_STAMP): FORCE
	@mkdir -p $(@D)
	@echo '$(PARTITION_CSV) $(FLASH_SIZE)' | cmp -s - $@ || echo '$(PARTITION_CSV) $(FLASH_SIZE)' >$@

$(PARTITION_CSV):
	@echo "error: there is no partition table '$@'" >&2
	@echo "hint: 'Custom partition CSV file' of make menuconfig is relative to the project's folder" >&2
	@exit 1

$(PARTITION_BIN): $(PARTITION_CSV) $(PARTITION_STAMP) $(AIRSLOT)
	$(Q)$(AIRSLOT) partitions build --flash-size $(FLASH_SIZE) $< $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(OTADATA_BIN):
	@mkdir -p $(@D)
	$(Q)head -c 8192 /dev/zero | tr '\0' '\377' >$@

OTADATA_OFFSET = $(shell $(AIRSLOT) partitions offset $(PARTITION_BIN) otadata 2>/dev/null)
FLASH_FILES = 0x0 $(BOOTLOADER_BIN) 0x8000 $(PARTITION_BIN) \
    $(if $(OTADATA_OFFSET),$(OTADATA_OFFSET) $(OTADATA_BIN)) $(APP_OFFSET) $(APP_BIN)
PORT_FLAGS = --port $(ESPPORT) $(if $(ESPBAUD),--baud $(ESPBAUD))
FLASH_TOOL = $(AIRSLOT) flash $(PORT_FLAGS) --flash-size $(FLASH_SIZE)

all: $(APP_BIN) $(BOOTLOADER_BIN) $(PARTITION_BIN) $(OTADATA_BIN)
	@echo "built $(APP_BIN); write it with: make flash ESPPORT=$(ESPPORT)"

bootloader: $(BOOTLOADER_BIN)
partition_table: $(PARTITION_BIN)
	@$(AIRSLOT) partitions show $(PARTITION_BIN)

need_port = $(if $(ESPPORT),,$(error ESPPORT is not set: a serial device, rfc2217://HOST:PORT, or file:PATH for a flash file))

flash: all
	$(need_port)$(Q)$(FLASH_TOOL) $(FLASH_FILES)
app-flash: $(APP_BIN)
	$(need_port)$(Q)$(FLASH_TOOL) $(APP_OFFSET) $(APP_BIN)
partition_table-flash: $(PARTITION_BIN)
	$(need_port)$(Q)$(FLASH_TOOL) 0x8000 $(PARTITION_BIN)
bootloader-flash: $(BOOTLOADER_BIN)
	$(need_port)$(Q)$(FLASH_TOOL) 0x0 $(BOOTLOADER_BIN)
erase_flash: $(AIRSLOT) $(BUILD_DIR)/config/auto.conf
	$(need_port)$(Q)$(AIRSLOT) erase-flash $(PORT_FLAGS) --flash-size $(FLASH_SIZE)
erase_otadata: $(PARTITION_BIN) $(OTADATA_BIN)
	$(need_port)$(if $(OTADATA_OFFSET),,$(error the partition table has no otadata to erase))
	$(Q)$(FLASH_TOOL) $(OTADATA_OFFSET) $(OTADATA_BIN)
monitor: $(AIRSLOT) $(BUILD_DIR)/config/auto.conf
	$(need_port)$(Q)$(AIRSLOT) monitor --port $(ESPPORT) $(if $(wildcard $(APP_ELF)),--elf $(APP_ELF))

# Named together they run in this order, with -j too: erase, write, listen.
FLASH_GOALS := flash app-flash partition_table-flash bootloader-flash
ERASE_GOALS := $(filter erase_flash erase_otadata,$(MAKECMDGOALS))
$(FLASH_GOALS): | $(ERASE_GOALS)
monitor: | $(filter $(FLASH_GOALS),$(MAKECMDGOALS)) $(ERASE_GOALS)

print_flash_cmd: all
	@echo "airslot flash --port $(or $(ESPPORT),PORT) --flash-size $(FLASH_SIZE) $(FLASH_FILES)"
	@echo "esptool.py --chip esp8266 --port $(or $(ESPPORT),PORT) --baud $(ESPBAUD) write_flash -z" \
	    "--flash_mode $(FLASH_MODE) --flash_freq $(FLASH_FREQ) --flash_size $(FLASH_SIZE) $(FLASH_FILES)"

clean:
	rm -rf $(BUILD_DIR)

help:
	@echo "menuconfig       choose options      defconfig        take the project's defaults"
	@echo "all              build everything    app              build the application only"
	@echo "bootloader       build it            partition_table  build and show it"
	@echo "flash            write all           app-flash        write the application only"
	@echo "erase_flash      erase the chip      erase_otadata    boot factory again"
	@echo "monitor          console             size             sections of the application"
	@echo "print_flash_cmd  how to write it     clean            remove build/"
	@echo "Variables: ESPPORT (serial device, rfc2217://HOST:PORT, file:PATH), ESPBAUD, V=1, SDKCONFIG, BUILD_DIR_BASE"

.PHONY: all bootloader partition_table flash app-flash partition_table-flash bootloader-flash \
    erase_flash erase_otadata monitor print_flash_cmd clean help
