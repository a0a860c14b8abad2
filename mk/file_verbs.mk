# Tests of the verbs that work on files: image, partitions, otadata, flash and its kin. They link the
# sanitized objects of mk/tools.mk.
FILE_VERB_CFLAGS := -Iinclude -Icore/include -Itools -Itests/support
FILE_VERB_OBJS   := $(patsubst %,$(BUILD)/san/tools/%.o,board_flash boot_words cmd_flash cmd_image \
    cmd_key cmd_otadata cmd_partitions default_map elf flash_map flash_map_json flash_map_svg \
    flash_map_text flash_plan image_claims image_info image_make image_sign io opts otadata_file otadata_json \
    otadata_text partition_csv partition_words port signing_key table_file wear_file)
$(call host_objects,verb_support,tests/support/verb_run.c,-Itests/support)
FILE_VERB_LIBS   := $(FILE_VERB_OBJS) $(verb_support_SAN_OBJS) $(SERIAL_TEST_LIBS) $(CORE_TEST_LIBS) $(BUILD)/san/libboard.a -lslirp -ljansson
FILE_VERB_TESTS  := partition_csv image_make file_verbs wear_file flash_map opts
$(foreach t,$(FILE_VERB_TESTS),$(call unit_test,test_$(t),tests/unit/test_$(t).c,$(FILE_VERB_CFLAGS),$(FILE_VERB_LIBS)))
