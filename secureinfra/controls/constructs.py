"""The constructs of this library that meet each control, found by checking each of them in its default stack.

The data are in `constructs.txt`, read when the first finding is printed. Make it with
`python -c 'from secureinfra import meets; meets.write()'`; a test compares it with the constructs.
"""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Mapping

FILE = "constructs.txt"


# More names in a sentence would not help to choose.
_MOST = 2


def constructs_of(id: str) -> tuple[str, ...]:
    """The constructs that meet a control, those that meet most controls first; empty if none does.

    One that does so only with a setting other than its default is written with it: `SecureVpc(..., VpcConfig(...))`.

    Args:
        id: of the control.
    """
    return tuple(name for name in _met().get(id, "").split("; ") if name)


def sentence(id: str) -> str:
    """The constructs that meet a control, the first of them: `SecureBucket and LogBucket do.`; empty if none does.

    Args:
        id: of the control.
    """
    names = constructs_of(id)[:_MOST]
    if not names:
        return ""
    return f"{' and '.join(names)} {'do' if len(names) > 1 else 'does'}."


@functools.cache
def _met() -> Mapping[str, str]:
    text = (pkgutil.get_data(__package__, FILE) or b"").decode()
    return dict(line.split(": ", 1) for line in text.splitlines())
