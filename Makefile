# airslot: over-the-air updates for the ESP8266. `make help` lists the targets.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

include mk/host.mk
# One fragment a room; each defines its library or programs and adds to the lists below.
UNIT_TESTS :=
CHECK_PARTS :=
-include mk/core.mk
-include mk/protocol.mk
-include mk/board.mk
-include mk/peer.mk
-include mk/rom.mk
-include mk/campaign.mk
-include mk/mutants.mk
-include mk/server.mk
-include mk/stub.mk
-include mk/tools.mk
-include mk/file_verbs.mk
-include mk/insight.mk
-include mk/firmware.mk
-include mk/board_tests.mk
-include mk/bench.mk
-include mk/network.mk
-include mk/client.mk
-include mk/https_tests.mk
-include mk/tls_tests.mk
-include mk/liar.mk
-include mk/signing.mk
-include mk/interop.mk
-include mk/fuzz.mk
-include mk/check_sdk.mk
-include mk/tests.mk
-include mk/help.mk
