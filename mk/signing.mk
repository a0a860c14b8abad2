# Tests of signed images: the claims against each library that checks signatures, whole updates on a
# host flash, the verbs, and the firmware on the board.
P256M_DIR   := $(MBEDTLS_DIR)/3rdparty/p256-m/p256-m
P256M_FLAGS := -DMBEDTLS_PSA_P256M_DRIVER_ENABLED -DMBEDTLS_CONFIG_FILE='"boot_mbedtls_config.h"' \
    -isystem $(MBEDTLS_DIR)/include -isystem $(P256M_DIR) -Ibootloader
$(P256M_DIR)/p256-m.c:
	@scripts/fetch-sources
$(BUILD)/san/p256-m.o: $(P256M_DIR)/p256-m.c bootloader/boot_mbedtls_config.h
	$(call say,CC (san) p256-m.c)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 -g $(SAN_FLAGS) $(P256M_FLAGS) -c $< -o $@

SIGNING_FLAGS := -Iinclude -Icore/include -Itests/support
$(call host_objects,sign_support,tests/support/sign_image.c,$(SIGNING_FLAGS))
SIGNING_LIBS := $(sign_support_SAN_OBJS) $(core_support_SAN_OBJS) $(BUILD)/san/libcore.a \
    $(BUILD)/san/tools/asl_crypto_openssl.o
$(call unit_test,test_claims,tests/unit/test_claims.c,$(SIGNING_FLAGS), \
    $(SIGNING_LIBS) $(BUILD)/san/tools/asl_p256_openssl.o $(CRYPTO_LIBS))
$(call unit_test,test_core_edges,tests/unit/test_core_edges.c,$(SIGNING_FLAGS), \
    $(SIGNING_LIBS) $(BUILD)/san/tools/asl_p256_openssl.o $(CRYPTO_LIBS))
$(call unit_test,test_signed_update,tests/unit/test_signed_update.c,$(SIGNING_FLAGS), \
    $(SIGNING_LIBS) $(BUILD)/san/tools/asl_p256_openssl.o $(CRYPTO_LIBS))
$(call unit_test,test_sign_verbs,tests/unit/test_sign_verbs.c,$(SIGNING_FLAGS) -Itools, \
    $(sign_support_SAN_OBJS) $(FILE_VERB_LIBS))

# The device's two libraries, in the same test. p256-m's key generation is linked and never called.
$(call host_objects,p256m_port,bootloader/asl_p256_p256m.c,$(SIGNING_FLAGS) $(P256M_FLAGS))
$(call host_objects,p256_mbedtls_port,components/mbedtls/port/asl_p256_mbedtls.c, \
    $(SIGNING_FLAGS) $(CLIENT_MBEDTLS_FLAGS))
$(call host_objects,no_random,tests/support/no_random.c,)
claims_test = $(BUILD)/san/tests/unit/test_claims.$(1).o
$(BUILD)/san/tests/unit/test_claims.%.o: tests/unit/test_claims.c
	$(call say,CC (san) $< for $*)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) $(SIGNING_FLAGS) -DBIT_STEP=11 -c $< -o $@
-include $(BUILD)/san/tests/unit/test_claims.p256m.d $(BUILD)/san/tests/unit/test_claims.mbedtls.d
DEVICE_MBEDTLS := $(BUILD)/san/libclient_mbedtls.a $(BUILD)/san/libclient_tls.a \
    $(BUILD)/san/libclient_support.a $(CRYPTO_LIBS)
$(call unit_test,test_claims_p256m,,,$(call claims_test,p256m) $(SIGNING_LIBS) \
    $(p256m_port_SAN_OBJS) $(BUILD)/san/p256-m.o $(no_random_SAN_OBJS) $(DEVICE_MBEDTLS))
$(call unit_test,test_claims_mbedtls,,,$(call claims_test,mbedtls) $(SIGNING_LIBS) \
    $(p256_mbedtls_port_SAN_OBJS) $(DEVICE_MBEDTLS))
$(call unit_test,test_claims_memory,tests/unit/test_claims_memory.c,$(SIGNING_FLAGS), \
    $(SIGNING_LIBS) $(p256_mbedtls_port_SAN_OBJS) $(DEVICE_MBEDTLS) \
    $(foreach f,calloc free,-Xlinker --wrap=tls_$f))

# The firmware that demands signatures, with keys made for it: a and b are trusted, c is not.
SIGNED_KEYS := $(patsubst %,tests/firmware/signed/build/keys/%.pem,a b c)
$(SIGNED_KEYS): | $(BUILD)/airslot
	@mkdir -p $(@D)
	$(Q)$(BUILD)/airslot key new $@ --out-pub $(@:.pem=.pub) >/dev/null
firmware-signed: $(BUILD)/airslot $(SIGNED_KEYS)
	$(Q)$(MAKE) --no-print-directory -C tests/firmware/signed all
.PHONY: firmware-signed
TEST_NEEDS += firmware-signed

$(call host_objects,t_board_signed,tests/board/signed.c,-Itests/support -Iboard/include)
$(call host_objects,make_image,tests/support/make_image.c,-Itests/support)
$(BUILD)/tests/board_signed: $(t_board_signed_OBJS) $(device_OBJS) $(sign_support_OBJS) \
        $(make_image_OBJS) $(BUILD)/host/libboard.a
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ -lslirp -lcmocka -lcrypto
BOARD_TESTS += $(BUILD)/tests/board_signed
