# mbedTLS by configuration, from the sources that scripts/fetch-sources brings; nothing is patched.
# Only these files hold code that a TLS 1.2 client with our configuration links.
MBEDTLS_FILES := aes asn1parse base64 bignum bignum_core chacha20 chachapoly cipher cipher_wrap \
    constant_time ecdh ecdsa ecp ecp_curves gcm hmac_drbg md oid pem pk pk_ecc pk_wrap pkparse \
    platform_util poly1305 rsa rsa_alt_helpers sha256 sha512 ssl_ciphersuites ssl_client ssl_msg \
    ssl_tls ssl_tls12_client x509 x509_crt asn1write
COMPONENT_SRCS := $(wildcard $(COMPONENT_PATH)/port/*.c) \
    $(MBEDTLS_FILES:%=$(MBEDTLS_DIR)/library/%.c)
COMPONENT_REQUIRES := esp_common
COMPONENT_PRIV_REQUIRES := core esp8266 freertos log lwip
COMPONENT_PRIV_INCLUDES := config port $(MBEDTLS_DIR)/include
COMPONENT_CFLAGS := -DMBEDTLS_CONFIG_FILE='"asl_mbedtls_config.h"'
# The arithmetic of a handshake.
$(patsubst %,$(BUILD_DIR)/mbedtls/ext/%.o,bignum bignum_core ecp ecp_curves): OBJECT_CFLAGS := -O2
