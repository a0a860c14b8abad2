# The devices of the virtual board. mk/board.mk includes this list and builds the library.
BOARD_DEVICE_SRCS := $(addprefix board/, analog.c devices.c dport.c frc.c gpio.c iomux.c \
  net_flows.c net_slirp.c nor.c nor_facts.c pages.c radio.c rtc.c spi.c uart.c wdev.c wdt.c)
