# The devices of the virtual board, and their tests. mk/board.mk includes this and builds the library.
BOARD_DEVICE_SRCS := $(addprefix board/, analog.c devices.c dport.c fault.c fault_words.c frc.c gpio.c iomux.c \
  net_flows.c net_slirp.c nor.c nor_chips.c nor_commands.c nor_facts.c pages.c pins.c radio.c \
  radio_regs.c rtc.c spi.c uart.c uart_line.c wdev.c wdt.c)

# Devices alone, on a board without CPU and memory.
DEVICE_OBJS := $(patsubst %.c,$(BUILD)/san/%.o,$(BOARD_DEVICE_SRCS))
DEVICE_TESTS := fault gpio nor uart timers radio net_flows
$(call host_objects,fake_board,tests/support/fake_board.c,-Iboard/include -Iboard -Iinclude)
$(foreach t,$(DEVICE_TESTS),$(call unit_test,test_$(t),tests/unit/test_$(t).c, \
  -Iboard/include -Iboard -Iinclude,$(DEVICE_OBJS) $(fake_board_SAN_OBJS) -lslirp))

# The network behind the radio, without a board.
$(call unit_test,test_net_slirp,tests/unit/test_net_slirp.c,-Iboard/include, \
  $(BUILD)/san/board/net_slirp.o $(BUILD)/san/board/net_flows.o -lslirp)
