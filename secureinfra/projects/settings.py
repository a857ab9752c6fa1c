"""A settings file: which blueprint, what it is called, where it is built, and for a fleet in which accounts and regions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from secureinfra.config import Config
from secureinfra.errors import ConfigError
from secureinfra.projects.placed import config_from
from secureinfra.projects.yaml_file import Document, Places, assign, read
from secureinfra.projects.yaml_nodes import Keys
from secureinfra.values import AccountId, Region, Text, is_token, matches

Environment = Literal["production", "staging", "development", "sandbox"]

_NAME = matches(
    r"[a-z]([a-z0-9-]{0,40}[a-z0-9])?",
    "is no name: write up to 42 lower-case letters, digits and '-', a letter first; it is a folder and part of names in AWS",
)
_ROLE = matches(
    r"arn:aws[a-z-]*:iam::([0-9]{12}|\{account\}):role/[A-Za-z0-9+=,.@_/{}-]+",
    "is no role: write its ARN, in a fleet with {{account}}, e.g. 'arn:aws:iam::{{account}}:role/plan'",
)
# Terraform's own `${x}` is another thing.
_PLACEHOLDER = re.compile(r"(?<!\$)\{(\w+)\}")


NO_WAIVERS = "waivers excuse nothing here: a waiver stands beside the setting that needs it. Move it below 'settings'."


class _Part(Config):
    def problems(self) -> Iterator[str]:
        """A waiver here would excuse nothing."""
        if self.waivers:
            yield NO_WAIVERS


class Pipeline(_Part):
    """Who plans and applies in a pipeline (`secureinfra synth --pipeline`)."""

    plan_role_arn: Annotated[str, _ROLE]
    """Role that a plan takes on; with `{account}` in a fleet."""
    apply_role_arn: Annotated[str, _ROLE]
    """Role that an apply takes on; with `{account}` in a fleet."""
    branch: Annotated[str, matches(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", "is no branch: write its exact name")] = "main"
    """Branch from which is applied."""


class Target(_Part):
    """One account and region of a fleet, and what is different there."""

    name: Annotated[str, _NAME]
    """What it is called; the stack is called after the fleet and it, `NAME-TARGET`."""
    account: AccountId
    """The account; Terraform refuses to work in any other one."""
    region: Region | None = None
    """Region of its resources; by default the provider's."""
    environment: Environment | None = None
    """Tag `environment`; by default the provider's."""
    settings: dict[str, Any] = {}
    """Settings of the blueprint that are different here, each as a whole."""
    backend: dict[str, Any] = {}
    """Fields of `backend` that are different here."""
    tags: dict[str, str] = {}
    """Default tags of this target, besides the provider's."""

    def problems(self) -> Iterator[str]:
        """A pipeline must know the account."""
        yield from super().problems()
        for field in ("account", "region"):
            if is_token(value := getattr(self, field)):
                yield f"{field}={value!r} is known to Terraform only: a target is chosen before. Write the value itself."


class SettingsFile(_Part):
    """A settings file."""

    blueprint: Text
    """Name of a blueprint (`secureinfra blueprints`), or `package.module:Class`."""
    name: Annotated[str, _NAME]
    """What the stack is called; a fleet's stacks are called after it and their target."""
    provider: dict[str, Any] = {}
    """The AWS provider: region, owner, environment, accounts, tags."""
    backend: dict[str, Any] | None = None
    """Where the state lies, in S3: `bucket`, `key`, `region`, `kms_key_id`, `role_arn`."""
    permissions_boundary: Text | None = None
    """ARN of the managed policy that bounds every role of the stack."""
    settings: dict[str, Any] = {}
    """The blueprint's settings."""
    targets: tuple[Target, ...] = ()
    """The accounts and regions of a fleet: each becomes a stack of its own."""
    pipeline: Pipeline | None = None
    """Who plans and applies in a pipeline."""

    def problems(self) -> Iterator[str]:
        """Each target has a name of its own."""
        yield from super().problems()
        counted = Counter(target.name for target in self.targets)
        for name in (name for name, count in counted.items() if count > 1):
            yield f"targets holds {name!r} {counted[name]} times: each is a folder of its own. Rename the others."


@dataclass(frozen=True)
class Stack:
    """One stack as a settings file describes it, a target's differences included.

    Args:
        name: what it is called; its folder too.
        blueprint: name of its blueprint.
        values: `provider`, `backend`, `permissions_boundary` and `settings`.
        places: where they stand.
        target: the target that it is for, if there are several.
        project: name of the file's stack or fleet.
        problems: what is wrong already, each with its place.
    """

    name: str
    blueprint: str
    values: Mapping[str, Any]
    places: Places
    target: Target | None
    project: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """What a settings file describes.

    Args:
        file: the file's own fields.
        stacks: its one stack, or one for each target.
        places: where the values stand.
    """

    file: SettingsFile
    stacks: tuple[Stack, ...]
    places: Places

    def only(self, targets: Iterable[str]) -> Project:
        """The same with some targets only.

        Raises:
            ConfigError: there is no such target.
        """
        wanted = set(targets)
        names = {target.name for target in self.file.targets}
        if unknown := sorted(wanted - names):
            listed = ", ".join(sorted(names)[:20]) or "none: it describes one stack"
            raise ConfigError(f"--target {unknown[0]}: {self.places.file} has no such target. It has {listed}.")
        return replace(
            self, stacks=tuple(stack for stack in self.stacks if stack.target and stack.target.name in wanted)
        )


def load(path: Path, assignments: Iterable[str] = ()) -> Project:
    """What a settings file describes; whether the blueprint accepts its settings is seen when a stack is built.

    Args:
        path: the file.
        assignments: values that replace those of the file, `settings.zones=2`.

    Raises:
        ConfigError: it cannot be read, or something is wrong with it; each problem with its line.
    """
    return project_of(assign(read(path), assignments))


def project_of(document: Document) -> Project:
    """As `load`, from a document."""
    places = document.places
    file = config_from(SettingsFile, document.values, places)
    if not file.targets:
        values: dict[str, Any] = {"provider": file.provider, "settings": file.settings}
        return Project(file, (_finished(file.name, file, values, places, None),), places)
    stacks = tuple(_stack(file, number, places) for number in range(len(file.targets)))
    _refuse_one_state_for_several(stacks)
    return Project(file, stacks, places)


def _stack(file: SettingsFile, number: int, places: Places) -> Stack:
    """The stack of a target: the file's values, less those that are different there."""
    target = file.targets[number]
    here: Keys = ("targets", number)
    provider = dict(file.provider)
    moved: dict[Keys, Keys] = {}
    for field in ("region", "environment"):
        if (value := getattr(target, field)) is not None:
            provider[field], moved["provider", field] = value, (*here, field)
    provider["allowed_account_ids"] = [target.account]
    moved["provider", "allowed_account_ids"] = (*here, "account")
    if target.tags:
        provider["tags"] = {**(file.provider.get("tags") or {}), **target.tags}
        moved |= {("provider", "tags", tag): (*here, "tags", tag) for tag in target.tags}
    values: dict[str, Any] = {"provider": provider, "settings": {**file.settings, **target.settings}}
    for part in ("settings", "backend"):
        moved |= {(part, key): (*here, part, key) for key in getattr(target, part)}
    return _finished(f"{file.name}-{target.name}", file, values, replace(places, moved=moved), target)


def _finished(name: str, file: SettingsFile, values: dict[str, Any], places: Places, target: Target | None) -> Stack:
    """A stack with what all have in common, and with `{account}` and its like written out."""
    if file.backend is not None:
        values["backend"] = {**file.backend, **(target.backend if target else {})}
    if file.permissions_boundary:
        values["permissions_boundary"] = file.permissions_boundary
    stack = Stack(name, file.blueprint, values, places, target, file.name)
    problems: list[str] = []
    # Not the blueprint's settings, where braces may mean something else.
    kept = {
        key: value if key == "settings" else filled(value, stack, (key,), problems) for key, value in values.items()
    }
    return replace(stack, values=kept, problems=tuple(problems))


def filled(value: Any, stack: Stack, keys: Keys, problems: list[str]) -> Any:
    """A value with the placeholders in its texts written out: `{account}`, `{region}`, `{environment}`, `{name}`, `{target}`.

    Args:
        value: a text, or what holds texts.
        stack: for which stack.
        keys: where it stands in the file.
        problems: is given what is wrong: a placeholder that stands for nothing here.
    """
    if isinstance(value, dict):
        return {key: filled(item, stack, (*keys, key), problems) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, stack, (*keys, number), problems) for number, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    known = _known_of(stack)
    for name in _PLACEHOLDER.findall(value):
        if name not in known:
            listed = ", ".join(f"{{{key}}}" for key in known)
            problems.append(
                f"{stack.places.at(keys)}: {value!r}: {{{name}}} stands for nothing here. There are {listed}."
            )
    return _PLACEHOLDER.sub(lambda found: known.get(found.group(1), found.group()), value)


def _known_of(stack: Stack) -> dict[str, str]:
    provider, target = stack.values["provider"], stack.target
    known = {
        "name": stack.project,
        "target": target.name if target else None,
        "account": target.account if target else None,
        "region": provider.get("region"),
        "environment": provider.get("environment"),
    }
    return {key: value for key, value in known.items() if isinstance(value, str)}


def _refuse_one_state_for_several(stacks: tuple[Stack, ...]) -> None:
    first: dict[tuple[Any, Any], Stack] = {}
    for stack in stacks:
        backend = stack.values.get("backend")
        if backend is None:
            continue
        state = backend.get("bucket"), backend.get("key")
        other = first.setdefault(state, stack)
        if other is not stack:
            raise ConfigError(
                f"{stack.places.at(('backend', 'key'))}: backend key={state[1]!r} is the state of {other.name} and of {stack.name}: "
                "each would destroy what the other built. Write '{name}/{target}.tfstate'."
            )
