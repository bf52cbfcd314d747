# SPDX-License-Identifier: MIT
#
# `make help` says what there is. One rule a language: every .c and .S below the
# source folders is part of the kernel, so a new file needs no line here.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# --- which compiler, which variant ------------------------------------------

have = $(shell command -v $(1) 2>/dev/null)
ifeq ($(LLVM),1)
  CC  := clang --target=i686-linux-gnu
  LD  := ld.lld
  NM  := $(or $(call have,llvm-nm),$(call have,llvm-nm-14),nm)
  O   ?= build/clang
else
  ifneq ($(call have,i686-linux-gnu-gcc),)
    CROSS_COMPILE ?= i686-linux-gnu-
  else ifneq ($(call have,i686-elf-gcc),)
    CROSS_COMPILE ?= i686-elf-
  endif
  ifeq ($(origin CC),default)
    CC := $(CROSS_COMPILE)gcc
  endif
  LD := $(CROSS_COMPILE)ld
  NM := $(CROSS_COMPILE)nm
  O  ?= $(if $(DEBUG),build/debug,build)
endif

# --- flags -------------------------------------------------------------------

# Nothing here needs a stack that is aligned to 16 bytes, as a program's with SSE is.
STACK    := $(if $(filter 1,$(LLVM)),-mstack-alignment=4,-mpreferred-stack-boundary=2)
ABI      := -m32 -march=i686 -mtune=generic -mregparm=3 -mno-sse -mno-mmx -mno-80387 $(STACK)
LANGUAGE := -std=gnu11 -ffreestanding -fno-strict-aliasing -fno-strict-overflow \
            -fno-delete-null-pointer-checks -fno-common -fno-pic -fno-pie -fno-stack-protector \
            -fcf-protection=none -fasynchronous-unwind-tables
WARNINGS := -Wall -Wextra -Werror -Wundef -Wstrict-prototypes -Wmissing-prototypes \
            -Wold-style-definition -Wvla -Wwrite-strings -Wno-unused-parameter -Wno-array-bounds
ifeq ($(DEBUG),1)
  OPTIMISE := -Og -fno-omit-frame-pointer -DCONFIG_DEBUG_VM=1 -DCONFIG_DEBUG=1 -DCONFIG_LOCKDEP=1
else
  OPTIMISE := -O2
  # Half of the code is tests, which nobody waits for but who builds. Not the benchmarks.
  OPTIMISE_TESTS := -O1
endif

CC_INCLUDE := $(shell $(CC) -print-file-name=include)
CPPFLAGS   := -nostdinc -isystem $(CC_INCLUDE) -Iinclude -D__KERNEL__
CFLAGS     := $(ABI) $(LANGUAGE) $(WARNINGS) $(OPTIMISE) -g
ifeq ($(LLVM),1)
  CFLAGS += -Wno-gnu-variable-sized-type-not-at-end -Wno-address-of-packed-member
endif
LDFLAGS    := -m elf_i386 -nostdlib -T linker.ld --eh-frame-hdr --build-id=none -z noexecstack -z max-page-size=4096

# --- the kernel --------------------------------------------------------------

FOLDERS := boot kernel kernel/x86 mm mm/monitor drivers lib \
           tests/boot tests/kernel tests/mm tests/drivers tests/lib tests/bench docs/examples
SOURCES := $(sort $(wildcard $(addsuffix /*.c,$(FOLDERS)) $(addsuffix /*.S,$(FOLDERS))))
OBJECTS := $(SOURCES:%=$(O)/%.o)
TESTS   := $(filter-out $(O)/tests/bench/%,$(filter $(O)/tests/%,$(OBJECTS)))

KERNEL := $(O)/memkern.elf
ISO    := $(O)/memkern.iso

.PHONY: all iso run debug core test bench lines help clean
all: $(KERNEL)

# The symbol table holds the addresses of the kernel that holds it. The first
# link has none, the second one of the right size, the third the right one.
$(KERNEL): $(OBJECTS) linker.ld scripts/kallsyms
	@echo "  LINK    $@"
	@sh scripts/kallsyms </dev/null >$(O)/kallsyms0.S
	@for step in 0 1 2; do \
		$(CC) $(CPPFLAGS) $(ABI) -c -o $(O)/kallsyms$$step.o $(O)/kallsyms$$step.S && \
		$(LD) $(LDFLAGS) -o $(O)/link$$step.elf $(OBJECTS) $(O)/kallsyms$$step.o && \
		$(NM) -n $(O)/link$$step.elf | sh scripts/kallsyms >$(O)/kallsyms$$((step + 1)).S || exit 1; \
	done
	@cmp -s $(O)/kallsyms2.S $(O)/kallsyms3.S || \
		{ echo "$@: the symbol table did not settle in three links" >&2; exit 1; }
	@mv $(O)/link2.elf $@

$(O)/%.c.o: %.c $(O)/flags
	@$(info $()  CC      $<)$(CC) $(CPPFLAGS) $(CFLAGS) $(LAST_WORD) -DKBUILD_MODNAME='"$(basename $(notdir $<))"' -MMD -MP -c -o $@ $<

$(TESTS): LAST_WORD := $(OPTIMISE_TESTS)

$(O)/%.S.o: %.S $(O)/flags
	@$(info $()  AS      $<)$(CC) $(CPPFLAGS) $(ABI) -D__ASSEMBLY__ -g -MMD -MP -c -o $@ $<

# What an assembly source takes in by .incbin the compiler does not tell.
$(O)/tests/mm/traces.S.o: $(wildcard tests/mm/traces/*.trace)

# Rewritten only when the command line changed: then everything is built again.
$(O)/flags: FORCE
	@mkdir -p $(sort $(dir $(OBJECTS)))
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(OPTIMISE_TESTS)' | cmp -s - $@ || \
		echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(OPTIMISE_TESTS)' >$@
.PHONY: FORCE
FORCE:

-include $(OBJECTS:.o=.d)

# --- what to do with it ------------------------------------------------------

iso: $(ISO)
$(ISO): $(KERNEL) scripts/iso
	@scripts/iso $(KERNEL) $@

run: $(KERNEL)
	@scripts/run --kernel $(KERNEL) $(WORDS)

# The kernel's command line: make debug WORDS='run="alloc page 3 GFP_KERNEL"'
debug:
	@scripts/debug $(WORDS)

# QMP=build/debug/qmp: of the machine that `make debug` runs now.
core:
	@scripts/debug --core $(if $(QMP),--qmp $(QMP)) $(WORDS)

# Exact counts, so one run is enough. Only a default build by gcc is judged.
bench: $(KERNEL)
	@scripts/bench --kernel $(KERNEL)

test:
	@scripts/test

# KUnit's runner is there for the tests alone, and is counted with them.
KUNIT_CODE := kernel/kunit|include/kunit/|include/memkern/kunit

lines:
	@all=$$(git ls-files -co --exclude-standard boot kernel mm drivers lib include tests docs/examples linker.ld \
		| grep -E '\.(c|h|S|ld)$$'); \
	tests() { echo "$$all" | grep $$1 -E '^($(KUNIT_CODE)|tests/|docs/)'; }; \
	count() { cat $$(cat) /dev/null | wc -l; }; \
	for folder in $$(tests -v | sed -n 's|/[^/]*$$||p' | sort -u); do \
		printf '%7d  %s\n' "$$(tests -v | grep "^$$folder/[^/]*$$" | count)" "$$folder/"; \
	done; \
	printf '%7d  %s\n' "$$(tests -v | grep -v / | count)" "linker.ld" \
		"$$(tests '' | grep -E '^($(KUNIT_CODE))' | count)" "KUnit's runner" \
		"$$(tests '' | grep -vE '^($(KUNIT_CODE))' | count)" "tests and examples"; \
	printf '%7d  %s (at most %d)\n' "$$(echo "$$all" | grep '^mm/[^/]*$$' | count)" "mm/ without mm/monitor/" 8000 \
		"$$(tests -v | count)" "the kernel without tests" 20000

help:
	@echo "make            build the kernel            $(KERNEL)"
	@echo "make iso        a bootable GRUB image       $(ISO)"
	@echo "make run        build and boot in QEMU      (scripts/run --help)"
	@echo "make debug      the debug build under GDB   (scripts/debug --help)"
	@echo "make core       a kernel's memory as a file for GDB: build/memkern.core"
	@echo "make bench      what the allocators cost    (scripts/bench --help)"
	@echo "make test       every test there is         (scripts/test --help)"
	@echo "make lines      how much code there is"
	@echo "make clean      remove build/"
	@echo
	@echo "DEBUG=1         -Og, frame pointers, checks: in build/debug"
	@echo "LLVM=1          clang and ld.lld:            in build/clang"
	@echo "CC=COMPILER     another compiler; O=FOLDER  another build folder"

clean:
	@rm -rf build
