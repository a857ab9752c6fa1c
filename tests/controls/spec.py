"""What a control says about one resource, told as data: what passes, and what one change of it brings about."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from secureinfra.check.report import judge
from secureinfra.controls.control import Control
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from tests.check.judged import WAIVER
from tests.controls.judge import failure, status

Change = Mapping[str, Any]
X: dict[str, Any] = {"x": {}}
KEY: dict[str, dict[str, Any]] = {"aws_kms_key": {"k": {}}}
OWN = "${aws_kms_key.k.arn}"


@dataclass(frozen=True)
class Spec:
    """The verdicts of a control on one type.

    A change is a mapping of paths to values: names and positions divided by dots, `None` for what is taken out. A path
    that starts with `aws_` is of the resources beside it: `aws_efs_backup_policy.p.file_system_id`.

    Args:
        control: the control.
        type: the resource type.
        passes: the arguments of one that passes.
        fails: changes that fail, each with a part of what the failure says.
        unknown: paths that make the answer unknown when only Terraform knows their value.
        also: other changes that pass.
        spared: changes to which the control does not apply.
        unsure: changes that make the answer unknown.
        beside: the resources beside it, by type and name; the one that is checked is called `this`.
    """

    control: Control
    type: str
    passes: Mapping[str, Any]
    fails: Sequence[tuple[Change, str]]
    unknown: Sequence[str] = ()
    also: Sequence[Change] = ()
    spared: Sequence[Change] = ()
    unsure: Sequence[Change] = ()
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.control.id}-{self.type}"

    def holds(self) -> None:
        """Assert every verdict."""
        assert self.fails
        assert self.unknown or self.unsure
        for change in ({}, *self.also):
            assert self._status(change) == "passed", f"{change}: {failure(self.control, **self._resources(change))}"
        for change, said in self.fails:
            assert said in failure(self.control, variable=X, **self._resources(change)), change
        for path in self.unknown:
            assert self._status({path: "${var.x}"}) == "unknown", path
        for change in self.unsure:
            assert self._status(change) == "unknown", change
        for change in self.spared:
            assert self._status(change) == "not applicable", change
        for change in ({}, *self.also, *(change for change, _ in self.fails)):
            assert misspelt(self._resources(change)) == []
        self._is_waived()

    def _is_waived(self) -> None:
        """A failure can be waived, unless the control says that none is, or is left out as an option."""
        resources = self._resources(self.fails[0][0])
        for blocks in resources.values():
            for block in blocks.values():
                block["//"] = {"waivers": [{**WAIVER, "control": self.control.id}]}
        report = judge([Configuration.of({"variable": X, "resource": resources})])
        found = {one.status for one in report.findings if one.control is self.control}
        if self.control.optional:
            assert "not applicable" in found
        else:
            assert ("waived" if self.control.waivable else "failed") in found

    def _status(self, change: Change) -> str:
        return status(self.control, variable=X, **self._resources(change))

    def _resources(self, change: Change) -> dict[str, Any]:
        beside = {type: dict(blocks) for type, blocks in self.beside.items()}
        resources = copy.deepcopy({**beside, self.type: {**beside.get(self.type, {}), "this": dict(self.passes)}})
        for path, value in change.items():
            own = [] if path.startswith("aws_") else [self.type, "this"]
            _put(resources, [*own, *path.split(".")], value)
        return {type: blocks for type, blocks in resources.items() if blocks}


def _put(held: Any, path: Sequence[str], value: Any) -> None:
    for position, name in enumerate(path[:-1]):
        if isinstance(held, list):
            held = held[int(name)]
        else:
            empty: Any = [] if path[position + 1].isdigit() else {}
            held = held.setdefault(name, empty)
    last = path[-1]
    if isinstance(held, list):
        held[int(last) : int(last) + 1] = [] if value is None else [value]
    elif value is None:
        held.pop(last, None)
    else:
        held[last] = value


def misspelt(resources: Mapping[str, Any]) -> list[str]:
    """The arguments that no packaged version of the provider knows."""
    return [
        f"{type}.{path}"
        for type, blocks in resources.items()
        for block in blocks.values()
        for path in _paths(block)
        if not any(path in _known(version, type) for version in VERSIONS)
    ]


def _paths(block: Any, before: str = "") -> list[str]:
    found: list[str] = []
    for name, value in block.items() if isinstance(block, Mapping) else ():
        if name in ("//", "count", "for_each", "lifecycle"):
            continue
        found.append(before + name)
        for one in value if isinstance(value, list) else [value]:
            found += _paths(one, f"{before}{name}.")
    return found


class _Paths(frozenset[str]):
    """Paths that a type has; below an argument that is a map or an object anything may stand."""

    def __contains__(self, path: object) -> bool:
        parts = str(path).split(".")
        return super().__contains__(path) or any(
            super(_Paths, self).__contains__(f"{'.'.join(parts[:count])}.*") for count in range(1, len(parts))
        )


@functools.cache
def _known(version: str, type: str) -> _Paths:
    schema = provider_schema(version)
    if type not in schema.types():
        return _Paths()
    found: set[str] = set()

    def collect(block: Mapping[str, Any], before: str) -> None:
        for name in block.get("a", {}):
            found.update((before + name, f"{before}{name}.*"))
        for name, (*_, inner) in block.get("b", {}).items():
            found.add(before + name)
            collect(inner, f"{before}{name}.")

    collect(schema.block("resource", type), "")
    return _Paths(found)


def switch(
    control: Control,
    type: str,
    path: str,
    this: Mapping[str, Any] | None = None,
    *,
    value: Any = True,
    wrong: Sequence[Any] = (False,),
    optional: bool = False,
    **verdicts: Any,
) -> Spec:
    """The verdicts of a control that asks for one value of one argument.

    Args:
        control: the control.
        type: the resource type.
        path: the argument.
        this: the other arguments of a resource that passes.
        value: what passes.
        wrong: what fails.
        optional: whether a resource without the argument passes; otherwise it fails.
        verdicts: further ones, as for `Spec`.
    """
    passes: dict[str, Any] = copy.deepcopy(dict(this or {}))
    _put(passes, path.split("."), value)
    name = path.rpartition(".")[2]
    fails = [({path: one}, name) for one in wrong]
    fails += [] if optional else [({path: None}, f"{name} is not set")]
    verdicts["fails"] = [*fails, *verdicts.get("fails", ())]
    verdicts["unknown"] = [path, *verdicts.get("unknown", ())]
    verdicts["also"] = [*verdicts.get("also", ()), *([{path: None}] if optional else [])]
    return Spec(control, type, passes, **verdicts)


def own_key(control: Control, type: str, path: str, this: Mapping[str, Any] | None = None, **verdicts: Any) -> Spec:
    """The verdicts of a control that asks for a customer managed key; arguments as for `switch`."""
    wrong = ("alias/aws/service",)
    return switch(control, type, path, this, value=OWN, wrong=wrong, **{"beside": KEY, **verdicts})
