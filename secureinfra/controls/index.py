"""Which modules ask about a resource type, so that a run loads those of the types that it meets and no others.

`index.txt` is made by `python -c 'from secureinfra.controls import index; index.write()'`; a test compares it with the modules.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path

CONFIGURATION = "configuration"
"""The name under which the index has the modules that ask about a configuration as a whole."""


def load(type: str) -> None:
    """Load the modules with checks on a type.

    Args:
        type: as checks are registered: `aws_s3_bucket`, `data.aws_iam_policy_document`, or `CONFIGURATION`.
    """
    for name in _modules().get(type, ()):
        importlib.import_module(f"{__package__}.{name}")


@functools.cache
def _modules() -> Mapping[str, tuple[str, ...]]:
    text = (pkgutil.get_data(__package__, "index.txt") or b"").decode()
    parts = (line.partition(": ") for line in text.splitlines())
    return {type: tuple(names.split()) for type, _, names in parts}


def made() -> str:
    """The index as it should be, read off the modules."""
    from secureinfra.controls import services  # noqa: PLC0415 - only who makes the index loads everything
    from secureinfra.controls.control import asking_modules  # noqa: PLC0415

    services()
    return "".join(f"{type}: {' '.join(names)}\n" for type, names in sorted(asking_modules().items()))


def write() -> None:
    """Make the packaged index again."""
    Path(__file__).with_name("index.txt").write_text(made(), encoding="utf-8")
