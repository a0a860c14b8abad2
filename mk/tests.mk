# What `make check` runs. Each room adds its programs to a list; a program prints `N passed, N failed`
# or cmocka's closing lines.
#   UNIT_TESTS     host programs with sanitizers     BOARD_TESTS    lx106 code on the virtual board
#   FAULT_TESTS    cuts, tears, wear                 NETWORK_TESTS  servers, radio, downloads
#   INTEROP_TESTS  peers' tools against ours
# TEST_NEEDS lists what must be built before the programs that are scripts can run.

ALL_TESTS = $(UNIT_TESTS) $(BOARD_TESTS) $(FAULT_TESTS) $(NETWORK_TESTS) $(INTEROP_TESTS)

# Built by all processors, then run one after another.
check: setup-check
	@$(MAKE) --no-print-directory -j$(shell nproc) check-programs
	@scripts/run-tests $(ALL_TESTS)
check-programs: $(ALL_TESTS) $(TEST_NEEDS)

define check_part
check-$(1): $$($(2)) $$(TEST_NEEDS)
	@scripts/run-tests $$($(2))
.PHONY: check-$(1)
endef
$(eval $(call check_part,unit,UNIT_TESTS))
$(eval $(call check_part,board,BOARD_TESTS))
$(eval $(call check_part,fault,FAULT_TESTS))
$(eval $(call check_part,network,NETWORK_TESTS))
$(eval $(call check_part,interop,INTEROP_TESTS))

.PHONY: check check-programs
