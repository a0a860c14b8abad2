# Fault campaigns: build/host/libcampaign.a over the board. The room sees the board and OpenSSL's
# digests, never core.
CAMPAIGN_SRCS   := $(addprefix campaign/, branch.c device.c drawn.c engine.c memo.c picture.c reader.c sets.c \
  tasks.c trial.c)
CAMPAIGN_CFLAGS := -Iboard/include -Icampaign/include -Icampaign
$(call host_library,campaign,$(CAMPAIGN_SRCS),$(CAMPAIGN_CFLAGS))

$(call unit_test,test_campaign_reader,tests/unit/test_campaign_reader.c,$(CAMPAIGN_CFLAGS), \
  $(BUILD)/san/tests/support/make_image.o $(BUILD)/san/libcampaign.a -lcrypto)

$(call unit_test,test_campaign_memo,tests/unit/test_campaign_memo.c,$(CAMPAIGN_CFLAGS), \
  $(BUILD)/san/libcampaign.a)

# The images of a campaign: tests/firmware/campaign.
CAMPAIGN_FIRMWARE := firmware-campaign firmware-campaign_new firmware-campaign_big
$(CAMPAIGN_FIRMWARE): firmware-%: $(BUILD)/airslot
	$(Q)$(MAKE) --no-print-directory -C tests/firmware/$* all

# `make check` tries a slice; `make campaign` all, within CAMPAIGN_TIME seconds.
CAMPAIGN_TIME ?= 14400
FAULT_TESTS += tests/fault/campaign.sh tests/fault/planted.sh
TEST_NEEDS  += $(BUILD)/airslot firmware-slot_copy firmware-campaign firmware-campaign_new \
  example-hello_world
campaign: $(BUILD)/airslot $(CAMPAIGN_FIRMWARE) example-hello_world example-simple_ota_example
	@CAMPAIGN_TIME=$(CAMPAIGN_TIME) tests/fault/campaign_all.sh
.PHONY: campaign $(CAMPAIGN_FIRMWARE)
