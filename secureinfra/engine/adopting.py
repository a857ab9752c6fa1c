"""What configurations say that exists already (`adopt=`): the ids that constructs import it by, instead of creating it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from secureinfra.config.rules import is_token
from secureinfra.engine.resource import Resource
from secureinfra.engine.stack import StackState
from secureinfra.errors import ConfigError
from secureinfra.facts.import_ids import NOT_IMPORTABLE, import_id
from secureinfra.suggest import did_you_mean

_REFERENCE = re.compile(r"\$\{([a-z0-9_]+\.[A-Za-z0-9_-]+)\.([a-z_]+)\}")
# The argument that is a resource's name, which an import has to find as it is: another one replaces the resource.
_NAMED: Final[Mapping[str, str]] = {
    "aws_cloudtrail": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_iam_role": "name",
    "aws_s3_bucket": "bucket",
}
# Attributes that are the same as the import id.
_SAME: Final[Mapping[str, str]] = {"aws_kms_key": "key_id", "aws_kms_alias": "name", **_NAMED}
_SHOWN = 8


def adopted_id(resource: Resource, construct: Any) -> str | None:
    """The id that a resource is imported by, as the configuration of its construct, or of one around it, gives it."""
    for owner, role in _owners(resource, construct):
        given = _adopt(owner).get(role)
        if isinstance(given, str):
            return given
        if given:
            return _derived(resource, owner)
    return None


def _owners(resource: Resource, construct: Any) -> Iterator[tuple[Any, str]]:
    """The construct of a resource and those around it, with the resource's role in each."""
    role = resource.id
    for scope in reversed(construct.node.scopes):
        if not hasattr(scope, "resources"):
            return
        yield scope, role
        role = f"{scope.node.id}/{role}"


def _adopt(construct: Any) -> Mapping[str, str | bool]:
    return getattr(construct.config, "adopt", None) or {}


def _roles(owner: Any) -> dict[str, Resource]:
    """The resources of a construct and of those within it, by role."""
    start = f"{owner.node_path}/"
    found: dict[str, Resource] = {}
    for construct in owner.stack_state.constructs:
        if construct is owner or construct.node_path.startswith(start):
            around = f"{construct.node_path}/".removeprefix(start)
            for id, resource in construct.resources.items():
                if isinstance(resource, Resource) and resource.included():
                    found[f"{around}{id}"] = resource
    return found


def _derived(resource: Resource, owner: Any) -> str | None:
    """The id of a resource, out of the ids of those that it refers to; `None` if it does not follow from them."""
    given = {one.address: id for role, one in _roles(owner).items() if isinstance(id := _adopt(owner).get(role), str)}
    body = resource.render()

    def known(value: Any) -> Any:
        found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return None if is_token(value) else value
        type, id = found[1].partition(".")[0], given.get(found[1])
        return id if found[2] in ("id", _SAME.get(type)) else None

    values = {name: known(value) for name, value in body.items() if not isinstance(value, dict | list)}
    # A bucket's settings have its name, and an alias its own.
    values["id"] = values.get("bucket") if resource.type.startswith("aws_s3_bucket_") else None
    if resource.type == "aws_kms_alias":
        values["id"] = values.get("name")
    return import_id(resource.type, values)


def unready(state: StackState) -> ConfigError | None:
    """Report the first id in an `adopt` that is for nothing, that does not follow from others, or whose resource would be replaced."""
    for construct in state.constructs:
        if not _adopt(construct):
            continue
        if state.module:
            return ConfigError(
                f"{construct.path}: adopt has no place in a module: Terraform takes import blocks in a root module only. Leave it out, "
                "and write import blocks beside the module's call."
            )
        roles = _roles(construct)
        for role, given in _adopt(construct).items():
            if (problem := _problem(construct, roles, role, given)) is not None:
                return ConfigError(f"{construct.path}: adopt[{role!r}]={given!r} {problem}")
    return None


def _problem(construct: Any, roles: Mapping[str, Resource], role: str, given: str | bool) -> str | None:
    resource = roles.get(role)
    if resource is None:
        known = did_you_mean(role, roles, f"It has: {_listed(sorted(roles))}.")
        return f"names nothing that the construct has with these settings. {known}"
    if resource.type in NOT_IMPORTABLE:
        return (
            f"is of a type that Terraform does not import ({resource.type}): creating it changes nothing. Leave it out."
        )
    if not isinstance(given, str) and _derived(resource, construct) is None:
        return f"does not follow from the other ids. Write what `terraform import {resource.address}` takes."
    if (argument := _NAMED.get(resource.type)) and isinstance(given, str):
        name = resource.render().get(argument)
        wanted = given.rpartition("/")[2] if resource.type == "aws_cloudtrail" else given
        if name != wanted and not is_token(wanted) and not (isinstance(name, str) and is_token(name)):
            called = f"is called {name!r}" if name else "gets a name of its own"
            return (
                f"would be replaced: in the construct it {called}, and Terraform cannot rename it. Give its name to the configuration, "
                "or leave the role out, and it is created."
            )
    return None


def notes(state: StackState) -> Iterator[str]:
    """What Terraform creates beside what a construct adopts."""
    for construct in state.constructs:
        if not _adopt(construct):
            continue
        given = _adopt(construct)
        lacking = [role for role, one in _roles(construct).items() if not (role in given or one.type in NOT_IMPORTABLE)]
        if lacking:
            yield (
                f"{construct.path}: adopt has no id for {_listed(lacking)}, which Terraform creates. What is there already needs its id, "
                "or true where that follows from the others."
            )


def _listed(roles: list[str]) -> str:
    more = f" and {len(roles) - _SHOWN} more" if len(roles) > _SHOWN else ""
    return f"{', '.join(map(repr, roles[:_SHOWN]))}{more}"
