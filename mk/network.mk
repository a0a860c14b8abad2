# Tests of the firmware's network side: its pure parts on the host, the whole of it on the board.

NET_INCLUDES := -Iinclude -Icore/include $(addprefix -Icomponents/,esp_common/include \
    esp_event/include esp_event esp_netif/include esp_wifi/include)

$(call unit_test,test_event_handlers,tests/unit/test_event_handlers.c \
    components/esp_event/event_handlers.c,$(NET_INCLUDES))
$(call unit_test,test_wifi_reason,tests/unit/test_wifi_reason.c components/esp_wifi/wifi_reason.c \
    components/esp_common/esp_rodata.c,$(NET_INCLUDES))

NVS_SRCS := $(addprefix components/nvs_flash/nvs_,format.c page.c room.c store.c data.c)
$(call host_objects,nvs,$(NVS_SRCS),$(NET_INCLUDES))
NVS_TEST_LIBS := $(nvs_SAN_OBJS) $(core_support_SAN_OBJS) $(BUILD)/san/libcore.a \
    $(crypto_SAN_OBJS) $(CRYPTO_LIBS)
$(foreach t,nvs nvs_cuts,$(call unit_test,test_$(t),tests/unit/test_$(t).c, \
    $(NET_INCLUDES) -Icomponents/nvs_flash,$(NVS_TEST_LIBS)))

# The network end to end: firmware of tests/firmware on `airslot board`, a server on loopback.
TCP_ECHO := tests/firmware/tcp_echo/build/tcp_echo.bin
$(TCP_ECHO): $(BUILD)/airslot FORCE
	$(Q)$(MAKE) --no-print-directory -C tests/firmware/tcp_echo all

$(call host_objects,t_network_tcp,tests/network/tcp.c tests/support/echo_server.c,-Itests/support)
$(call host_program,tests/network_tcp,t_network_tcp,-lcmocka -lpthread)
NETWORK_TESTS += $(BUILD)/tests/network_tcp

# The same firmware with a scripted network in virtual time.
$(call host_objects,t_network_join,tests/network/join.c tests/support/lan.c,-Itests/support \
    -Iboard/include)
$(BUILD)/tests/network_join: $(t_network_join_OBJS) $(device_OBJS) $(BUILD)/host/libboard.a
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ -lslirp -lcmocka
NETWORK_TESTS += $(BUILD)/tests/network_join
TEST_NEEDS += $(TCP_ECHO)

.PHONY: FORCE
