# Rules for code that runs on the developer's machine. Every room is compiled with exactly its own
# include paths: a wrong include does not compile.

CC        ?= gcc
BUILD     := build
WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
CFLAGS    ?= -O2 -g
HOST_CFLAGS = -std=c11 -D_GNU_SOURCE -MMD -MP $(WARNINGS) $(CFLAGS)
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)")

# $(call host_objects,ROOM,SOURCES,CFLAGS): objects of a room under build/host and, with the
# sanitizers, under build/san; sets ROOM_OBJS and ROOM_SAN_OBJS. A source that an earlier room compiles
# is not compiled again: its object is shared.
define host_objects_
$(1)_OBJS     := $$(patsubst %.c,$(BUILD)/host/%.o,$(2))
$(1)_SAN_OBJS := $$(patsubst %.c,$(BUILD)/san/%.o,$(2))
$(1)_OWN      := $$(filter-out $$(COMPILED),$(2))
COMPILED      += $$($(1)_OWN)
$$($(1)_OWN:%.c=$(BUILD)/host/%.o): $(BUILD)/host/%.o: %.c
	$$(call say,CC       $$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(3) -c $$< -o $$@
$$($(1)_OWN:%.c=$(BUILD)/san/%.o): $(BUILD)/san/%.o: %.c
	$$(call say,CC (san) $$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(SAN_FLAGS) $(3) -c $$< -o $$@
-include $$($(1)_OWN:%.c=$(BUILD)/host/%.d) $$($(1)_OWN:%.c=$(BUILD)/san/%.d)
endef
host_objects = $(eval $(call host_objects_,$(1),$(2),$(3)))

# $(call host_library,ROOM,SOURCES,CFLAGS): build/host/lib<room>.a and build/san/lib<room>.a.
define host_library_
$(BUILD)/host/lib$(1).a: $$($(1)_OBJS)
	$$(call say,AR       $$@)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
$(BUILD)/san/lib$(1).a: $$($(1)_SAN_OBJS)
	$$(call say,AR (san) $$@)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
endef
host_library = $(call host_objects,$(1),$(2),$(3))$(eval $(call host_library_,$(1)))

# $(call host_program,PATH,ROOM,LIBS): links build/PATH from a room's objects.
define host_program_
$(BUILD)/$(1): $$($(2)_OBJS) $(filter %.a %.o,$(3))
	$$(call say,LD       $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $$(LDFLAGS) -o $$@ $$($(2)_OBJS) $(3)
endef
host_program = $(eval $(call host_program_,$(1),$(2),$(3)))

# $(call unit_test,NAME,SOURCES,CFLAGS,LIBS): a cmocka program build/tests/NAME with sanitizers,
# added to UNIT_TESTS.
define unit_test_
UNIT_TESTS += $(BUILD)/tests/$(1)
$(BUILD)/tests/$(1): $$(t_$(1)_SAN_OBJS) $(filter %.a %.o,$(4))
	$$(call say,LD (san) $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(SAN_FLAGS) -o $$@ $$(t_$(1)_SAN_OBJS) $(4) -lcmocka
endef
unit_test = $(call host_objects,t_$(1),$(2),$(3) -Itests/support)$(eval $(call unit_test_,$(1),,,$(4)))
