# TLS on the device: tests/firmware/tls on a board with the network in virtual time.
TLS_FIRMWARE := tests/firmware/tls/build/tls.bin
$(TLS_FIRMWARE): $(BUILD)/airslot FORCE
	$(Q)$(MAKE) --no-print-directory -C tests/firmware/tls all

TLS_DEVICE_CFLAGS := -Iboard/include -Itests/support
$(call host_objects,tls_device,tests/support/tls_device.c tests/support/tls_certs.c,\
    $(TLS_DEVICE_CFLAGS))
$(call host_objects,n_tls_device,tests/network/tls_device.c,$(TLS_DEVICE_CFLAGS))
$(BUILD)/tests/tls_device: $(n_tls_device_OBJS) $(tls_device_OBJS) $(BUILD)/host/tests/support/device.o \
        $(BUILD)/host/libpeer.a $(BUILD)/host/libboard.a
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ -lssl -lcrypto -lcmocka
NETWORK_TESTS += $(BUILD)/tests/tls_device
TEST_NEEDS += $(TLS_FIRMWARE)

# The server's tickets, by themselves and with the device.
$(call unit_test,test_srv_ticket,tests/unit/test_srv_ticket.c tests/support/tls_certs.c,-Iserver,\
    $(BUILD)/san/libserver.a -lssl -lcrypto)
NETWORK_TESTS += tests/network/serve_resume.sh

# What a handshake costs the device, full and resumed.
$(call host_objects,bench_handshake,tests/bench/handshake.c,$(TLS_DEVICE_CFLAGS))
$(BUILD)/bench/handshake: $(bench_handshake_OBJS) $(tls_device_OBJS) \
        $(BUILD)/host/tests/support/device.o $(BUILD)/host/libpeer.a $(BUILD)/host/libboard.a
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ -lssl -lcrypto
bench-handshake: $(BUILD)/bench/handshake $(TLS_FIRMWARE)
	@$(BUILD)/bench/handshake
.PHONY: bench-handshake
