# Planted bugs (tests/mutants/README.md): built into firmware below build/mutants, judged by the
# campaign. `make check` plants those that are judged quickly, `make campaign` all.
FAULT_TESTS += scripts/run-mutants
TEST_NEEDS  += $(BUILD)/airslot

mutants: $(BUILD)/airslot third-party-sources
	@scripts/run-mutants -l
third-party-sources:
	@scripts/fetch-sources
campaign: mutants
.PHONY: mutants third-party-sources
