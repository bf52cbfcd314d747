# SPDX-License-Identifier: MIT
#
# What the programs that test kernel sources on the host are built and run by. A folder's
# Makefile says what is special about it, and ends with `include ../rules.mk`:
#
#   INSIDE     the sources under test and the tests: they see only the kernel's headers.
#              e820/host.c, which sees only libc's, is always linked
#   BUILDS     the variants of the program; `NAME := COMPILER FLAGS` for one that is not here
#   FLAGS      more of them, and LINK for the linker
#   ARGUMENTS  of the program
#   CONFIGS    or: several runs of each variant, with ARGUMENTS behind what $(CONFIG) is
#   LISTED     a command whose `ok` and `not ok` lines come before the program's
#   FUZZED     the sources of the fuzzer, LONGEST its longest input. Folders without have none.
#
#   make -C tests/host/NAME O=FOLDER check        the tests
#   make -C tests/host/NAME O=FOLDER fuzz         30 seconds of fuzzing (SECONDS=N), from corpus/
#   make -C tests/host/NAME O=FOLDER fuzz-corpus  the fuzzer on what is saved

.DELETE_ON_ERROR:

NAME    := $(notdir $(CURDIR))
O       ?= $(abspath $(ROOT)/build/host/$(NAME))
LIMIT   ?= 120
SECONDS ?= 30
BUILDS  ?= 64-bit 32-bit
# Not CC: that is the kernel's compiler.
HOSTCC   ?= gcc
HOSTCC32 ?= i686-linux-gnu-gcc
FUZZCC   ?= clang

HEADERS := $(wildcard *.h ../*/*.h ../include/asm/*.h) \
           $(wildcard $(addprefix $(ROOT)/,include/*/*.h mm/*.h boot/*.h tests/mm/*.h))

# PAGE_OFFSET is where the memory is mapped that plays RAM. Hidden: on 32 bits lib/div64.c has
# functions that libasan would take for libgcc's. What is not reached from the tests is left out,
# with the mechanisms that it would need.
COMMON := -std=gnu11 -g -Wall -Wextra -Werror -Wno-unused-parameter \
          -Wno-missing-field-initializers -ffunction-sections
KERNEL := -ffreestanding -fno-strict-aliasing -nostdinc -I../include -I$(ROOT)/include \
          -D__KERNEL__ -DPAGE_OFFSET=0x40000000UL -fvisibility=hidden $(FLAGS)
CHECKS := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
CROSS  := /usr/i686-linux-gnu/lib

# The one with VM_BUG_ON(), the other without.
64-bit := $(HOSTCC) $(CHECKS) -DCONFIG_DEBUG_VM=1
32-bit := $(HOSTCC32) $(CHECKS)
fuzz   := $(FUZZCC) $(CHECKS) -DCONFIG_DEBUG_VM=1 -fsanitize=fuzzer -fno-pie
32-bit-link := -Wl,-dynamic-linker=$(CROSS)/ld-linux.so.2 -Wl,-rpath,$(CROSS)
# The fuzzer's tables name every function: none is left out, and what they would need is missing.
fuzz-link := -no-pie -Wl,--unresolved-symbols=ignore-all

# $(call run,ARGUMENTS,TITLE): each variant, its lines with its name before theirs
run = for build in $(BUILDS); do \
		timeout -k 2 $(LIMIT) $(O)/$(NAME)-$$build $(1) >$(O)/$$build.tap; status=$$?; \
		[ $$status = 0 ] || echo "not ok 0 - the run ended with status $$status" >>$(O)/$$build.tap; \
		sed -E "s|^((not )?ok) [0-9]+ - |\1 - $$build$(2): |" $(O)/$$build.tap; \
	done;
comma := ,

.PHONY: check fuzz fuzz-corpus
check: $(BUILDS:%=$(O)/$(NAME)-%)
	@{ $(if $(LISTED),$(LISTED);) $(if $(CONFIGS),$(foreach config,$(CONFIGS), \
		$(call run,"$($(config))" $(ARGUMENTS),$(comma) $(config))),$(call run,$(ARGUMENTS))) \
	} | awk '/^ok / { passed++ } /^not ok / { failed++ } \
		/^(not )?ok / { sub(/ok - /, "ok " ++n " - ") } { print } \
		END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || !passed }'

# Without clang's libFuzzer there is no fuzzer.
fuzz-corpus: $(O)/$(NAME)-fuzz
	@cd $(O) && ./$(NAME)-fuzz -runs=0 -timeout=10 $(abspath corpus)

fuzz: $(O)/$(NAME)-fuzz
	@mkdir -p $(O)/corpus
	@cd $(O) && ./$(NAME)-fuzz -max_total_time=$(SECONDS) -max_len=$(LONGEST) -len_control=0 \
		-timeout=5 corpus $(abspath corpus)

# $(call build,COMPILER,SOURCES,LINK FLAGS): each source by itself, since host.c sees other headers
define build
	@mkdir -p $@.d
	@echo "  HOSTCC  $@"
	@for file in $(2); do \
		$(1) $(COMMON) $(KERNEL) -c -o $@.d/$$(echo $$file | tr -d . | tr / _).o $$file || exit 1; \
	done
	@$(1) $(COMMON) $(FLAGS) -c -o $@.d/host.o ../e820/host.c
	@$(1) $(COMMON) -Wl,--gc-sections $(LINK) $(3) -o $@ $@.d/*.o
endef

$(BUILDS:%=$(O)/$(NAME)-%): $(O)/$(NAME)-%: $(INSIDE) $(HEADERS) Makefile ../rules.mk ../e820/host.c
	$(call build,$($*),$(INSIDE),$($*-link))

$(O)/$(NAME)-fuzz: $(FUZZED) $(HEADERS) Makefile ../rules.mk ../e820/host.c
	$(call build,$(fuzz),$(FUZZED),$(fuzz-link))
