"""The command line: each command parses its arguments, calls one function, prints."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `secureinfra` with the arguments of the process."""
    from secureinfra.cli.program import program  # noqa: PLC0415 - importing the package must stay free

    program.main(args=sys.argv[1:], prog_name="secureinfra")
