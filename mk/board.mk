# The virtual board: build/host/libboard.a and, with sanitizers, build/san/libboard.a. The room sees
# its own headers and the registers of the virtual radio; the built-in ROM is part of the library.

include mk/devices.mk
BOARD_SRCS   := $(addprefix board/, board.c clock.c code.c cpu.c decode.c exec.c memory.c run.c) \
  $(BOARD_DEVICE_SRCS)
BOARD_CFLAGS := -Iboard/include -Iboard -Iinclude

$(call host_library,board,$(BOARD_SRCS),$(BOARD_CFLAGS))
$(BUILD)/host/libboard.a: $(BUILD)/host/rom_image.o
$(BUILD)/san/libboard.a: $(BUILD)/san/rom_image.o
