"""Waivers to complete: a file with what was found, in which reason, owner and end date are left to people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from secureinfra.check.finding import Finding
from secureinfra.check.formats.plain import plain
from secureinfra.check.suppressions import Candidate
from secureinfra.errors import ConfigError
from secureinfra.files.output import write_file

_HEAD = (
    "# Waivers to complete: `secureinfra check --waivers` refuses them until reason, owner and until (YYYY-MM-DD) are set.\n"
    "# Each excuses only what `found` says. Delete what should be fixed instead.\n"
)


def drafts_of_candidates(candidates: Iterable[Candidate]) -> tuple[str, int]:
    """The file for comments of other scanners, and how many waivers it has.

    Args:
        candidates: the findings that they are about, each with its comment.
    """
    said: dict[tuple[str, str, str], list[str]] = {}
    never: list[str] = []
    for one in candidates:
        reason = f": {one.reason}" if one.reason else ""
        remark, control = f"# {one.tool} {one.id} in {one.place}{reason}", one.finding.control
        if control.waivable:
            said.setdefault(_key(one.finding), []).append(remark)
        else:
            never.append(f"{remark}\n#   {one.finding.address}: {control.id} cannot be waived. {control.fix}")
    remarks = "".join(f"\n{plain(one, lines=True)}\n" for one in dict.fromkeys(never))
    return _text(said) + remarks, len(said)


def drafts_of_findings(findings: Iterable[Finding]) -> tuple[str, int, int]:
    """The file for failures, how many waivers it has, and how many failures cannot be waived.

    Args:
        findings: failures.
    """
    said: dict[tuple[str, str, str], list[str]] = {}
    never = 0
    for finding in findings:
        if not finding.control.waivable or not finding.address:
            never += 1
            continue
        where = f"{finding.file}:{finding.line}" if finding.line else finding.file or finding.configuration
        said.setdefault(_key(finding), []).append(f"# {where}, {finding.severity}: {finding.control.title}")
    return _text(said), len(said), never


def write_drafts(path: Path, text: str) -> None:
    """Write the file, which must not exist: a completed one is never replaced.

    Raises:
        ConfigError: it exists.
        ConfigurationError: it cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise ConfigError(f"{path}: exists already, and may hold completed waivers. Name a new file, and join the two.")
    write_file(path, text)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.control.id, finding.address, finding.found


def _text(said: dict[tuple[str, str, str], list[str]]) -> str:
    if not said:
        return f"{_HEAD}[]\n"
    parts = [_HEAD]
    for (control, address, found), remarks in said.items():
        pinned = [f"  found: {_quoted(found)}"] if found else []
        lines = [
            *map(plain, dict.fromkeys(remarks)),
            f"- control: {control}",
            f"  address: {_quoted(address)}",
            *pinned,
            '  reason: ""',
            '  owner: ""',
            '  until: ""',
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
