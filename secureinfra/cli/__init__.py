"""The command line: each command parses its arguments, calls one function, prints."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run `secureinfra` with the arguments of the process."""
    from secureinfra.cli.program import program  # noqa: PLC0415 - importing the package must stay free

    # A pipeline that is canceled ends its processes so; as an exception it lets half-written folders be removed.
    signal.signal(signal.SIGTERM, _end)
    program.main(args=sys.argv[1:], prog_name="secureinfra")


def _end(number: int, frame: object) -> None:
    sys.exit(128 + number)
