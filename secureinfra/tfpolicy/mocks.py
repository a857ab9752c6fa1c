"""Tests of policies: for each resource type one mock that meets all of its policies, and mocks that break each of them.

developer.hashicorp.com/terraform/policy/reference/test. A mock meets every policy of its type, and how many of them must fail where
`expect_failure` is set is not documented: so a mock breaks all of them or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secureinfra.terraform.hcl_write import write_document
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from secureinfra.tfpolicy.condition import Condition
from secureinfra.tfpolicy.policy import Policy


@dataclass(frozen=True)
class Mock:
    """A planned resource.

    Args:
        type: its type.
        name: what it shows.
        attrs: its arguments, blocks as lists.
        breaks: whether it breaks every policy of its type, or none.
    """

    type: str
    name: str
    attrs: Mapping[str, Any]
    breaks: bool


def mocks_of(policies: Sequence[Policy]) -> Iterator[Mock]:
    """The mocks of one resource type.

    Args:
        policies: those of the type.
    """
    type = policies[0].type
    conditions = [one for policy in policies for one in policy.conditions]
    by_path: dict[str, list[Condition]] = {}
    for one in conditions:
        by_path.setdefault(one.path, []).append(one)
    for name, breaks in (("passes", False), ("fails", True)):
        chosen = {path: _value(held, breaks=breaks) for path, held in by_path.items()}
        if _all(policies, chosen, breaks=breaks):
            yield Mock(type, name, _attrs(type, chosen), breaks)
    # No block of a list: nothing in it can be wrong.
    nothing = {path: None for path in by_path if "[]" not in path}
    for breaks in (False, True):
        if len(nothing) == len(by_path) and _all(policies, nothing, breaks=breaks):
            yield Mock(type, "writes_nothing", _attrs(type, nothing), breaks)


def tests_of(service: str, policies: Iterable[Policy]) -> str:
    """The mocks of a file of policies, without its head.

    Args:
        service: the name of both files, without their endings.
        policies: those of the file.
    """
    by_type: dict[str, list[Policy]] = {}
    for policy in policies:
        by_type.setdefault(policy.type, []).append(policy)
    parts = [f'policytest {{\n  targets = ["{service}.policy.hcl"]\n}}\n']
    for held in by_type.values():
        about = ", ".join(policy.control.id for policy in held)
        for mock in mocks_of(held):
            body: dict[str, Any] = {"expect_failure": True} if mock.breaks else {}
            body["attrs"] = mock.attrs
            said = "Breaks" if mock.breaks else "Meets"
            parts.append(f"# {said} {about}.\n" + write_document({"resource": {mock.type: {mock.name: body}}}))
    return "\n".join(parts)


def _value(conditions: Sequence[Condition], *, breaks: bool) -> Any:
    """A value that meets every condition on an argument, or breaks as many as one can; `None` where only nothing does."""
    candidates = [*dict.fromkeys(value for one in conditions for value in one.values), None]
    return max(candidates, key=lambda value: sum(one.holds(value) is not breaks for one in conditions))


def _all(policies: Iterable[Policy], chosen: Mapping[str, Any], *, breaks: bool) -> bool:
    """Whether every policy is met, or every one is broken."""
    met = [all(one.holds(chosen[one.path]) for one in policy.conditions) for policy in policies]
    return not any(met) if breaks else all(met)


def _attrs(type: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    attrs: dict[str, Any] = {}
    for path, value in chosen.items():
        *around, name = path.replace("[]", "").split(".")
        block, inner = provider_schema(VERSIONS[0]).block("resource", type), attrs
        for part in around:
            nesting, *_, block = block["b"][part]
            inner = inner.setdefault(part, {}) if nesting == "single" else inner.setdefault(part, [{}])[0]
        inner[name] = value
    return attrs
