# Finds the components and what each asks for. A component is a folder with a component.mk:
#   COMPONENT_SRCS           sources, relative to the folder or absolute (default: every *.c in it)
#   COMPONENT_REQUIRES       components whose public headers its headers and sources use
#   COMPONENT_PRIV_REQUIRES  the same for its sources alone
#   COMPONENT_ADD_INCLUDEDIRS public header folders (default: include; of main: include and .)
#   COMPONENT_PRIV_INCLUDES  further header folders for its own sources
#   COMPONENT_CFLAGS, COMPONENT_ADD_LDFLAGS
#   COMPONENT_ARCHIVED       those of its sources that are linked only when the program refers to them
#   COMPONENT_EMBED_TXTFILES texts linked as _binary_<name>_start/_end, NUL-terminated, in DRAM

COMPONENT_ROOTS := $(AIRSLOT_PATH)/components $(PROJECT_PATH)/components $(EXTRA_COMPONENT_DIRS)
COMPONENT_PATHS := $(PROJECT_PATH)/main $(AIRSLOT_PATH)/core \
    $(patsubst %/component.mk,%,$(wildcard $(addsuffix /component.mk,$(EXTRA_COMPONENT_DIRS)) \
        $(addsuffix /*/component.mk,$(COMPONENT_ROOTS))))
COMPONENT_NAMES := $(notdir $(COMPONENT_PATHS))

define load_component
COMPONENT_PATH := $(1)
COMPONENT_NAME := $(notdir $(1))
COMPONENT_SRCS := $$(notdir $$(wildcard $(1)/*.c))
COMPONENT_REQUIRES :=
COMPONENT_PRIV_REQUIRES :=
COMPONENT_ADD_INCLUDEDIRS := include $(if $(filter main,$(notdir $(1))),.)
COMPONENT_PRIV_INCLUDES :=
COMPONENT_CFLAGS :=
COMPONENT_ADD_LDFLAGS :=
COMPONENT_EMBED_TXTFILES :=
COMPONENT_ARCHIVED :=
-include $(1)/component.mk
$(notdir $(1))_PATH := $(1)
$(notdir $(1))_SRCS := $$(COMPONENT_SRCS)
$(notdir $(1))_REQUIRES := $$(COMPONENT_REQUIRES)
$(notdir $(1))_PRIV_REQUIRES := $$(COMPONENT_PRIV_REQUIRES)
$(notdir $(1))_INCLUDES := $$(foreach d,$$(COMPONENT_ADD_INCLUDEDIRS),$$(if $$(filter /%,$$(d)),$$(d),$(1)/$$(d)))
$(notdir $(1))_PRIV_INCLUDES := $$(foreach d,$$(COMPONENT_PRIV_INCLUDES),$$(if $$(filter /%,$$(d)),$$(d),$(1)/$$(d)))
$(notdir $(1))_CFLAGS := $$(COMPONENT_CFLAGS)
$(notdir $(1))_LDFLAGS := $$(COMPONENT_ADD_LDFLAGS)
$(notdir $(1))_ARCHIVED := $$(COMPONENT_ARCHIVED)
$(notdir $(1))_EMBED := $$(foreach f,$$(COMPONENT_EMBED_TXTFILES),$$(if $$(filter /%,$$(f)),$$(f),$(1)/$$(f)))
endef
$(foreach p,$(COMPONENT_PATHS),$(eval $(call load_component,$(p))))

# $(call closure,NAMES): the names and all that they require, each once.
closure = $(strip $(call closure_,$(sort $(1))))
closure_ = $(if $(filter-out $(1),$(foreach n,$(1),$($(n)_REQUIRES))),$(call closure_,$(sort $(1) $(foreach n,$(1),$($(n)_REQUIRES)))),$(1))
linked = $(strip $(call linked_,$(sort $(1))))
linked_ = $(if $(filter-out $(1),$(foreach n,$(1),$($(n)_REQUIRES) $($(n)_PRIV_REQUIRES))),$(call linked_,$(sort $(1) $(foreach n,$(1),$($(n)_REQUIRES) $($(n)_PRIV_REQUIRES)))),$(1))

# A main that names nothing may use everything, as in the SDK; the start-up code is always linked.
main_REQUIRES := $(or $(main_REQUIRES),$(filter-out main,$(COMPONENT_NAMES)))
COMPONENTS := $(call linked,main esp8266 app_update)
UNKNOWN_COMPONENTS := $(filter-out $(COMPONENT_NAMES),$(COMPONENTS))
ifneq ($(UNKNOWN_COMPONENTS),)
$(error a component.mk requires '$(UNKNOWN_COMPONENTS)', which no folder of $(COMPONENT_ROOTS) holds)
endif
