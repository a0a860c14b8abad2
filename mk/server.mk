# The HTTPS server: build/host/libserver.a. Programs link it with $(SERVER_LIBS).
SERVER_SRCS := $(wildcard server/*.c)
SERVER_LIBS := -levent_openssl -levent_core -levent_extra -lssl -lcrypto

$(call host_library,server,$(SERVER_SRCS),-Iserver/include -Iserver -Iinclude)

$(call unit_test,test_srv_http,tests/unit/test_srv_http.c,-Iserver,$(BUILD)/san/libserver.a)
$(call unit_test,test_srv_range,tests/unit/test_srv_range.c,-Iserver,$(BUILD)/san/libserver.a)
