# SPDX-License-Identifier: MIT
"""What all commands have in common: arguments, and errors that a person understands."""

from __future__ import annotations

import gdb

from . import links, target


# Of these the address is meant.
NOT_SCALAR = (gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


class Command(gdb.Command):
    """A command k-NAME. Its docstring is its help; the first line says how it is used."""

    name = ""

    def __init__(self) -> None:
        super().__init__(self.name, gdb.COMMAND_USER, gdb.COMPLETE_SYMBOL)

    def run(self, arguments: list[str]) -> None:
        """What the command does. Raises gdb.GdbError where the user is wrong."""
        raise NotImplementedError

    def invoke(self, argument: str, _from_tty: bool) -> None:
        """Called by GDB."""
        target.require()
        try:
            self.run(gdb.string_to_argv(argument))
        except gdb.error as error:  # memory that cannot be read, among others
            raise gdb.GdbError(f"{self.name}: {error}") from error
        except links.Broken as error:
            raise gdb.GdbError(f"{self.name}: a list is broken: {error}") from error

    def usage(self) -> gdb.GdbError:
        """The error to raise for arguments that make no sense."""
        return gdb.GdbError(f"usage: {(self.__doc__ or '').splitlines()[0]}")


def take_option(arguments: list[str], option: str) -> bool:
    """Removes an option from the arguments; says whether it was there."""
    found = option in arguments
    arguments[:] = [word for word in arguments if word != option]
    return found


def take_value(arguments: list[str], option: str) -> str | None:
    """Removes an option and the word behind it, which is returned."""
    if option not in arguments:
        return None
    at = arguments.index(option)
    if at + 1 == len(arguments):
        raise gdb.GdbError(f"{option} wants something behind it")
    value = arguments[at + 1]
    del arguments[at : at + 2]
    return value


def number(expression: str) -> int:
    """The value of an expression that a person typed, as an unsigned number."""
    try:
        value = gdb.parse_and_eval(expression)
        if value.type.strip_typedefs().code in NOT_SCALAR and value.address is not None:
            value = value.address
        result = int(value)
    except gdb.MemoryError:
        raise
    except (gdb.error, TypeError, ValueError) as error:
        raise gdb.GdbError(f"{expression!r} is no number: {error}") from error
    return result & 0xFFFFFFFFFFFFFFFF if result >= 0 else result & 0xFFFFFFFF
