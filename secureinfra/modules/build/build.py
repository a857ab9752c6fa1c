"""A construct synthesized as the source of a module."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from secureinfra.config.config import Config, Precondition
from secureinfra.config.docstrings import paragraphs_of
from secureinfra.config.placed import config_from
from secureinfra.engine import SecureConstruct
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.provider_major import Major
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError, SecureInfraError
from secureinfra.files.yaml import Places
from secureinfra.modules.build.outputs import outputs_of
from secureinfra.modules.build.settings import may_vary, settings_of, with_value
from secureinfra.modules.build.variables import Chosen, Wish, choose, with_tokens
from secureinfra.modules.content.placeholders import misplaced
from secureinfra.modules.content.source import NAME, Output, Source
from secureinfra.modules.entries.entry import Entry
from secureinfra.testing import outdir, synthesize

_ID = "main"


def source_of(
    entry: Entry,
    settings: Mapping[str, Any] | Config | None = None,
    *,
    vary: Iterable[Wish] = (),
    fix: Collection[str] = (),
    places: Places | None = None,
    provider_major: Major | None = None,
) -> Source:
    """The source of a module: the construct with its structure fixed and its values as variables.

    Args:
        entry: which construct, and the name of its module.
        settings: its configuration, or the fields of it.
        vary: settings that become variables.
        fix: settings that do not.
        places: locations of the settings, for errors.
        provider_major: of the AWS provider that the module is for; `None` for both.

    Raises:
        ConfigError: a setting is refused, cannot vary, or lacks a value.
    """
    cls, wishes = entry.load(), list(vary)
    kind = entry.config_type()
    config, required = configured(kind, settings, entry, wishes, places)
    chosen = choose(config, entry.noun or entry.name, vary=wishes, fix=fix, required=required) if config else []
    document, outputs, conditions, chosen = _varied(_Builder(cls, config, provider_major), chosen, entry)
    summary, *details = paragraphs_of(cls) or (f"{cls.__name__}.",)
    return Source(
        name=entry.name,
        origin=entry.origin,
        summary=summary,
        details=tuple(details),
        document=document,
        variables=tuple(one.variable for one in chosen),
        outputs=tuple(outputs),
        settings=_plain(settings, required),
        yours=entry.yours,
        # A construct made of constructs has no resource of its own that could carry the conditions on its settings.
        demands=tuple(with_tokens(config, chosen).conditions()) if config else (),
        conditions=conditions,
        provider_major=provider_major,
    )


def build(
    cls: type, config: Config | None, name: str = NAME, provider_major: Major | None = None
) -> tuple[TerraformStack, Any]:
    """The construct alone in a stack whose name replaces its path.

    Raises:
        ConfigError: the construct refuses its configuration.
    """
    stack = TerraformStack(App(outdir=outdir()), name)
    state_of(stack).module, state_of(stack).provider_major = _ID, provider_major
    return stack, cls(stack, _ID) if config is None else cls(stack, _ID, config)


def configured(
    kind: type[Config] | None,
    settings: Mapping[str, Any] | Config | None,
    entry: Entry,
    wishes: Sequence[Wish],
    places: Places | None,
) -> tuple[Config | None, list[str]]:
    """The configuration, and the required settings that were not given, which hold examples."""
    if kind is None:
        if settings:
            raise ConfigError(f"{entry.origin} takes no configuration, so there is nothing to set.")
        return None, []
    if isinstance(settings, Config):
        return settings, []
    given = dict(settings or {})
    fields = kind.model_fields
    asked = {wish.setting for wish in wishes}
    without_value = [
        name
        for name, field in fields.items()
        if name not in given
        and (
            name in entry.asks or (field.is_required() and may_vary(field)) or (name in asked and field.default is None)
        )
    ]
    for name in without_value:
        given[name] = f"${{var.{name}}}"
    config = config_from(kind, given, places) if places else kind.of(given)
    for setting in settings_of(config):
        if setting.name in without_value:
            example = entry.examples.get(setting.name, setting.example)
            if example is None:
                raise ConfigError(
                    f"{kind.__name__} {setting.name} has no example for the module's tests. Set a value: --set {setting.name}=..."
                )
            config = with_value(config, setting.path, example)
    return config, without_value


class _Builder(NamedTuple):
    """What is built again and again with other settings as variables."""

    cls: type
    config: Config | None
    provider_major: Major | None


def _varied(
    builder: _Builder, chosen: list[Chosen], entry: Entry
) -> tuple[Mapping[str, Any], list[Output], Mapping[str, Precondition], list[Chosen]]:
    """The document with as many of the chosen settings as variables as the construct allows."""
    while True:
        try:
            return *_synthesized(builder, chosen), chosen
        except SecureInfraError as error:
            bad = error.variables if isinstance(error, _MisplacedError) else _refused_alone(builder, chosen)
            dropped = [one for one in chosen if one.variable.name in bad]
            if not dropped or any(one.asked or one.variable.required for one in dropped):
                raise _reword_error(error, entry, dropped) from None
        # It decides structure although its type accepts a variable, and it was not requested.
        chosen = [one for one in chosen if one not in dropped]


class _MisplacedError(ConfigError):
    """Some settings cannot be variables."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.variables = frozenset(problems)


def _refused_alone(builder: _Builder, chosen: Sequence[Chosen]) -> frozenset[str]:
    """The variables that have to be removed for the others to be accepted."""
    found = []
    for one in chosen:
        try:
            _synthesized(builder, [one])
        except SecureInfraError:
            found.append(one.variable.name)
    return frozenset(found)


def _synthesized(
    builder: _Builder, chosen: Sequence[Chosen]
) -> tuple[Mapping[str, Any], list[Output], Mapping[str, Precondition]]:
    config = with_tokens(builder.config, chosen) if builder.config else None
    stack, construct = build(builder.cls, config, provider_major=builder.provider_major)
    outputs = outputs_of(construct) if isinstance(construct, SecureConstruct) else []
    document = synthesize(stack, providers=())
    variables = [one.variable for one in chosen]
    if problems := misplaced(document, variables):
        raise _MisplacedError(problems)
    return document, outputs, state_of(stack).conditions


def _reword_error(error: SecureInfraError, entry: Entry, varied: Sequence[Chosen]) -> SecureInfraError:
    """The error worded for the user who requested the module; `varied` are refused as variables, whatever the others are."""
    text = str(error).replace(NAME, entry.name)
    if isinstance(error, _MisplacedError):
        return ConfigError(text)
    if varied:
        text += f"\n  It was to vary within the module: fix it, e.g. --const {varied[0].setting.name}."
    return type(error)(text)


def _plain(settings: Mapping[str, Any] | Config | None, required: Collection[str]) -> dict[str, Any]:
    """The given settings as plain JSON values."""
    if isinstance(settings, Config):
        return settings.model_dump(mode="json", exclude_unset=True)
    given: dict[str, Any] = json.loads(json.dumps(settings or {}, default=str))
    return {name: value for name, value in given.items() if name not in required}
