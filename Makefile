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
  SIZE    := $(or $(call have,llvm-size),$(call have,llvm-size-14),size)
  OBJCOPY := $(or $(call have,llvm-objcopy),$(call have,llvm-objcopy-14),objcopy)
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
  SIZE    := $(CROSS_COMPILE)size
  OBJCOPY := $(CROSS_COMPILE)objcopy
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
  OPTIMISE := -Og -fno-omit-frame-pointer -DCONFIG_DEBUG_VM=1 -DCONFIG_DEBUG=1 -DCONFIG_LOCKDEP=1 \
              -DCONFIG_DMA_API_DEBUG=1
  # It has to run in 4 MiB, too, and half of it is tests.
  OPTIMISE_TESTS := -Os -fno-optimize-sibling-calls
else
  OPTIMISE := -O2
  # Half of the code is tests, which nobody waits for but who builds. Not the benchmarks.
  # With a frame pointer, what a call pushes needs no line in the unwind tables: half their size.
  OPTIMISE_TESTS := -Og -fno-omit-frame-pointer
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

# With MODULES: the same objects and the modules', in an image of its own, which may be elsewhere.
IMAGE  ?= $(if $(strip $(MODULES)),$(O)/modules,$(O))
KERNEL := $(IMAGE)/memkern.elf
ISO    := $(IMAGE)/memkern.iso

.PHONY: all iso run debug core test bench lines help clean
all: $(KERNEL)

# The symbol table holds the addresses of the kernel that holds it. The first
# link has none, the second one of the right size, the third the right one.
define link
	@echo "  LINK    $@"
	@sh scripts/kallsyms </dev/null >$(@D)/kallsyms0.S
	@for step in 0 1 2; do \
		$(CC) $(CPPFLAGS) $(ABI) -c -o $(@D)/kallsyms$$step.o $(@D)/kallsyms$$step.S && \
		$(LD) $(LDFLAGS) -o $(@D)/link$$step.elf $(filter %.o,$^) $(@D)/kallsyms$$step.o && \
		$(NM) -n $(@D)/link$$step.elf | sh scripts/kallsyms >$(@D)/kallsyms$$((step + 1)).S || exit 1; \
	done
	@cmp -s $(@D)/kallsyms2.S $(@D)/kallsyms3.S || \
		{ echo "$@: the symbol table did not settle in three links" >&2; exit 1; }
	@mv $(@D)/link2.elf $@
endef

$(O)/memkern.elf: $(OBJECTS) linker.ld scripts/kallsyms
	$(link)

# What a file is called in parameters: my-driver.c is my_driver.
named = -DKBUILD_MODNAME='"$(subst -,_,$(basename $(notdir $(1))))"'

$(O)/%.c.o: %.c $(O)/flags
	@$(info $()  CC      $<)$(CC) $(CPPFLAGS) $(CFLAGS) $(LAST_WORD) $(call named,$<) -MMD -MP -c -o $@ $<

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

# --- modules: files from anywhere, MODULES="path/a.c path/b.c" -----------------

ifneq ($(strip $(MODULES)),)
$(foreach file,$(MODULES),$(if $(filter %.c,$(file)),,$(error MODULES: $(file) is no C file (a path with a blank?))) \
	$(if $(wildcard $(file)),,$(error MODULES: there is no file $(file))))

# /home/me/hello.c becomes $(IMAGE)/home/me/hello.ko. That ending matters: linker.ld
# takes out some of the kernel's objects by their names.
MODULE_OBJECTS := $(patsubst /%.c,$(IMAGE)/%.ko.o,$(abspath $(MODULES)))
# Linux's warnings, and none of them an error: the code was written for other flags. What a file
# says of itself stays in its order, and call traces show every caller.
MODULE_CFLAGS  := $(ABI) $(LANGUAGE) $(OPTIMISE) -g -Wall -Wno-pointer-sign -Wno-address-of-packed-member \
	-Werror=implicit-function-declaration -Werror=implicit-int -Werror=return-type \
	$(if $(filter 1,$(LLVM)),,-fno-toplevel-reorder) -fno-optimize-sibling-calls \
	-DMODULE -include linux/compiler.h -include linux/kconfig.h -fmacro-prefix-map=$(CURDIR)/= $(MODULE_FLAGS)

$(IMAGE)/memkern.elf: $(OBJECTS) $(MODULE_OBJECTS) linker.ld scripts/kallsyms $(IMAGE)/list
	$(link)

# The file, and its struct module, as one object, in which only what is exported stays global.
$(IMAGE)/%.ko.o: /%.c kernel/modules/this_module.c include/linux/module.h $(O)/flags $(IMAGE)/list
	@mkdir -p $(@D)
	@$(info $()  MODULE  $<)$(CC) $(CPPFLAGS) $(MODULE_CFLAGS) $(call named,$<) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.c.o $< || \
		{ $(CC) $(CPPFLAGS) $(MODULE_CFLAGS) $(call named,$<) -M -MG $< 2>/dev/null | scripts/missing-headers; exit 1; }
	@set -- $$($(SIZE) $@.c.o | tail -n 1) && \
		$(CC) $(CPPFLAGS) $(CFLAGS) -DMODULE $(call named,$<) -DMODULE_FILE='"$(<:$(CURDIR)/%=%)"' \
		-DMODULE_TEXT=$$1 -DMODULE_DATA=$$(($$2 + $$3)) -c -o $@.this.o kernel/modules/this_module.c
	@$(LD) -m elf_i386 -r -o $@.all.o $@.c.o $@.this.o
	@{ echo no_symbol; $(NM) $@.c.o | sed -n 's/.* __ksymtab_//p'; } >$@.exports
	@$(OBJCOPY) --keep-global-symbols=$@.exports $@.all.o $@

$(IMAGE)/list: FORCE
	@mkdir -p $(@D)
	@echo '$(MODULE_OBJECTS) $(MODULE_CFLAGS)' | cmp -s - $@ || echo '$(MODULE_OBJECTS) $(MODULE_CFLAGS)' >$@

-include $(MODULE_OBJECTS:.o=.d)
endif

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
	@echo "WORDS=\"...\"     for run and debug: options of the script, and the kernel's command line,"
	@echo "                  --device edu --disk FILE --floppy FILE kunit=off (docs/monitor.md)"
	@echo "MODULES=\"A.c B.c\"  files of your own, too:  in build/modules (docs/modules.md)"

clean:
	@rm -rf build
