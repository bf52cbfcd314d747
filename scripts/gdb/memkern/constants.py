# SPDX-License-Identifier: MIT
"""Values of macros, which the debug information does not have.

A test compiles each against the kernel's headers (tests/qemu/gdb_session.py), so none
can go stale. What an enum or an array's size says is taken from there instead.
"""

# asm/page.h, asm/pgtable_types.h: facts of the hardware
PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT
PMD_SHIFT = 21
PTE_PFN_MASK = 0x000FFFFFFFFFF000
PTRS_PER_PGD = 4
PTRS_PER_PTE = 512
_PAGE_PRESENT = 0x001
_PAGE_RW = 0x002
_PAGE_USER = 0x004
_PAGE_PWT = 0x008
_PAGE_PCD = 0x010
_PAGE_ACCESSED = 0x020
_PAGE_DIRTY = 0x040
_PAGE_PSE = 0x080
_PAGE_GLOBAL = 0x100
_PAGE_NX = 1 << 63

# asm/page.h, asm/pgtable.h: the last GiB
PAGE_OFFSET = 0xC0000000
VMALLOC_OFFSET = 8 << 20
PKMAP_BASE = 0xFFC00000
FIXADDR_START = 0xFFE00000
FIXADDR_TOP = 0xFFFFF000

# asm/fixmap.h
KM_MAX_IDX = 16

# linux/vmalloc.h, mm/vmalloc.h: what an area is for
VM_IOREMAP = 0x00000001
VM_ALLOC = 0x00000002
VM_MAP = 0x00000004
VM_USERMAP = 0x00000008
VM_DMA_COHERENT = 0x00000010
VM_UNINITIALIZED = 0x00000020
VM_NO_GUARD = 0x00000040
VMAP_RAM = 0x10000000
VMAP_BLOCK = 0x20000000

# linux/percpu.h: of each CPU's part of a chunk
PCPU_MIN_UNIT_SIZE = 32 << 10

# linux/page-flags.h: a type clears its bit of a page_type of all ones
PG_buddy = 0x00000080
PG_offline = 0x00000100
PG_table = 0x00000200
PG_guard = 0x00000400
PG_bad = 0x00000800

# linux/poison.h: next and prev of what was taken off a list; a free object, and its last byte
LIST_POISON1 = 0x100
LIST_POISON2 = 0x122

POISON_FREE = 0x6B
POISON_END = 0xA5

# linux/sched.h
TASK_COMM_LEN = 16
PF_IDLE = 0x00000002
THREAD_SIZE = 8192
TASK_INTERRUPTIBLE = 0x0001
TASK_UNINTERRUPTIBLE = 0x0002
TASK_PARKED = 0x0040
TASK_DEAD = 0x0080
TASK_NOLOAD = 0x0400
TASK_NEW = 0x0800

# linux/irqdesc.h: a line's state
IRQS_INPROGRESS = 0x01
IRQS_DISABLED = 0x02
IRQS_MASKED = 0x04
IRQS_PENDING = 0x08
IRQS_REPLAY = 0x10
IRQS_SPURIOUS_DISABLED = 0x20

# linux/irq.h: a trigger type
IRQ_TYPE_EDGE_RISING = 0x1
IRQ_TYPE_EDGE_FALLING = 0x2
IRQ_TYPE_LEVEL_HIGH = 0x4
IRQ_TYPE_LEVEL_LOW = 0x8

# mm/internal.h
MM_DEBUG_PAGE_OWNER = 0x08
MM_DEBUG_SLAB_HARDENED = 0x10

# linux/slab.h: what is said of a cache
SLAB_CONSISTENCY_CHECKS = 0x00000100
SLAB_RED_ZONE = 0x00000400
SLAB_POISON = 0x00000800
SLAB_HWCACHE_ALIGN = 0x00002000
SLAB_CACHE_DMA = 0x00004000
SLAB_STORE_USER = 0x00010000
SLAB_RECLAIM_ACCOUNT = 0x00020000
SLAB_PANIC = 0x00040000
SLAB_TYPESAFE_BY_RCU = 0x00080000
SLAB_TRACE = 0x00200000
SLAB_NO_MERGE = 0x01000000


def compared() -> dict[str, int]:
    """The constants by the names that they have in the kernel."""
    return {name: value for name, value in globals().items() if isinstance(value, int)}
