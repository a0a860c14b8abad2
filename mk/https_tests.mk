# Tests of the HTTPS server over real connections on the loopback.
SERVER_TEST_FLAGS := -Iserver/include -Itests/support
$(call host_objects,server_support,$(addprefix tests/support/,https_client.c server_child.c \
    served_files.c bad_server.c),$(SERVER_TEST_FLAGS))
SERVER_TEST_LIBS := $(server_support_SAN_OBJS) $(BUILD)/san/libserver.a $(SERVER_LIBS)

# $(call server_test,NAME): tests/network/NAME.c as a cmocka program with sanitizers.
define server_test_
NETWORK_TESTS += $(BUILD)/tests/$(1)
$(BUILD)/tests/$(1): $$(n_$(1)_SAN_OBJS) $$(server_support_SAN_OBJS) $(BUILD)/san/libserver.a
	$$(call say,LD (san) $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(SAN_FLAGS) -o $$@ $$(n_$(1)_SAN_OBJS) $$(SERVER_TEST_LIBS) -lcmocka
endef
server_test = $(call host_objects,n_$(1),tests/network/$(1).c,$(SERVER_TEST_FLAGS))$(eval $(call server_test_,$(1)))

$(call server_test,test_server)
$(call server_test,test_server_limits)
$(call server_test,test_server_start)
$(call server_test,test_bad_server)

# The certificate is judged by the device's own mbedTLS, too (mk/client.mk).
$(call unit_test,test_srv_cert,tests/unit/test_srv_cert.c,$(SERVER_TEST_FLAGS) $(CLIENT_MBEDTLS_FLAGS),$(server_support_SAN_OBJS) $(BUILD)/san/libserver.a $(BUILD)/san/libclient_mbedtls.a $(SERVER_LIBS))

# The misbehaving server as a program, for scripts.
$(call host_objects,bad_server_main,tests/support/bad_server_main.c,-Itests/support)
$(call host_program,tests/bad_server,bad_server_main,$(BUILD)/host/tests/support/bad_server.o -lssl -lcrypto)

# The verbs cert and serve, and the commands of the documents.
NETWORK_TESTS += tests/network/verb_serve.sh tests/network/docs.sh
TEST_NEEDS += $(BUILD)/tests/bad_server $(BUILD)/airslot example-hello_world

# Every bad input of an update, on the board; it builds the firmware variants it needs.
NETWORK_TESTS += tests/network/bad_input.sh
TEST_NEEDS += examples/simple_ota_example/server_certs/ca_cert.pem
