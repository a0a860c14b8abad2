# The stub flasher: an lx106 program of our own that `airslot flash` sends to the chip's RAM, and the
# tests of everything on the serial side.

STUB_DIR    := tools/stub
STUB_OBJS   := $(patsubst %,$(BUILD)/stub/%.o,start line chip writer flashing reading commands main \
    inflate)
STUB_CFLAGS := -std=gnu11 -Os -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns \
               -ffunction-sections -mlongcalls -mtext-section-literals -Wall -Wextra -Wshadow \
               -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror -Wstack-usage=512 -MMD -MP \
               -I$(STUB_DIR)
# What every byte of an image passes through.
$(BUILD)/stub/inflate.o $(BUILD)/stub/line.o: STUB_CFLAGS += -O2

$(BUILD)/stub/%.o: $(STUB_DIR)/%.c mk/stub.mk
	$(call say,CC (stub) $<)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc $(STUB_CFLAGS) -c $< -o $@
$(BUILD)/stub/%.o: $(STUB_DIR)/%.S mk/stub.mk
	$(call say,AS (stub) $<)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -c $< -o $@
$(BUILD)/stub/stub.ld: $(STUB_DIR)/stub.ld.S $(STUB_DIR)/layout.h
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -E -P -x assembler-with-cpp -I$(STUB_DIR) $< -o $@
$(BUILD)/stub/stub.elf: $(STUB_OBJS) $(BUILD)/stub/stub.ld
	$(call say,LD (stub) $@)
	$(Q)$(XTENSA)gcc -nostdlib -Wl,--gc-sections -Wl,-Map,$(@:.elf=.map) -T $(BUILD)/stub/stub.ld \
	    -o $@ $(STUB_OBJS) -lgcc
$(BUILD)/stub/text.bin $(BUILD)/stub/data.bin: $(BUILD)/stub/%.bin: $(BUILD)/stub/stub.elf
	$(Q)$(XTENSA)objcopy -O binary -j .$* $< $@
$(BUILD)/host/stub_image.o: $(STUB_DIR)/image.S $(BUILD)/stub/text.bin $(BUILD)/stub/data.bin
	$(call say,INCBIN   $@)
	@mkdir -p $(@D)
	$(Q)$(CC) -I$(BUILD)/stub -c $< -o $@

# What the command links for it.
STUB_LIBS := $(BUILD)/host/stub_image.o -lz

.PHONY: stub
stub: $(BUILD)/stub/text.bin $(BUILD)/stub/data.bin
	$(Q)$(XTENSA)size $(BUILD)/stub/stub.elf

-include $(STUB_OBJS:.o=.d)

# The serial side with sanitizers, for tests that link the verbs.
SERIAL_ROOM := flash_args flash_bar flash_header flash_judge flash_serial flash_session loader \
    loader_connect loader_flash loader_pack loader_slip loader_spi loader_stub rfc2217_client \
    serial_port serial_rfc2217 serial_tcp serial_tty
SERIAL_TEST_LIBS := $(SERIAL_ROOM:%=$(BUILD)/san/tools/%.o) $(STUB_LIBS)

# A megabyte by our flasher and by Espressif's.
bench-all: bench-flash
bench-flash: $(BUILD)/airslot example-hello_world
	@scripts/fetch-esptool-js
	@mkdir -p $(BUILD)/tests
	@node tests/bench/flash_write.js $(BUILD)/interop/node_modules/esptool-js/lib/index.js \
	    $(BUILD)/airslot examples/hello_world/build/hello_world.bin
.PHONY: bench-flash

# Both loaders, in one process with the board: without sanitizers, it is seconds of flash time.
$(call host_objects,t_board_loader,tests/board/loader.c tests/support/board_port.c,-Iinclude \
    -Icore/include -Iboard/include -Itools -Itests/support)
LOADER_OBJS := $(patsubst %,$(BUILD)/host/tools/%.o,loader loader_connect loader_flash loader_pack \
    loader_slip loader_spi loader_stub serial_port serial_rfc2217 serial_tcp serial_tty rfc2217_client io)
$(BUILD)/tests/board_loader: $(t_board_loader_OBJS) $(LOADER_OBJS) $(BUILD)/host/libboard.a \
    $(BUILD)/host/libcore.a $(crypto_OBJS) $(BUILD)/host/stub_image.o
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ $(CRYPTO_LIBS) -lslirp -lz -lcmocka
BOARD_TESTS += $(BUILD)/tests/board_loader

# Pure parts.
SERIAL_TEST_CFLAGS := -Iinclude -Icore/include -Itools -I$(STUB_DIR)
$(call unit_test,test_inflate,tests/unit/test_inflate.c $(STUB_DIR)/inflate.c, \
    $(SERIAL_TEST_CFLAGS),-lz)
$(call unit_test,test_loader_slip,tests/unit/test_loader_slip.c,$(SERIAL_TEST_CFLAGS), \
    $(patsubst %,$(BUILD)/san/tools/%.o,loader loader_connect loader_flash loader_pack loader_slip loader_spi serial_port \
    serial_rfc2217 serial_tcp serial_tty rfc2217_client io) $(CORE_TEST_LIBS) -lz)
$(call unit_test,test_rfc2217_client,tests/unit/test_rfc2217_client.c,$(SERIAL_TEST_CFLAGS), \
    $(BUILD)/san/tools/rfc2217_client.o)
$(call unit_test,test_monitor,tests/unit/test_monitor.c,$(SERIAL_TEST_CFLAGS), \
    $(patsubst %,$(BUILD)/san/tools/%.o,elf_symbols monitor_baud monitor_keys monitor_text))

$(call unit_test,test_flash_header,tests/unit/test_flash_header.c,$(SERIAL_TEST_CFLAGS) -Iboard/include, \
    $(patsubst %,$(BUILD)/san/tools/%.o,default_map elf flash_header image_claims image_info image_make io) \
    $(CORE_TEST_LIBS) -ljansson)

# As users meet it.
BOARD_TESTS += tests/board/flash_serial.sh
TEST_NEEDS  += $(BUILD)/airslot example-hello_world
$(call host_objects,t_monitor_terminal,tests/board/monitor_terminal.c,)
$(call host_program,tests/monitor_terminal,t_monitor_terminal,-lcmocka)
BOARD_TESTS += $(BUILD)/tests/monitor_terminal
