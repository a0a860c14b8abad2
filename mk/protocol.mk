# The boot record's protocol, searched: the code of core/ driven through every reachable pair of
# sectors and every fault. The quick part runs in `make check`; `make protocol` searches all of it,
# PROTOCOL_WORLDS bounds each setup. Not with sanitizers: they would cost four fifths of the worlds,
# and the unit tests run the same code under them.
PROTOCOL_CFLAGS := -Iinclude -Icore/include -Itests/support -O3
PROTOCOL_SRCS   := $(wildcard tests/protocol/*.c)
PROTOCOL_LIBS   := $(addprefix $(BUILD)/host/tests/support/,boot_table.o sdk_record.o) \
    $(BUILD)/host/libcore.a $(crypto_OBJS)
PROTOCOL_WORLDS :=

$(call host_objects,protocol,$(PROTOCOL_SRCS),$(PROTOCOL_CFLAGS))
$(call host_program,tests/protocol_search,protocol,$(PROTOCOL_LIBS) $(CRYPTO_LIBS))
UNIT_TESTS += $(BUILD)/tests/protocol_search
# Bugs planted into core/, each of which the search has to find.
UNIT_TESTS += tests/protocol/planted.sh
TEST_NEEDS += $(BUILD)/tests/protocol_search

protocol: $(BUILD)/tests/protocol_search
	$< --long $(PROTOCOL_WORLDS)
.PHONY: protocol

# Line and branch coverage of core/, against docs/coverage.md.
coverage:
	@scripts/coverage
.PHONY: coverage
