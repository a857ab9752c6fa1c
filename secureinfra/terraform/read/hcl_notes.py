"""What stands beside a resource in comments: waivers, which `secureinfra check` reads, and skips, which checkov reads.

JSON has both in the metadata of a block (`"//"`); HCL has a line for each at the top of the block:

    # secureinfra:waive s3-bucket-versioned until="2027-06-30" owner="data-team" reason="rebuilt every night"
    # checkov:skip=CKV_AWS_21:rebuilt every night

By hand the quotes may be left out, and the comment may stand anywhere within the block. What is not a waiver in such a
comment makes a waiver that is reported, and excuses nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

MARK: Final = "secureinfra:waive"
"""What a comment begins with that is a waiver."""

IGNORED: Final = "ignored"
"""Where the reader of HCL keeps what comments tell other scanners to ignore, in the metadata of a block."""

IGNORE_MARKS: Final = (":skip=", ":ignore:")
"""One of these is in every comment that tells another scanner to ignore something."""

_FIELDS: Final = ("until", "owner", "reason", "construct")
_NAMES = "|".join(_FIELDS)
_WAIVER = re.compile(rf"(?:#+|//+)\s*{MARK}(?P<rest>.*)")
# A value in quotes, or all there is up to the next field.
_FIELD = re.compile(rf'(?:^|\s)(?P<name>{_NAMES})=\s*(?P<value>"(?:[^"\\]|\\.)*"|.*?)(?=\s+(?:{_NAMES})=|\s*$)')

_SKIP = re.compile(r"\b(?:checkov|bridgecrew|cortex):skip=\s*(?P<ids>[\w,-]+)(?::(?P<reason>[^\n]*))?")
_IGNORE = re.compile(
    r"\b(?P<tool>trivy|tfsec):ignore:(?P<id>[\w*-]+)(?:\[[^\]\n]*\])?"
    r"(?::(?:exp:(?P<until>[\d-]+)|ws:[\w*-]+|\w+:[\w*-]+))*"
)


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


def ignored_checks(comments: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    """What comments tell other scanners to ignore: objects with `tool`, `id`, `reason` and `line`.

    checkov reads `checkov:skip=ID:reason` within a block; trivy and tfsec read `trivy:ignore:ID` and `tfsec:ignore:ID`, with
    `:exp:DATE` and the like behind it, within a block and above it.
    Sources: checkov docs, "Suppressing and skipping policies"; trivy docs, "Filtering", "By inline comments"; tfsec docs,
    "Ignoring checks".

    Args:
        comments: the line of each, and what is written, with its signs.
    """
    found: list[dict[str, Any]] = []
    for line, comment in comments:
        for one in _SKIP.finditer(comment):
            reason = (one["reason"] or "").strip()
            found += [_ignored("checkov", id, reason, line) for id in one["ids"].split(",") if id]
        ignores = list(_IGNORE.finditer(comment))
        reason = comment[ignores[-1].end() :].strip(" \t#*/") if ignores else ""
        found += [
            _ignored(one["tool"], one["id"], reason or (f"expires {one['until']}" if one["until"] else ""), line)
            for one in ignores
        ]
    return found


def ignored_in(metadata: object) -> list[dict[str, Any]]:
    """The same in the metadata of a block, as checkov reads it in JSON, or as the reader of HCL leaves it there."""
    held = [dict(one) for one in _objects(metadata, IGNORED)]
    for skip in _objects(metadata, "checkov"):
        held.append(_ignored("checkov", _one_line(skip.get("check", "")), _one_line(skip.get("reason", "")), None))
    return held


def _ignored(tool: str, id: str, reason: str, line: int | None) -> dict[str, Any]:
    return {"tool": tool, "id": id, "reason": reason, "line": line}


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
