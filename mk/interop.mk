# Peers' tools against ours.
# A scripted host, in the board's own process: every request of the ROM's serial loader.
$(call host_objects,rom_loader,tests/interop/rom_loader.c tests/support/loader_host.c, \
  -Itests/support -Iboard/include)
$(BUILD)/tests/rom_loader: $(rom_loader_SAN_OBJS) $(BUILD)/san/libboard.a
	$(call say,LD (san) $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) -o $@ $^ -lslirp -lcmocka
$(BUILD)/tests/upload.bin: tests/interop/upload.S
	$(call say,AS (lx)  $<)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -nostdlib -Wl,-Ttext=0x40101000,-e,0x40101000 -o $(@:.bin=.elf) $<
	$(Q)$(XTENSA)objcopy -O binary -j .text $(@:.bin=.elf) $@
$(BUILD)/tests/rom_loader: | $(BUILD)/tests/upload.bin
INTEROP_TESTS += $(BUILD)/tests/rom_loader

# Espressif's flasher with its genuine stub, headless in Node, over RFC 2217.
INTEROP_TESTS += tests/interop/esptool.sh
TEST_NEEDS    += $(BUILD)/airslot example-hello_world

$(call unit_test,test_rfc2217_server,tests/unit/test_rfc2217_server.c,-Itools, \
  $(BUILD)/san/tools/rfc2217_server.o $(BUILD)/san/tools/auto_reset.o)

# The verb `board` at the end of real lines.
$(call host_objects,serial_lines,tests/interop/serial_lines.c,)
$(BUILD)/tests/serial_lines: $(serial_lines_SAN_OBJS)
	$(call say,LD (san) $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) -o $@ $^ -lcmocka
INTEROP_TESTS += $(BUILD)/tests/serial_lines
