# Tests of what looks into the board: debugger, trace, recorded traffic.
san_tools = $(patsubst %,$(BUILD)/san/tools/%.o,$(1))

$(call unit_test,test_board_debug,tests/unit/test_board_debug.c,$(BOARD_TEST_CFLAGS), \
    $(lx106_SAN_OBJS) $(BOARD_TEST_LIBS))
$(call unit_test,test_gdb,tests/unit/test_gdb.c,-Iboard/include -Itools, \
    $(lx106_SAN_OBJS) $(call san_tools,gdb_packet gdb_access gdb_stub gdb_regs gdb_monitor) $(BOARD_TEST_LIBS))
$(call unit_test,test_net_replay,tests/unit/test_net_replay.c,-Iboard/include -Itools -Iinclude, \
    $(call san_tools,net_replay pcapng io) $(BOARD_TEST_LIBS) $(BUILD)/san/libcore.a)

# A debugger at the command itself.
$(call host_objects,t_board_gdb,tests/board/gdb.c,)
$(call host_program,tests/board_gdb,t_board_gdb,-lcmocka)
BOARD_TESTS += $(BUILD)/tests/board_gdb tests/board/verb_insight.sh
TEST_NEEDS  += $(BUILD)/airslot $(BUILD)/rom/rom.bin

# An update over the host's network, recorded and replayed.
NETWORK_TESTS += tests/network/replay.sh
TEST_NEEDS    += $(BUILD)/airslot example-hello_world examples/simple_ota_example/server_certs/ca_cert.pem
