"""The constructs of this library that meet each control, found by checking each of them in its default stack.

The data are in `constructs.txt`, read when the first finding is printed. Make it with
`python -c 'from secureinfra import meets; meets.write()'`; a test compares it with the constructs.
"""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Mapping

FILE = "constructs.txt"


@functools.cache
def _met() -> Mapping[str, str]:
    text = (pkgutil.get_data(__package__, FILE) or b"").decode()
    return dict(line.split(": ", 1) for line in text.splitlines())


def sentence(id: str) -> str:
    """The constructs that meet a control: `SecureBucket and LogBucket do.`; empty if none does.

    Args:
        id: of the control.
    """
    names = [name for name in _met().get(id, "").split("; ") if name]
    if not names:
        return ""
    return f"{' and '.join(names)} {'do' if len(names) > 1 else 'does'}."
