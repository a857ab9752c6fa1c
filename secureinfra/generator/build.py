"""A construct synthesised as the source of a module."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from secureinfra.config import Config
from secureinfra.docstrings import paragraphs_of
from secureinfra.engine import SecureConstruct
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError, SecureInfraError
from secureinfra.generator.entry import Entry
from secureinfra.generator.outputs import outputs_of
from secureinfra.generator.settings import may_vary, settings_of, with_value
from secureinfra.generator.variables import Chosen, Wish, choose, with_tokens
from secureinfra.modules.placeholders import misplaced
from secureinfra.modules.source import NAME, Output, Source, Validation
from secureinfra.projects.placed import config_from
from secureinfra.projects.yaml_file import Places
from secureinfra.testing import outdir, synthesize

_ID = "main"


def source_of(
    entry: Entry,
    settings: Mapping[str, Any] | Config | None = None,
    *,
    vary: Iterable[Wish] = (),
    fix: Collection[str] = (),
    places: Places | None = None,
) -> Source:
    """The source of a module: the construct with its structure fixed and its values as variables.

    Args:
        entry: which construct, and what its module is called.
        settings: its configuration, or the fields of it.
        vary: settings that shall be variables.
        fix: settings that shall not.
        places: where the settings stand, for errors.

    Raises:
        ConfigError: a setting is refused, cannot vary, or lacks a value.
    """
    cls, wishes = entry.load(), list(vary)
    kind = entry.config_type()
    config, required = _configured(kind, settings, entry, wishes, places)
    chosen = choose(config, entry.noun or entry.name, vary=wishes, fix=fix, required=required) if config else []
    document, outputs, chosen = _varied(cls, config, chosen, entry)
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
        demands=tuple(_demands(with_tokens(config, chosen))) if config else (),
    )


def _demands(config: Config) -> Iterator[Validation]:
    """What its types and controls ask of the settings that vary: a construct of constructs has no resource to say it beside."""
    for condition in config.conditions():
        if isinstance(condition.value, str):
            known = condition.value.removeprefix("${").removesuffix("}")
            yield Validation(
                f"${{{condition.expression.replace('{value}', known)}}}", f"{NAME}: {condition.message.rstrip('.')}."
            )


def build(cls: type, config: Config | None, name: str = NAME) -> tuple[TerraformStack, Any]:
    """The construct alone in a stack, whose name takes the place of its path.

    Raises:
        ConfigError: the construct refuses its configuration.
    """
    stack = TerraformStack(App(outdir=outdir()), name)
    state_of(stack).module = _ID
    return stack, cls(stack, _ID) if config is None else cls(stack, _ID, config)


def _configured(
    kind: type[Config] | None,
    settings: Mapping[str, Any] | Config | None,
    entry: Entry,
    wishes: Sequence[Wish],
    places: Places | None,
) -> tuple[Config | None, list[str]]:
    """The configuration, and the settings in it that nobody gave, which hold examples."""
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
                    f"{kind.__name__} {setting.name} has no example to be tested with. Give it a value: --set {setting.name}=..."
                )
            config = with_value(config, setting.path, example)
    return config, without_value


def _varied(
    cls: type, config: Config | None, chosen: list[Chosen], entry: Entry
) -> tuple[Mapping[str, Any], list[Output], list[Chosen]]:
    """The document with as many of the chosen settings as variables as the construct lets vary."""
    while True:
        try:
            return *_synthesized(cls, config, chosen), chosen
        except SecureInfraError as error:
            bad = error.variables if isinstance(error, _MisplacedError) else _refused_alone(cls, config, chosen)
            dropped = [one for one in chosen if one.variable.name in bad]
            if not dropped or any(one.asked or one.variable.required for one in dropped):
                raise _named(error, entry, dropped or chosen) from None
        # It decides structure although its type would take a variable, and nobody asked for it.
        chosen = [one for one in chosen if one not in dropped]


class _MisplacedError(ConfigError):
    """Some variables cannot be ones."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.variables = frozenset(problems)


def _refused_alone(cls: type, config: Config | None, chosen: Sequence[Chosen]) -> frozenset[str]:
    """The variables without which the others would be accepted."""
    found = []
    for one in chosen:
        try:
            _synthesized(cls, config, [one])
        except SecureInfraError:
            found.append(one.variable.name)
    return frozenset(found)


def _synthesized(cls: type, config: Config | None, chosen: Sequence[Chosen]) -> tuple[Mapping[str, Any], list[Output]]:
    stack, construct = build(cls, with_tokens(config, chosen) if config else None)
    outputs = outputs_of(construct) if isinstance(construct, SecureConstruct) else []
    document = synthesize(stack, providers=())
    variables = [one.variable for one in chosen]
    if problems := misplaced(document, variables):
        raise _MisplacedError(problems)
    return document, outputs


def _named(error: SecureInfraError, entry: Entry, chosen: Sequence[Chosen]) -> SecureInfraError:
    """The error in the words of whoever asked for the module."""
    text = str(error).replace(NAME, entry.name)
    if any("${var." in text or f"each_{one.variable.name}" in text for one in chosen):
        text += f"\n  It was to vary within the module: fix it, e.g. --const {chosen[0].setting.name}."
    return (ConfigError if isinstance(error, _MisplacedError) else type(error))(text)


def _plain(settings: Mapping[str, Any] | Config | None, required: Collection[str]) -> dict[str, Any]:
    """The settings as JSON can hold them, as they were given."""
    if isinstance(settings, Config):
        return settings.model_dump(mode="json", exclude_unset=True)
    given: dict[str, Any] = json.loads(json.dumps(settings or {}, default=str))
    return {name: value for name, value in given.items() if name not in required}
