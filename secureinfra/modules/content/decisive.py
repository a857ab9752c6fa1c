"""Finds the arguments that a control depends on: those without which its check no longer passes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from secureinfra.check.run import run_controls
from secureinfra.controls import Control
from secureinfra.modules.content.placeholders import blocks
from secureinfra.modules.content.walk import json_in
from secureinfra.terraform.model.configuration import Configuration

Path = tuple[str | int, ...]

# Terraform's meta-arguments, and arguments that only name a resource.
_APART: Final = frozenset(("//", "depends_on", "lifecycle", "provider", "tags", "count", "for_each"))
_MISSING: Final = object()
# A reference connects resources, which is not a decision, unless it points to a key or a log destination.
_REFERENCE = re.compile(r"\$\{(?:aws_|module\.)[\w.\[\]*-]+\}")
_TELLING = re.compile(r"kms|log|web_acl|certificate|target")
# Together these decide what a network ACL entry allows. Trying each one takes a second and tells nothing new.
_SETTLED: Final = {"aws_network_acl_rule": (("egress", "protocol", "from_port", "to_port"), "vpc-network-acl-no")}
_OPEN_RULE: Final = [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]


@dataclass(frozen=True)
class Leaf:
    """A value at the same path of one or more resources of a type.

    Args:
        type: the resource type.
        names: the resources.
        path: argument names, and positions in lists; `#` and a position for a statement of a policy.
        value: the value there.
    """

    type: str
    names: tuple[str, ...]
    path: Path
    value: Any


def decisive(document: Mapping[str, Any], controls: Iterable[Control]) -> list[tuple[Leaf, tuple[str, ...]]]:
    """The leaves that controls depend on, each with the ids of these controls, in the order of the document.

    Args:
        document: Terraform JSON with a value for every variable.
        controls: those that the document meets.
    """
    asked = tuple(controls)
    met = _passing(document, asked)
    reading = {control: _types_read(document, control) for control in asked}
    found = []
    for leaf in _leaves(document):
        if leaf.type in _SETTLED:
            arguments, beginning = _SETTLED[leaf.type]
            ids = tuple(control.id for control in asked if control.id.startswith(beginning))
            if ids and leaf.path[0] in arguments:
                found.append((leaf, ids))
            continue
        concerned = tuple(control for control in asked if leaf.type in reading[control])
        broken = _broken(document, leaf, concerned, {one for one in met if one[0] in {c.id for c in concerned}})
        if broken:
            found.append((leaf, broken))
    return found


class _Watched(dict[str, Any]):
    """The body of a resource, which records when it is read."""

    def __init__(self, held: Mapping[str, Any], type: str, read: set[str]) -> None:
        super().__init__(held)
        self._type, self._of = type, read

    def __getitem__(self, key: str) -> Any:
        self._of.add(self._type)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._of.add(self._type)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._of.add(self._type)
        return super().get(key, default)

    def items(self) -> Any:
        self._of.add(self._type)
        return super().items()


def _types_read(document: Mapping[str, Any], control: Control) -> set[str]:
    """The resource types that the check of a control looks at in a document."""
    read: set[str] = set()
    watched = {
        type: {name: _Watched(block, type, read) for name, block in held.items()}
        for type, held in document.get("resource", {}).items()
    }
    configuration = Configuration.of({**document, "resource": watched}, "")
    read.clear()
    run_controls(configuration, (control,))
    return read


def _passing(document: Mapping[str, Any], controls: Iterable[Control]) -> set[tuple[str, str]]:
    """The controls that are met, each with the address."""
    findings = run_controls(Configuration.of(document, ""), controls)
    return {(finding.control.id, finding.address) for finding in findings if finding.status == "passed"}


def _broken(
    document: Mapping[str, Any], leaf: Leaf, controls: tuple[Control, ...], met: set[tuple[str, str]]
) -> tuple[str, ...]:
    """The controls that are no longer met everywhere if the leaf changes."""
    for other in _others(leaf.value):
        lost = met - _passing(_changed(document, leaf, other), controls)
        if lost:
            return tuple(sorted({id for id, _ in lost}))
    return ()


def _leaves(document: Mapping[str, Any]) -> Iterator[Leaf]:
    grouped: dict[tuple[str, Path, str], list[str]] = {}
    values: dict[tuple[str, Path, str], Any] = {}
    for section, (type, name), block in blocks(document):
        if section != "resource":
            continue
        for path, value in _walk(block, ()):
            key = (type, path, json.dumps(value, sort_keys=True))
            grouped.setdefault(key, []).append(name)
            values[key] = value
    for (type, path, text), names in grouped.items():
        yield Leaf(type, tuple(names), path, values[type, path, text])


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key not in _APART:
                yield from _walk(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for position, item in enumerate(value):
            yield from _walk(item, (*path, position))
    elif isinstance(value, str) and (statements := statements_of(value)) is not None:
        for position, statement in enumerate(statements):
            yield (*path, "#", position), statement
    elif not (isinstance(value, str) and _REFERENCE.fullmatch(value)) or _TELLING.search(str(path[-1])):
        yield path, value


def statements_of(text: str) -> list[dict[str, Any]] | None:
    """The statements of a policy; `None` for other text."""
    held = json_in(text)
    statements = held.get("Statement") if isinstance(held, dict) else None
    return statements if isinstance(statements, list) else None


def _others(value: Any) -> Sequence[Any]:
    """The replacements to try for a value: nothing, and its opposite."""
    if isinstance(value, bool):
        return (not value, _MISSING)
    if isinstance(value, int | float):
        return (_MISSING, 1)
    return (_OPEN_RULE,) if value == [] else (_MISSING,)


def _changed(document: Mapping[str, Any], leaf: Leaf, other: Any) -> dict[str, Any]:
    held = dict(document)
    held["resource"] = dict(held["resource"])
    held["resource"][leaf.type] = dict(held["resource"][leaf.type])
    for name in leaf.names:
        block = copy.deepcopy(held["resource"][leaf.type][name])
        _set(block, list(leaf.path), other)
        held["resource"][leaf.type][name] = block
    return held


def _set(target: Any, path: list[str | int], other: Any) -> None:
    *parents, last = path
    if len(parents) >= 2 and parents[-1] == "#":
        _drop_statement(target, path)
        return
    for part in parents:
        target = target[part]
    if other is _MISSING:
        del target[last]
    else:
        target[last] = other


def _drop_statement(target: Any, path: list[str | int]) -> None:
    *parents, argument, _, position = path
    for part in parents:
        target = target[part]
    held = json.loads(target[argument])
    del held["Statement"][position]
    target[argument] = json.dumps(held)
