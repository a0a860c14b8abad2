# The firmware's TLS and HTTP client on the host: the components' own sources, with the device around
# them replaced by tests/support/client, so that unit tests and fuzzers can drive them.
MBEDTLS_DIR ?= $(BUILD)/third_party/mbedtls

# mbedTLS as configured for the device. Not ours to warn about; optimised, for the arithmetic. It
# compares empty names by memcmp(NULL, p, 0).
client_mbedtls_FILES := aes asn1parse asn1write base64 bignum bignum_core chacha20 chachapoly cipher \
    cipher_wrap constant_time ecdh ecdsa ecp ecp_curves gcm hmac_drbg md oid pem pk pk_ecc pk_wrap \
    pkparse platform_util poly1305 rsa rsa_alt_helpers sha256 sha512 ssl_ciphersuites ssl_client \
    ssl_msg ssl_tls ssl_tls12_client x509 x509_crt
CLIENT_MBEDTLS_FLAGS := -isystem $(MBEDTLS_DIR)/include -Icomponents/mbedtls/config \
    -Itests/support/client -DMBEDTLS_CONFIG_FILE='"asl_mbedtls_config.h"'
client_mbedtls_OBJS := $(client_mbedtls_FILES:%=$(BUILD)/san/mbedtls/%.o)
$(client_mbedtls_OBJS): $(BUILD)/san/mbedtls/%.o: $(MBEDTLS_DIR)/library/%.c \
        components/mbedtls/config/asl_mbedtls_config.h tests/support/client/sdkconfig.h
	$(call say,CC (san) mbedtls/$(@F:.o=.c))
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 -g $(SAN_FLAGS) -fno-sanitize=nonnull-attribute $(CLIENT_MBEDTLS_FLAGS) \
	    -c $< -o $@
$(MBEDTLS_DIR)/library/%.c:
	@scripts/fetch-sources
$(BUILD)/san/libclient_mbedtls.a: $(client_mbedtls_OBJS)
	$(call say,AR (san) $@)
	$(Q)rm -f $@ && ar rcs $@ $^

CLIENT_FLAGS := -Itests/support/client -Icomponents/esp_common/include -Icomponents/lwip/include
CLIENT_TLS_FLAGS := $(CLIENT_FLAGS) $(CLIENT_MBEDTLS_FLAGS) -Icomponents/mbedtls/include \
    -Icomponents/mbedtls/port
CLIENT_TLS_SRCS := components/esp_common/esp_rodata.c $(addprefix components/mbedtls/port/, \
    tls_session.c tls_open.c tls_setup.c tls_verify.c tls_cache.c tls_clock.c tls_explain.c tls_alert.c \
    tls_say.c tls_record.c tls_cert_names.c tls_heap.c)
# Firmware is gnu99: a format without arguments is fine there.
$(call host_library,client_tls,$(CLIENT_TLS_SRCS),$(CLIENT_TLS_FLAGS) -Wno-pedantic)
CLIENT_SUPPORT := tests/support/client/fake_device.c $(addprefix tests/support/tls_,peer.c certs.c wire.c)
$(call host_library,client_support,$(CLIENT_SUPPORT),$(CLIENT_FLAGS))

# The device's date, under other names than the host's own.
$(call unit_test,test_clock,tests/unit/test_clock.c components/esp_common/esp_clock.c, \
    $(CLIENT_FLAGS) -D_GNU_SOURCE -Dgettimeofday=device_gettimeofday -Dsettimeofday=device_settimeofday)

HTTP_DIR := components/esp_http_client
CLIENT_HTTP_FLAGS := $(CLIENT_FLAGS) -I$(HTTP_DIR)/include -I$(HTTP_DIR) -Icomponents/mbedtls/include
CLIENT_HTTP_SRCS := $(addprefix $(HTTP_DIR)/,esp_http_client.c http_address.c http_auth.c http_exchange.c \
    http_perform.c http_request.c http_response.c http_transport.c http_url.c http_parse.c http_body.c \
    http_fields.c)
$(call host_library,client_http,$(CLIENT_HTTP_SRCS),$(CLIENT_HTTP_FLAGS))

# mbedTLS asks the port for memory and time, which asks the device.
CLIENT_TLS_LIBS := $(addprefix $(BUILD)/san/lib,client_tls.a client_mbedtls.a client_tls.a \
    client_support.a)
$(call host_objects,tls_lab,$(addprefix tests/support/tls_,lab.c bend.c),$(CLIENT_TLS_FLAGS) -Itests/support)
$(foreach t,session certs handshake talk flights resume,$(call unit_test,test_tls_$(t),\
    tests/unit/test_tls_$(t).c,$(CLIENT_TLS_FLAGS),$(tls_lab_SAN_OBJS) $(CLIENT_TLS_LIBS) -lssl -lcrypto))
$(call unit_test,test_tls_memory,tests/unit/test_tls_memory.c,$(CLIENT_TLS_FLAGS) -Itests/support,\
    $(CLIENT_TLS_LIBS) -lssl -lcrypto -Xlinker --wrap=calloc)
$(call unit_test,test_http_url,tests/unit/test_http_url.c,$(CLIENT_HTTP_FLAGS),\
    $(BUILD)/san/libclient_http.a)
$(call unit_test,test_http_parse,tests/unit/test_http_parse.c,$(CLIENT_HTTP_FLAGS),\
    $(BUILD)/san/libclient_http.a)
$(call unit_test,test_http_fields,tests/unit/test_http_fields.c,$(CLIENT_HTTP_FLAGS),\
    $(BUILD)/san/libclient_http.a)
$(call unit_test,test_http_client,tests/unit/test_http_client.c,$(CLIENT_HTTP_FLAGS) -Itests/support,\
    $(BUILD)/san/libclient_http.a $(CLIENT_TLS_LIBS) -lssl -lcrypto)

OTA_DIR := components/esp_https_ota
CLIENT_OTA_FLAGS := $(CLIENT_HTTP_FLAGS) -Iinclude -Icore/include -I$(OTA_DIR)/include -I$(OTA_DIR) \
    -isystem components/app_update/include -Icomponents/spi_flash/include
$(call host_library,client_ota,$(wildcard $(OTA_DIR)/*.c),$(CLIENT_OTA_FLAGS))
$(call host_objects,ota_lab,$(addprefix tests/support/ota_,lab.c slot.c),$(CLIENT_OTA_FLAGS) -Itests/support)
CLIENT_OTA_LIBS := $(ota_lab_SAN_OBJS) $(BUILD)/san/libclient_ota.a $(BUILD)/san/libclient_http.a \
    $(CLIENT_TLS_LIBS)
$(foreach t,https_ota https_ota_drops https_ota_notes,$(call unit_test,test_$(t),tests/unit/test_$(t).c,\
    $(CLIENT_OTA_FLAGS),$(CLIENT_OTA_LIBS) -lssl -lcrypto))
$(call unit_test,test_https_ota_parts,tests/unit/test_https_ota_parts.c,$(CLIENT_OTA_FLAGS),\
    $(BUILD)/san/libclient_ota.a)

# Sources of the SDK's and ESP-IDF's examples must go on compiling.
INTEROP_TESTS += tests/interop/compat_sources.sh
