# Tests of what looks into the board: debugger, trace, recorded traffic.
san_tools = $(patsubst %,$(BUILD)/san/tools/%.o,$(1))

$(call unit_test,test_board_debug,tests/unit/test_board_debug.c,$(BOARD_TEST_CFLAGS), \
    $(lx106_SAN_OBJS) $(BOARD_TEST_LIBS))
$(call unit_test,test_gdb,tests/unit/test_gdb.c,-Iboard/include -Itools, \
    $(lx106_SAN_OBJS) $(call san_tools,gdb_packet gdb_stub gdb_regs gdb_monitor) $(BOARD_TEST_LIBS))
$(call unit_test,test_net_replay,tests/unit/test_net_replay.c,-Iboard/include -Itools -Iinclude, \
    $(call san_tools,net_replay pcapng io) $(BOARD_TEST_LIBS) $(BUILD)/san/libcore.a)
