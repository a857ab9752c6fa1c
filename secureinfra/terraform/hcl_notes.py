"""What stands beside a resource in comments: waivers, which `secureinfra check` reads, and skips, which checkov reads.

JSON has both in the metadata of a block (`"//"`); HCL has a line for each at the top of the block:

    # secureinfra:waive s3-bucket-versioned until="2027-06-30" owner="data-team" reason="rebuilt every night"
    # checkov:skip=CKV_AWS_21:rebuilt every night
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_MARK: Final = "secureinfra:waive"
_WAIVER = re.compile(rf"^[ \t]*(?:#|//)[ \t]*{_MARK}[ \t]+(?P<control>\S+)(?P<rest>[^\n]*)$", re.MULTILINE)
_FIELD = re.compile(r'\b(reason|owner|until|construct)=("(?:[^"\\]|\\.)*"|\S+)')
_FIELDS: Final = ("until", "owner", "reason", "construct")


def written_notes(metadata: object) -> Iterator[str]:
    """The comment lines for the metadata of a block.

    Args:
        metadata: what stands under `"//"`.
    """
    if not isinstance(metadata, Mapping):
        return
    for waiver in metadata.get("waivers", ()):
        fields = " ".join(f"{name}={_quoted(waiver[name])}" for name in _FIELDS if waiver.get(name))
        yield f"# {_MARK} {waiver.get('control', '')} {fields}".rstrip()
    for skip in metadata.get("checkov", ()):
        yield f"# checkov:skip={skip['check']}:{' '.join(str(skip['reason']).split())}"


def read_waivers(text: str) -> list[dict[str, str]]:
    """The waivers in the comments of a block, as JSON has them.

    Args:
        text: the block as it is written.
    """
    if _MARK not in text:
        return []
    return [
        {"control": found["control"], **{name: _unquoted(value) for name, value in _FIELD.findall(found["rest"])}}
        for found in _WAIVER.finditer(text)
    ]


def _quoted(value: Any) -> str:
    return json.dumps(" ".join(str(value).split()), ensure_ascii=False)


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value)) if value.startswith('"') else value
    except ValueError:
        return value
