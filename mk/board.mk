# The virtual board: build/host/libboard.a and, with sanitizers, build/san/libboard.a. The room sees
# its own headers and the registers of the virtual radio; the built-in ROM is part of the library.

include mk/devices.mk
BOARD_SRCS   := $(addprefix board/, board.c clock.c code.c cpu.c debug.c decode.c exec.c memory.c \
  memory_executed.c run.c) \
  $(BOARD_DEVICE_SRCS)
BOARD_CFLAGS := -Iboard/include -Iboard -Iinclude

$(call host_library,board,$(BOARD_SRCS),$(BOARD_CFLAGS))
$(BUILD)/host/libboard.a: $(BUILD)/host/rom_image.o
$(BUILD)/san/libboard.a: $(BUILD)/san/rom_image.o

# The CPU against QEMU's lx106: one guest, both machines, random cases of every instruction.
DIFF_GUEST := $(BUILD)/tests/cpu_diff_guest
$(DIFF_GUEST).elf: tests/board/cpu_diff_guest.S tests/board/cpu_diff.h tests/board/cpu_diff.ld
	$(call say,LD (guest) $@)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -nostdlib -Wl,-T,tests/board/cpu_diff.ld -o $@ $<
$(DIFF_GUEST).bin: $(DIFF_GUEST).elf
	$(Q)$(XTENSA)objcopy -O binary -j .text -j .literals -j .pads $< $@

$(call host_objects,t_cpu_diff,tests/board/cpu_diff.c tests/board/cpu_diff_cases.c,-Iboard/include)
$(call host_program,tests/cpu_diff,t_cpu_diff,$(BUILD)/host/libboard.a -lslirp)
$(BUILD)/tests/cpu_diff: $(DIFF_GUEST).bin
BOARD_TESTS += $(BUILD)/tests/cpu_diff
check-board-cpu: $(BUILD)/tests/cpu_diff
	@scripts/run-tests $<
.PHONY: check-board-cpu

# Speed beside QEMU's translator, same programs in the same run.
SPEED_PROGRAMS := $(addprefix $(BUILD)/tests/speed/,sha256.elf branchy.elf)
$(SPEED_PROGRAMS): $(BUILD)/tests/speed/%.elf: tests/bench/%.c tests/bench/speed_start.S \
  tests/bench/speed.ld
	$(call say,LD (guest) $@)
	@mkdir -p $(@D)
	$(Q)$(XTENSA)gcc -Os -mtext-section-literals -Wall -Wextra -Werror -nostdlib -Wl,-T,tests/bench/speed.ld -o $@ \
	    tests/bench/speed_start.S $< -lgcc

$(call host_objects,b_board_speed,tests/bench/board_speed.c,-Iboard/include)
$(call host_program,tests/board_speed,b_board_speed,$(BUILD)/host/libboard.a -lslirp)
bench-board: $(BUILD)/tests/board_speed $(SPEED_PROGRAMS)
	@$< $(SPEED_PROGRAMS)
.PHONY: bench-board

BOARD_TEST_CFLAGS := -Iboard/include -Iboard
BOARD_TEST_LIBS   := $(BUILD)/san/libboard.a -lslirp
$(call host_objects,lx106,tests/support/lx106.c,-Iboard/include -Itests/support)
$(foreach t,memory cpu gpio,$(call unit_test,test_board_$(t),tests/unit/test_board_$(t).c, \
    $(BOARD_TEST_CFLAGS),$(lx106_SAN_OBJS) $(BOARD_TEST_LIBS)))
$(call unit_test,test_board_run,tests/unit/test_board_run.c,$(BOARD_TEST_CFLAGS),$(BOARD_TEST_LIBS))
