"""Builds the program in memory: what each construct would import, change and create, and which are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from secureinfra.adopt.candidate import Candidate
from secureinfra.adopt.difference import LATER, Change, changes_of
from secureinfra.adopt.existing import Estate, Existing
from secureinfra.adopt.source import Name, run
from secureinfra.check.report import judge
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.stack import state_of
from secureinfra.errors import SecureInfraError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import outdir, synthesize

_REFERENCE = re.compile(r"(?<!\$)\$\{([^{}]*)\}")


@dataclass(frozen=True)
class Adopted:
    """A resource that the program imports.

    Args:
        existing: what there is.
        address: where the program has it.
        id: what it is imported by.
        read: its attributes as the import reads them.
        changes: what the plan changes in place, or replaces it for.
    """

    existing: Existing
    address: str
    id: str
    read: Mapping[str, Any]
    changes: tuple[Change, ...] = ()

    @property
    def movable(self) -> bool:
        """Whether the state has the resource, and not only something that it becomes a part of."""
        type = self.address.partition(".")[0]
        return self.existing.type == type and f"{type}." in self.existing.address

    @property
    def replaced(self) -> tuple[Change, ...]:
        """The changes for which Terraform replaces it, or may."""
        return tuple(one for one in self.changes if one.replaces is not False)


@dataclass(frozen=True)
class Outcome:
    """A construct of the program.

    Args:
        candidate: the construct.
        adopted: what it imports.
        created: the addresses of what it creates beside that.
    """

    candidate: Candidate
    adopted: tuple[Adopted, ...]
    created: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What a program comes to.

    Args:
        outcomes: the constructs, in the order of the program.
        shared: the addresses of what they create together.
        refused: the constructs that cannot be part of it, with the reason.
    """

    outcomes: tuple[Outcome, ...]
    shared: tuple[str, ...]
    refused: Mapping[str, str]


def provider_of(estate: Estate) -> dict[str, Any]:
    """The arguments of the provider's configuration."""
    account = {"allowed_account_ids": (estate.account,)} if estate.account else {}
    return {"region": estate.region, **account}


def linked(value: Any, candidates: Iterable[Candidate]) -> Any:
    """An argument with the variable of a construct in place of what that stands for, or the id of what none stands for."""
    if isinstance(value, Existing):
        return next((Name(one.variable) for one in candidates if one.main is value), value.id)
    return value


def attempt(estate: Estate, name: str, candidates: Sequence[Candidate]) -> Trial:
    """Build the constructs in a stack, and compare what they write with what exists.

    Args:
        estate: what exists.
        name: name of the stack.
        candidates: the constructs, each after those that it needs.
    """
    stack = TerraformStack(App(outdir=outdir()), name)
    AwsProvider(stack, "aws", AwsProviderConfig(**provider_of(estate)))
    variables: dict[str, Any] = {"stack": stack}
    if refused := _make(candidates, variables, name) or _refused_late(candidates, stack):
        return Trial((), (), refused)
    document = synthesize(stack)
    if refused := _findings(candidates, document, name):
        return Trial((), (), refused)
    imports = {one.id: _imports(one, variables[one.variable]) for one in candidates}
    resolve = Resolver(estate, {address: part for found in imports.values() for address, part in found.items()}).resolve
    blocks = {
        f"{type}.{name}": block for type, held in document.get("resource", {}).items() for name, block in held.items()
    }
    places = {address: str(block["//"]["metadata"]["path"]) for address, block in blocks.items()}
    tags = _default_tags(document)
    outcomes = []
    for one in candidates:
        found = imports[one.id]
        adopted = tuple(
            replace(part, changes=tuple(_changes(part, blocks[address], resolve, tags)))
            for address, part in found.items()
        )
        own = [address for address, place in places.items() if place.startswith(f"{name}/{one.id}/")]
        outcomes.append(Outcome(one, adopted, tuple(address for address in own if address not in found)))
    told = {address for one in outcomes for address in (*one.created, *(part.address for part in one.adopted))}
    return Trial(tuple(outcomes), tuple(address for address in blocks if address not in told), {})


def _make(candidates: Sequence[Candidate], variables: dict[str, Any], name: str) -> dict[str, str]:
    """Make the constructs; what is refused, with the reason: all at once, since another trial costs as much as this one."""
    refused: dict[str, str] = {}
    for one in candidates:
        if any(need in refused for need in one.needs):
            continue
        try:
            variables[one.variable] = run(one.source(), variables)
            for step in one.steps():
                run(step, variables)
        except SecureInfraError as error:
            refused[one.main.address] = _reason(error, f"{name}/{one.id}")
            # What stands in it is given by its id in this trial, which comes to nothing.
            variables.setdefault(one.variable, one.main.id)
    return refused


def _changes(
    part: Adopted, block: Mapping[str, Any], resolve: Callable[[Any], Any], tags: Mapping[str, str]
) -> Iterator[Change]:
    for change in changes_of(part.address.partition(".")[0], part.read, block, resolve, tags):
        yield replace(change, sensitive=part.existing.is_sensitive(change.argument))


def _default_tags(document: Mapping[str, Any]) -> dict[str, str]:
    """What the provider adds to the tags of every resource."""
    blocks = [one for provider in document["provider"]["aws"] for one in provider.get("default_tags", ())]
    return {name: str(value) for one in blocks for name, value in one.get("tags", {}).items()}


def _imports(candidate: Candidate, construct: Any) -> dict[str, Adopted]:
    found = {}
    for role, part in candidate.parts.items():
        resource = _resource_of(construct, role)
        if resource is not None and resource.included() and part.id is not None:
            found[resource.address] = Adopted(
                part.existing, resource.address, part.id, part.existing.values if part.read is None else part.read
            )
    return found


def _resource_of(construct: Any, role: str) -> Any:
    """A resource by its role: in the construct, or in one within it (`events/log-group`)."""
    *inner, own = role.split("/")
    for id in inner:
        construct = construct.node.try_find_child(id)
        if construct is None:
            return None
    return construct.resources.get(own)


def _refused_late(candidates: Sequence[Candidate], stack: TerraformStack) -> dict[str, str]:
    """What is refused when a construct is written, and not when it is made."""
    state = state_of(stack)
    refused: dict[str, str] = {}
    for construct in state.constructs:
        try:
            construct.document()
        except SecureInfraError as error:
            own = [one for one in candidates if f"{construct.node_path}/".startswith(f"{state.path}/{one.id}/")]
            if not own:
                raise
            refused |= {one.main.address: _reason(error, f"{state.path}/{one.id}") for one in own}
    return refused


def _findings(candidates: Sequence[Candidate], document: Mapping[str, Any], name: str) -> dict[str, str]:
    """The constructs of which something breaks a control, with the finding."""
    failures = judge([Configuration.of(document, name)]).failures("low")
    found: dict[str, str] = {}
    for failure in failures:
        for one in candidates:
            if f"{failure.construct_path}/".startswith(f"{name}/{one.id}/"):
                said = f"{failure.found} breaks control {failure.control.id}: {failure.control.why}"
                found.setdefault(one.main.address, said)
    return found


def _reason(error: SecureInfraError, place: str) -> str:
    return str(error).removeprefix(f"{place}: ").rstrip(".")


class Resolver:
    """Gives references of the program the values that they have today.

    Args:
        estate: what exists.
        imports: what is imported, by its address in the program.
    """

    def __init__(self, estate: Estate, imports: Mapping[str, Adopted]) -> None:
        self._imports = imports
        suffix = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}.get(estate.partition, "amazonaws.com")
        self._ambient = {
            "data.aws_caller_identity.current.account_id": estate.account,
            "data.aws_partition.current.partition": estate.partition,
            "data.aws_partition.current.dns_suffix": suffix,
            "data.aws_region.current.id": estate.region,
            "data.aws_region.current.region": estate.region,
        }

    def resolve(self, value: Any) -> Any:
        """A value of the program, with what is known in place of references; `LATER` if something in it is not known yet."""
        if isinstance(value, Mapping):
            return {key: self.resolve(held) for key, held in value.items()}
        if isinstance(value, list):
            return [self.resolve(held) for held in value]
        if not isinstance(value, str):
            return value
        known = {found: self._value(found) for found in _REFERENCE.findall(value)}
        if None in known.values():
            return LATER
        if value in {f"${{{found}}}" for found in known}:
            return known[value[2:-1]]
        return _REFERENCE.sub(lambda found: str(known[found[1]]), value)

    def _value(self, reference: str) -> Any:
        if reference in self._ambient:
            return self._ambient[reference]
        address, _, attribute = reference.rpartition(".")
        part = self._imports.get(address)
        if part is None:
            # A variable of IAM's policy language.
            return f"${{{reference}}}" if ":" in reference else None
        return part.read.get(attribute)
