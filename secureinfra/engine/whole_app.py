"""What only the whole app shows: providers, regions and references that no construct can check alone."""

from __future__ import annotations

from typing import Any

from secureinfra.config.config import take_unheard
from secureinfra.engine import adopting
from secureinfra.engine._cdk import TerraformProvider, TerraformStack
from secureinfra.engine.cross_stack import of_another_app, references_to
from secureinfra.engine.handover import notes, unready
from secureinfra.engine.limits import unfit
from secureinfra.engine.local_state import keep_state_by_relative_path
from secureinfra.engine.stack import StackState, foreigners, neighbors_in
from secureinfra.engine.synthesis import Synthesis
from secureinfra.errors import ConfigError
from secureinfra.facts.partitions import lacking, partition_of
from secureinfra.facts.tokens import is_token


def prepare(app: Any) -> Synthesis | None:
    """Called before an app is synthesized; `None` if nothing in it is of this library."""
    neighbors = neighbors_in(app)
    if neighbors is None:
        return None
    for text in take_unheard():
        neighbors.synthesis.note(f"no construct uses a configuration that is refused: {text}")
    if not app.skip_validation:
        for state in neighbors:
            if found := complaint(state):
                raise found
    for state in neighbors:
        keep_state_by_relative_path(state.stack)
        _note_what_the_output_hides(state, neighbors.synthesis)
    return neighbors.synthesis


def complaint(state: StackState) -> ConfigError | None:
    """What is wrong with the providers, regions, moves and names of a stack."""
    return (
        _undeclared(state)
        or _default_twice(state)
        or _elsewhere(state)
        or _not_offered(state)
        or _taken(state)
        or unready(state)
        or adopting.unready(state)
        or unfit(state)
    )


def _undeclared(state: StackState) -> ConfigError | None:
    """Report a provider that constructs use by address but that is not declared; Terraform would report it only at plan."""
    constructs = state.constructs
    declared = {getattr(one, "address", None) for one in constructs}
    missing = {one.provider_alias: one for one in constructs if one.provider_alias not in (None, *declared)}
    if missing:
        # A provider of the engine's own bindings is not one of this library's constructs.
        declared |= {provider.fqn for provider in _engine_providers(state.stack)}
    for alias, construct in missing.items():
        if alias not in declared:
            region, known = f"AwsProviderConfig(alias={alias.partition('.')[2]!r}, ...)", sorted(filter(None, declared))
            listed = [name for name in known if name.startswith("aws.")]
            hint = f" There are: {', '.join(listed)}." if listed else ""
            return ConfigError(
                f"{construct.path}: provider={alias!r} is not declared in the stack. Add AwsProvider(stack, "
                f"{alias.partition('.')[2]!r}, {region}) and pass it.{hint}"
            )
    return None


def _default_twice(state: StackState) -> ConfigError | None:
    """Report two providers without an alias, of which one is the engine's; `AwsProvider` refuses a second one itself."""
    ours = next((one for one in state.constructs if getattr(one, "address", None) == "aws"), None)
    if ours is None or not _has_bindings():
        return None
    theirs = next((one for one in _engine_providers(state.stack) if one.fqn == "aws"), None)
    if theirs is None:
        return None
    return ConfigError(
        f"{ours.path}: the stack has a second provider 'aws', {theirs.node.path!r}: Terraform takes one without an alias. "
        "Remove one of the two, or give it an alias."
    )


def _elsewhere(state: StackState) -> ConfigError | None:
    """Report a construct that was given another one which AWS wants in the same region, and which is in another."""
    for construct in state.constructs:
        for name, other in construct.neighbors:
            here, there = region_of(construct), region_of(other)
            if name in construct.same_region and None not in (here, there) and here != there:
                return ConfigError(
                    f"{construct.path}: {name}={other.path!r} is in {there}, and {construct.path} in {here}: AWS wants both in one "
                    f"region. Pass provider= to one of them, or create a {type(other).__name__} in {here}."
                )
    return None


def _not_offered(state: StackState) -> ConfigError | None:
    """Report a resource of a service that AWS does not offer in the partition of its region."""
    for construct in state.constructs:
        region = region_of(construct)
        for block in construct.resources.values() if region else ():
            if service := lacking(str(region), block.type):
                return ConfigError(
                    f"{construct.path}: AWS does not offer {service} in {region} (partition {partition_of(str(region))}), which "
                    f"{block.address} needs. Leave {type(construct).__name__} out there."
                )
    return None


def _taken(state: StackState) -> ConfigError | None:
    """Report a construct that moved from where another one is, or from where another one moved from."""
    if not any(construct.locations.said for construct in state.constructs):
        return None
    named: dict[str, Any] = {}
    sources: dict[str, Any] = {}
    for construct in state.constructs:
        if construct.resources and (other := named.setdefault(construct.path, construct)) is not construct:
            return _same_location(construct, other)
        for source, _ in construct.moves():
            if (other := sources.setdefault(source, construct)) is not construct:
                return _same_location(construct, other)
    for construct in state.constructs:
        for block in construct.resources.values():
            if block.included() and (other := sources.get(block.address)):
                return _same_location(other, construct)
    return None


def _same_location(one: Any, other: Any) -> ConfigError:
    """What is wrong with two constructs, of which at least one moved."""
    moved, other = (one, other) if one.locations.said else (other, one)
    said = moved.locations.said
    if other.locations.said == said:
        return ConfigError(
            f"{moved.node_path}: moved_from={said!r} is that of {other.node_path} too: only one of them can have been there. "
            "Leave it out of the other."
        )
    also = (
        f" One construct that moved twice names both places: moved_from='{other.locations.said} -> {said}'."
        if other.locations.said
        else ""
    )
    return ConfigError(
        f"{moved.node_path}: moved_from={said!r} is where {other.node_path} is or was: addresses and names of the two would be "
        f"the same. Give that one another id, or leave moved_from out.{also}"
    )


def region_of(construct: Any) -> str | None:
    """The region a construct is in; `None` if it is not known at synthesis."""
    if construct.other_region:
        return None if is_token(construct.other_region) else construct.other_region
    address = construct.provider_alias or "aws"
    made = construct.stack_state.constructs
    provider = next((one for one in made if getattr(one, "address", None) == address), None)
    region: str | None = provider.config.region if provider is not None else None
    return None if is_token(region) else region


def dangling(state: StackState) -> ConfigError | None:
    """Report references that would not resolve; called for each stack, and the first one looks at all of them."""
    neighbors = state.neighbors
    if state is not neighbors[0]:
        return None
    stacks = [node for node in state.stack.node.root.node.children if isinstance(node, TerraformStack)]
    others = foreigners(neighbors)
    if len(stacks) < 2 and not others:
        return None
    for stack in stacks:
        own = next((one.addresses for one in neighbors if one.stack is stack), set())
        document = stack.to_terraform()
        own = own | _declared(document) if others else own
        near = {address: other for other in neighbors for address in other.addresses - own}
        for other, identifier in references_to(document, near):
            return ConfigError(
                f"{stack.node.path}: an element of the engine refers to {identifier}, which is in stack {other.path}: it "
                f"would not resolve. Pass across_stacks(stack, value) instead of the value."
            )
        far = {address: other for other in others for address in other.addresses - own}
        for other, identifier in references_to(document, far):
            return ConfigError(f"{stack.node.path}: {of_another_app(identifier, other)}")
    return None


def _declared(document: dict[str, Any]) -> set[str]:
    """The addresses of a document's resources and data sources."""
    return {
        f"{before}{type}.{name}"
        for section, before in (("resource", ""), ("data", "data."))
        for type, blocks in document.get(section, {}).items()
        for name in blocks
    }


def _note_what_the_output_hides(state: StackState, synthesis: Synthesis) -> None:
    if not any(getattr(one, "address", None) for one in state.constructs) and not (
        _has_bindings() and any(one.fqn.startswith("aws") for one in _engine_providers(state.stack))
    ):
        synthesis.note(
            f"{state.path}: the stack has no provider: region, account and the provider's version are whatever the shell that "
            "runs Terraform has. Add AwsProvider(stack, 'aws', AwsProviderConfig(region=...))."
        )
    for text in (*notes(state), *adopting.notes(state)):
        synthesis.note(text)
    for construct in state.constructs:
        for waiver in construct.config.needless():
            synthesis.note(
                f"{construct.path}: Waiver(control={waiver.control!r}) is not needed: the configuration meets the control. "
                "Remove it."
            )


def _has_bindings() -> bool:
    """Whether the program has loaded classes of providers, of which each generated binding has one."""
    return bool(TerraformProvider.__subclasses__())


def _engine_providers(stack: TerraformStack) -> list[Any]:
    return [node for node in stack.node.find_all() if isinstance(node, TerraformProvider)]
