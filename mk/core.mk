# core: the rules of updating, for the host (plain and with sanitizers), held to what a freestanding
# lx106 build offers; its unit tests and fuzz targets.

CORE_SRCS   := $(wildcard core/*.c)
CORE_CFLAGS := -Iinclude -Icore/include -Wconversion
$(call host_library,core,$(CORE_SRCS),$(CORE_CFLAGS))

# The cryptography that core asks for, on the host.
$(call host_objects,crypto,tools/asl_crypto_openssl.c tools/asl_p256_openssl.c,-Iinclude -Icore/include)
CRYPTO_LIBS := -lcrypto

CORE_TEST_CFLAGS := -Iinclude -Icore/include -Itests/support -Wconversion
$(call host_objects,core_support,tests/support/host_flash.c tests/support/make_image.c \
    tests/support/boot_table.c tests/support/otadata_pair.c tests/support/sdk_record.c,$(CORE_TEST_CFLAGS))
CORE_TEST_LIBS   := $(core_support_SAN_OBJS) $(BUILD)/san/libcore.a $(crypto_SAN_OBJS) $(CRYPTO_LIBS)
CORE_TESTS       := crc32 err table otadata otadata_flash boot boot_change image update resume host_flash
$(foreach t,$(CORE_TESTS),$(call unit_test,test_$(t),tests/unit/test_$(t).c,$(CORE_TEST_CFLAGS),$(CORE_TEST_LIBS)))

# Scripts that close with their own counts; seen to fail on malloc and on a frame of 500 bytes, and on
# each number without a row or a test.
UNIT_TESTS += scripts/check-core-symbols scripts/check-errors
