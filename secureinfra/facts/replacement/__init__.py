"""Which changes of an argument make Terraform replace a resource, as the AWS provider plans them.

`force_new.json.gz` was made by asking provider 5.100 itself, over its plugin protocol, for a plan of a change of each argument, and for
6.x by reading the `ForceNew` flags and plan modifiers of its source at 6.58. Paths are `block.argument` without list indices. By type:

- `f`: a change replaces in both majors; `f5`, `f6`: in one of them.
- `c`, `c5`, `c6`: a change replaces under a condition: `when added`, `when removed`, `when added/removed`, `old>new`; or the provider
  decides in code (`plan`, `source`, ...), which is not known here.

A type with nothing was looked at, and no argument replaces it; a type that is missing was not looked at.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["ABSENT", "replaces"]

ABSENT: Final = None
"""The value of an argument that is not written, which is `null` to Terraform."""

# Arguments that the provider leaves out of its lists: provider 6 adds `region` to every regional type and replaces on its change.
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
_REGION = "region"


@functools.cache
def _types() -> Mapping[str, Mapping[str, Any]]:
    data = Path(__file__).with_name("force_new.json.gz").read_bytes()
    types: Mapping[str, Mapping[str, Any]] = json.loads(gzip.decompress(data))["resource"]
    return types


def replaces(
    type: str, path: str, old: object = ABSENT, new: object = ABSENT, *, major: int | None = None
) -> bool | None:
    """Whether the provider replaces a resource when one of its arguments changes.

    Args:
        type: the resource's type.
        path: the argument, `block.argument` without indices; the path of a block stands for adding or removing it.
        old: its value before; `ABSENT` if it was not written.
        new: its value afterwards.
        major: of the AWS provider, 5 or 6; by default both are asked, and one that replaces is enough.

    Returns:
        `None` where that is not known: the type was not looked at, or the provider decides in code.
    """
    majors = (5, 6) if major is None else (major,)
    answers = {_in_major(type, path, old, new, one) for one in majors}
    return True if True in answers else None if None in answers else False


def _in_major(type: str, path: str, old: object, new: object, major: int) -> bool | None:
    facts = _types().get(type)
    if facts is None:
        return None
    if path in facts.get("f", ()) or path in facts.get(f"f{major}", ()) or (major == 6 and path == _REGION):
        return True
    conditions = {**facts.get("c", {}), **facts.get(f"c{major}", {})}
    if path in conditions:
        return _under(conditions[path], old, new)
    # `dyn`: the provider also replaces for paths that its code works out while it plans.
    return None if facts.get("dyn") else False


def _under(condition: str, old: object, new: object) -> bool | None:
    added, removed = old is ABSENT and new is not ABSENT, old is not ABSENT and new is ABSENT
    match condition:
        case "when added":
            return added
        case "when removed":
            return removed
        case "when added/removed":
            return added or removed
    before, arrow, after = condition.partition(">")
    if not arrow:
        return None
    return (_text(old), _text(new)) == (before, after) or (None if ABSENT in (old, new) else False)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
