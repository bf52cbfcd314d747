# SPDX-License-Identifier: MIT
"""Checks the ISO image itself: small, and the same bytes from the same kernel."""

from __future__ import annotations

import time

import builds
from builds import IMAGES
from result import Job, Result

MOST_BYTES = 3 << 20  # the kernel, half of it tests, without what only a debugger wants; GRUB


def image() -> list[Result]:
    """Made twice, in different seconds and temporary folders."""
    first = builds.iso(IMAGES["default"], "first", "kunit=off exit").read_bytes()
    time.sleep(1.1)
    second = builds.iso(IMAGES["default"], "second", "kunit=off exit").read_bytes()
    other = builds.iso(IMAGES["default"], "other", "kunit=quick exit").read_bytes()
    size = f"{len(first)} bytes"
    return [
        Result("is the same when made again", first == second, f"{size}, then {len(second)}"),
        Result("is another with another command line", first != other, size),
        Result(f"has at most {MOST_BYTES} bytes", len(first) <= MOST_BYTES, size),
    ]


def jobs() -> list[Job]:
    return [Job("iso/image", image, ("default",))]
