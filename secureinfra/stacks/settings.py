"""A settings file: the blueprint, its name and provider, and for a fleet its accounts and regions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from secureinfra.config.config import Config
from secureinfra.config.placed import config_from
from secureinfra.config.problem import Problem, error_of
from secureinfra.config.rule import matches
from secureinfra.config.rules import AccountId, Region, Text, is_token
from secureinfra.config.words import YAML
from secureinfra.errors import ConfigError
from secureinfra.facts.arns import ACCOUNT_ID, arn
from secureinfra.files.yaml import Document, Places, assign, read
from secureinfra.files.yaml_nodes import Keys

Environment = Literal["production", "staging", "development", "sandbox"]

_NAME = matches(
    r"[a-z]([a-z0-9-]{0,40}[a-z0-9])?",
    "is not a name",
    "write up to 42 lower-case letters, digits and '-', a letter first; it is a folder and part of names in AWS",
)
_ROLE = matches(
    arn("iam", "role/[A-Za-z0-9+=,.@_/{}-]+", region="", account=rf"({ACCOUNT_ID}|\{{account\}})"),
    "is not a role",
    "write its ARN, in a fleet with {account}",
    example="arn:aws:iam::{account}:role/plan",
)
# Not Terraform's own `${x}`.
_PLACEHOLDER = re.compile(r"(?<!\$)\{(\w+)\}")


def _none_as_empty(value: Any) -> Any:
    return {} if value is None else value


# In YAML, `settings:` with nothing after it is null; it means no settings.
_Fields = Annotated[dict[str, Any], BeforeValidator(_none_as_empty)]

NO_WAIVERS = Problem(
    "waivers",
    "have no effect here",
    "a waiver belongs next to the setting that needs it",
    "Move it below 'settings'",
    subject="waivers",
)


class _Part(Config):
    def problems(self) -> Iterator[Problem | str]:
        """A waiver here would have no effect."""
        if self.waivers:
            yield NO_WAIVERS


class Pipeline(_Part):
    """The roles and source of a pipeline (`secureinfra synth --pipeline`)."""

    plan_role_arn: Annotated[str, _ROLE]
    """Role that a plan assumes; with `{account}` in a fleet."""
    apply_role_arn: Annotated[str, _ROLE]
    """Role that an apply assumes; with `{account}` in a fleet."""
    branch: Annotated[str, matches(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", "is not a branch", "write its exact name")] = "main"
    """Branch that is applied."""
    package: Text | None = None
    """Source of secureinfra for pip: `secureinfra[node] @ ` and the URL of a wheel or `git+https://...`, or a name and
    version in an index of your own. By default the source of this installation, or else the repository's variable
    `SECUREINFRA_PACKAGE`."""


class Target(_Part):
    """One account and region of a fleet, with its differences."""

    name: Annotated[str, _NAME]
    """Name of the target; the stack is named after the fleet and the target, `NAME-TARGET`."""
    account: AccountId
    """The account; Terraform refuses to work in any other one."""
    region: Region | None = None
    """Region of its resources; by default the provider's."""
    environment: Environment | None = None
    """Tag `environment`; by default the provider's."""
    settings: _Fields = {}
    """Settings of the blueprint that differ here; each replaces the whole setting."""
    backend: _Fields = {}
    """Fields of `backend` that differ here."""
    tags: Annotated[dict[str, str], BeforeValidator(_none_as_empty)] = {}
    """Default tags of this target, in addition to the provider's."""

    def problems(self) -> Iterator[Problem | str]:
        """Refuse an account that only Terraform knows: a pipeline needs it."""
        yield from super().problems()
        for field in ("account", "region"):
            if is_token(getattr(self, field)):
                yield Problem(
                    field, "is known to Terraform only", "targets are selected before that", "Write the value itself"
                )


class SettingsFile(_Part):
    """A settings file."""

    blueprint: Text
    """Name of a blueprint (`secureinfra blueprints`), or `package.module:Class`."""
    name: Annotated[str, _NAME]
    """Name of the stack; a fleet's stacks are named after it and their target."""
    provider: _Fields = {}
    """The AWS provider: region, owner, environment, accounts, tags."""
    backend: dict[str, Any] | None = None
    """Location of the state in S3: `bucket`, `key`, `region`, `kms_key_id`, `role_arn`."""
    permissions_boundary: Text | None = None
    """ARN of the managed policy that bounds every role of the stack."""
    settings: _Fields = {}
    """The blueprint's settings."""
    targets: tuple[Target, ...] = ()
    """The accounts and regions of a fleet: each becomes its own stack."""
    pipeline: Pipeline | None = None
    """The roles and source of a pipeline."""

    def problems(self) -> Iterator[Problem | str]:
        """Refuse targets that share a name."""
        yield from super().problems()
        counted = Counter(target.name for target in self.targets)
        names = [target.name for target in self.targets]
        for name in (name for name, count in counted.items() if count > 1):
            again = names.index(name, names.index(name) + 1)
            what = f"holds {name!r} {counted[name]} times"
            why = "each target has its own folder"
            yield Problem(("targets", again, "name"), what, why, "Rename the others", subject="targets")


@dataclass(frozen=True)
class Stack:
    """One stack as a settings file describes it, a target's differences included.

    Args:
        name: its name and folder.
        blueprint: name of its blueprint.
        values: `provider`, `backend`, `permissions_boundary` and `settings`.
        places: their locations.
        target: its target, if there are several.
        project: name of the file's stack or fleet.
        problems: problems so far, each with its location.
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
    """The content of a settings file.

    Args:
        file: the file's own fields.
        stacks: its one stack, or one for each target.
        places: locations of the values.
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
    """Read a settings file; whether the blueprint accepts its settings is checked when a stack is built.

    Args:
        path: the file.
        assignments: values that replace those of the file, `settings.zones=2`.

    Raises:
        ConfigError: it cannot be read or is invalid; each problem with its line.
    """
    return project_of(assign(read(path), assignments))


def project_of(document: Document) -> Project:
    """Like `load`, from a document."""
    places = document.places
    try:
        file = config_from(SettingsFile, document.values, places)
    except ConfigError as error:
        # Late, since it starts the engine.
        from secureinfra.stacks.parts import problems_beside  # noqa: PLC0415

        raise error_of("", (*error.problems, *problems_beside(document.values, places)), words=YAML) from None
    if not file.targets:
        values: dict[str, Any] = {"provider": file.provider, "settings": file.settings}
        return Project(file, (_finished(file.name, file, values, places, None),), places)
    stacks = tuple(_stack(file, number, places) for number in range(len(file.targets)))
    _refuse_one_state_for_several(stacks)
    return Project(file, stacks, places)


def _stack(file: SettingsFile, number: int, places: Places) -> Stack:
    """The stack of a target: the file's values, overridden by the target's."""
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
    """A stack with the common values, and with placeholders such as `{account}` replaced."""
    if file.backend is not None:
        values["backend"] = {**file.backend, **(target.backend if target else {})}
    if file.permissions_boundary:
        values["permissions_boundary"] = file.permissions_boundary
    stack = Stack(name, file.blueprint, values, places, target, file.name)
    problems: list[str] = []
    # Not in the blueprint's settings, where braces may mean something else.
    kept = {
        key: value if key == "settings" else filled(value, stack, (key,), problems) for key, value in values.items()
    }
    return replace(stack, values=kept, problems=tuple(problems))


def filled(value: Any, stack: Stack, keys: Keys, problems: list[str]) -> Any:
    """A value with the placeholders in its texts replaced: `{account}`, `{region}`, `{environment}`, `{name}`, `{target}`.

    Args:
        value: a text, or a list or mapping with texts.
        stack: the stack it is for.
        keys: its path in the file.
        problems: receives an entry for each unknown placeholder.
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
            problems.append(f"{stack.places.at(keys)}: {value!r}: {{{name}}} is not a placeholder. Use {listed}.")
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
