help:
	@echo "make demo [EXAMPLE=native_ota_example]  set up, build, show an update on a virtual board"
	@echo "make check         set up, build, run all tests; parts: check-unit check-board check-interop"
	@echo "                   check-fault check-network"
	@echo "make               build/airslot and the firmware of all examples"
	@echo "make bench         every figure beside its peer, as a table and as JSON"
	@echo "make fuzz          fuzz the parsers (FUZZ_TIME=60 seconds each, or FUZZ_RUNS=10000000)"
	@echo "make campaign      faults of all kinds, as a table (CAMPAIGN_TIME=14400 seconds at most)"
	@echo "make network-campaign  a bad network in every way (FAMILY=head body segment air ap heap heap-signed)"
	@echo "make liar-sockets  servers that lie, every case over real sockets (make check: all but slow ones)"
	@echo "make network-mutants   bugs planted in download and owner's rules, each to be caught"
	@echo "make protocol      the boot record, every reachable pair of sectors (PROTOCOL_WORLDS bounds it)"
	@echo "make coverage      line and branch coverage of core/, against docs/coverage.md"
	@echo "make endurance     a thousand updates in a row, across sequences 2^32 and 2^31"
	@echo "make setup         install what a build needs (as root)"
	@echo "make clean         remove build/"
	@echo "In an example's folder: make help"
clean:
	rm -rf $(BUILD) $(addprefix examples/,$(addsuffix /build,$(EXAMPLES)))
.PHONY: help clean
