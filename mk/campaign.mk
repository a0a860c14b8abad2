# Fault campaigns: build/host/libcampaign.a over the board. The room sees the board and OpenSSL's
# digests, never core.
CAMPAIGN_SRCS   := $(addprefix campaign/, device.c engine.c picture.c reader.c try.c)
CAMPAIGN_CFLAGS := -Iboard/include -Icampaign/include -Icampaign
$(call host_library,campaign,$(CAMPAIGN_SRCS),$(CAMPAIGN_CFLAGS))
