# The built-in mask ROM of the virtual board: an lx106 program of our own. build/rom/rom.bin is the
# image of 64 KiB, build/host/rom_image.o brings it into the board's library.

XTENSA     ?= xtensa-lx106-elf-
ROM_DIR    := board/rom
ROM_SRCS   := boot flash_boot exceptions data console system wdt task timer uart slip download random \
              spi_flash spi_chip cache printf string memory gpio analog integer float32 float64 \
              md5 sha1
ROM_ASM    := startup vectors entries multiply
ROM_OBJS   := $(patsubst %,$(BUILD)/rom/%.o,$(ROM_SRCS) $(ROM_ASM))
# No tables in DRAM behind a switch, no calls that the compiler invents.
ROM_CFLAGS := -std=gnu11 -Os -ffreestanding -fno-builtin -fno-jump-tables -fno-tree-switch-conversion \
              -fno-tree-loop-distribute-patterns -ffunction-sections -mtext-section-literals \
              -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror \
              -Wconversion -Wno-sign-conversion -Wstack-usage=512 -MMD -MP -I$(ROM_DIR)
ROM_CPP    := $(XTENSA)gcc -E -P -x assembler-with-cpp -I$(ROM_DIR)

$(BUILD)/rom/%.o: $(ROM_DIR)/%.c mk/rom.mk
	$(call say,CC (rom) $<)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc $(ROM_CFLAGS) -c $< -o $@

$(BUILD)/rom/%.o: $(ROM_DIR)/%.S $(ROM_DIR)/entries.def mk/rom.mk
	$(call say,AS (rom) $<)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -I$(ROM_DIR) -c $< -o $@

$(BUILD)/rom/rom.ld: $(ROM_DIR)/rom.ld.S $(ROM_DIR)/entries.def
	@mkdir -p $(@D)
	$(Q)$(ROM_CPP) $< -o $@

$(BUILD)/rom/rom.elf: $(ROM_OBJS) $(BUILD)/rom/rom.ld
	$(call say,LD (rom) $@)
	$(Q)$(XTENSA)gcc -nostdlib -Wl,--no-relax -Wl,-Map,$(@:.elf=.map) -T $(BUILD)/rom/rom.ld \
	    -o $@ $(ROM_OBJS) -lgcc

$(BUILD)/rom/rom.bin: $(BUILD)/rom/rom.elf $(BUILD)/rom/names.ok
	$(call say,ROM      $@)
	$(Q)$(XTENSA)objcopy -O binary --gap-fill 0 --pad-to 0x40010000 $< $@
	$(Q)test $$(wc -c < $@) = 65536

# What firmware links against: generated, kept in the repository, and compared here.
ROM_NAMES := components/esp8266/ld/esp8266.rom.ld
$(BUILD)/rom/esp8266.rom.ld: $(ROM_DIR)/names.ld.S $(ROM_DIR)/entries.def
	@mkdir -p $(@D)
	$(Q){ echo '/* SPDX-License-Identifier: Apache-2.0 */'; \
	    echo '/* Functions of the mask ROM. Generated: make rom-names. */'; \
	    $(ROM_CPP) $< | sed "/^$$/d"; } > $@

.PHONY: rom rom-names
rom: $(BUILD)/rom/rom.bin
rom-names: $(BUILD)/rom/esp8266.rom.ld
	$(Q)mkdir -p $(dir $(ROM_NAMES))
	$(Q)cp $< $(ROM_NAMES)

$(BUILD)/rom/names.ok: $(BUILD)/rom/esp8266.rom.ld $(ROM_NAMES)
	$(Q)cmp -s $^ || { echo "error: $(ROM_NAMES) differs from $(ROM_DIR)/entries.def" >&2; \
	    echo "hint: make rom-names" >&2; exit 1; }
	$(Q)touch $@

define rom_image_
$(BUILD)/$(1)/rom_image.o: $(ROM_DIR)/image.S $(BUILD)/rom/rom.bin
	$$(call say,INCBIN   $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -I$(BUILD)/rom -c $$< -o $$@
endef
$(eval $(call rom_image_,host))
$(eval $(call rom_image_,san))

-include $(ROM_OBJS:.o=.d)

# The arithmetic is plain C: its source is tested on the host too, with millions of operands.
$(call unit_test,test_rom_math,tests/unit/test_rom_math.c $(addprefix $(ROM_DIR)/, \
    float32.c float64.c integer.c),-I$(ROM_DIR))

# Tests of the ROM on the virtual board: its functions called from the host, its console compared.
# Those that wait for seconds of flash time use the board without sanitizers.
$(call host_objects,rom_call,tests/support/rom_call.c,-Itests/support -Iboard/include)
# $(call rom_test,NAME,BOARD LIBRARY)
define rom_test_
BOARD_TESTS += $(BUILD)/tests/rom_$(1)
$(BUILD)/tests/rom_$(1): $$(t_rom_$(1)_SAN_OBJS) $$(rom_call_SAN_OBJS) $(2)
	$$(call say,LD (san) $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(SAN_FLAGS) -o $$@ $$^ -lslirp -lcrypto -lcmocka
endef
rom_test = $(call host_objects,t_rom_$(1),tests/board/rom_$(1).c,-Itests/support \
    -Iboard/include)$(eval $(call rom_test_,$(1),$(2)))
$(call rom_test,functions,$(BUILD)/san/libboard.a)
$(call rom_test,boot,$(BUILD)/san/libboard.a)
$(call rom_test,flash,$(BUILD)/host/libboard.a)
$(call rom_test,system,$(BUILD)/san/libboard.a)

# Code of the test's own on the board.
$(BUILD)/tests/rom_probe.bin: tests/board/rom_probe.S
	$(call say,AS (lx)  $<)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -nostdlib -Wl,-Ttext=0x40101000,-e,0x40101000 -o $(@:.bin=.elf) $<
	$(Q)$(XTENSA)objcopy -O binary -j .text $(@:.bin=.elf) $@
$(BUILD)/tests/rom_system: | $(BUILD)/tests/rom_probe.bin
