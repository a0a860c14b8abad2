# The host command build/airslot: every file of tools/ is part of it. The crypto files are objects of
# their own (mk/core.mk).
TOOLS_SRCS   := $(filter-out tools/asl_%_openssl.c,$(wildcard tools/*.c))
TOOLS_CFLAGS := -Iinclude -Icore/include -Iboard/include -Iserver/include -Icampaign/include -Itools
TOOLS_LIBS   := $(BUILD)/host/libserver.a $(BUILD)/host/libpeer.a $(BUILD)/host/libcampaign.a $(BUILD)/host/libboard.a $(BUILD)/host/libcore.a \
  $(crypto_OBJS) $(SERVER_LIBS) $(CRYPTO_LIBS) $(STUB_LIBS) -lslirp -ljansson

$(call host_objects,tools,$(TOOLS_SRCS),$(TOOLS_CFLAGS))
# Compiled behind all others: so the version is that of the newest part, and a commit that changes no part
# builds nothing again.
AIRSLOT_MAIN    := $(BUILD)/host/tools/main.o
AIRSLOT_VERSION  = $(or $(shell git describe --always --tags --dirty 2>/dev/null),unknown)
$(AIRSLOT_MAIN): private HOST_CFLAGS += -DAIRSLOT_VERSION='"$(AIRSLOT_VERSION)"'
$(AIRSLOT_MAIN): $(filter-out $(AIRSLOT_MAIN),$(tools_OBJS)) $(filter %.a %.o,$(TOOLS_LIBS))

$(call host_program,airslot,tools,$(TOOLS_LIBS))

$(call unit_test,test_board_flash,tests/unit/test_board_flash.c,-Iboard/include -Itools, \
  $(BUILD)/san/tools/board_flash.o $(BUILD)/san/tools/io.o $(BUILD)/san/libboard.a \
  $(BUILD)/san/libcore.a -lslirp)

BOARD_TESTS += tests/board/verb_board.sh tests/board/verb_help.sh
TEST_NEEDS  += $(BUILD)/airslot
