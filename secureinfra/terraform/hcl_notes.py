"""What stands beside a resource in comments: waivers, which `secureinfra check` reads, and skips, which checkov reads.

JSON has both in the metadata of a block (`"//"`); HCL has a line for each at the top of the block:

    # secureinfra:waive s3-bucket-versioned until="2027-06-30" owner="data-team" reason="rebuilt every night"
    # checkov:skip=CKV_AWS_21:rebuilt every night

By hand the quotes may be left out, and the comment may stand anywhere within the block. What is no waiver in such a
comment makes a waiver that is reported, and excuses nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

MARK: Final = "secureinfra:waive"
"""What a comment begins with that is a waiver."""

_FIELDS: Final = ("until", "owner", "reason", "construct")
_NAMES = "|".join(_FIELDS)
_WAIVER = re.compile(rf"(?:#+|//+)\s*{MARK}(?P<rest>.*)")
# A value in quotes, or all there is up to the next field.
_FIELD = re.compile(rf'(?:^|\s)(?P<name>{_NAMES})=\s*(?P<value>"(?:[^"\\]|\\.)*"|.*?)(?=\s+(?:{_NAMES})=|\s*$)')


def written_notes(metadata: object) -> Iterator[str]:
    """The comment lines for the metadata of a block.

    Args:
        metadata: what stands under `"//"`: of an object, `waivers` are as `Waiver.to_json` gives them, `checkov` has
            objects with `check` and `reason`. What has another form is left out.
    """
    for waiver in _objects(metadata, "waivers"):
        fields = "".join(f" {name}={_quoted(waiver[name])}" for name in _FIELDS if waiver.get(name))
        yield f"# {MARK} {_one_line(waiver.get('control', ''))}{fields}".rstrip()
    reasons: dict[str, str] = {}
    for skip in _objects(metadata, "checkov"):
        reasons.setdefault(_one_line(skip.get("check", "")), _one_line(skip.get("reason", "")))
    yield from (f"# checkov:skip={check}:{reason}" for check, reason in reasons.items())


def read_waivers(comments: Iterable[str]) -> list[dict[str, str]]:
    """The waivers in the comments of a block, as JSON has them.

    Args:
        comments: each as it is written, with its signs.
    """
    found = (_WAIVER.fullmatch(comment.strip()) for comment in comments if MARK in comment)
    return [_waiver(one["rest"]) for one in found if one]


def _waiver(rest: str) -> dict[str, str]:
    first = _FIELD.search(rest)
    control = rest[: first.start()] if first else rest
    return {"control": control.strip(), **{one["name"]: _unquoted(one["value"]) for one in _FIELD.finditer(rest)}}


def _objects(metadata: object, name: str) -> Iterator[Mapping[str, Any]]:
    held = metadata.get(name) if isinstance(metadata, Mapping) else None
    yield from (one for one in held if isinstance(one, Mapping)) if isinstance(held, list | tuple) else ()


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def _quoted(value: Any) -> str:
    return json.dumps(_one_line(value), ensure_ascii=False)


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value)) if value.startswith('"') else value.strip()
    except ValueError:
        return value
