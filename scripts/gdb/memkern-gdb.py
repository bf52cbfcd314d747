# SPDX-License-Identifier: MIT
"""Loads memkern's commands and pretty-printers into GDB: docs/gdb.md.

    gdb build/memkern.elf -x scripts/gdb/memkern-gdb.py
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import memkern.commands  # noqa: E402  (the folder is on the path only now)

memkern.commands.load()
