"""Which settings become variables, by default and on request; and the configuration with tokens in place of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.config.config import Config
from secureinfra.config.rule import Rule
from secureinfra.controls import Keeps
from secureinfra.errors import ConfigError
from secureinfra.modules.build.settings import Setting, settings_of, with_value
from secureinfra.modules.content.source import ITEM, REQUIRED, TAGS, Validation, Variable
from secureinfra.suggest import did_you_mean

# What a docstring says about Python's `None`, which a variable never is.
_NONE = re.compile(r"[;,]? `None`[^.;]*")
# docs: developer.hashicorp.com/terraform/language/values/variables#declaring-an-input-variable
_RESERVED = frozenset("source version providers count for_each lifecycle depends_on locals".split())


@dataclass(frozen=True)
class Wish:
    """The caller's choice for one setting.

    Args:
        setting: its name, e.g. `trust.account_id`.
        variable: name of the variable; empty for the default name.
    """

    setting: str
    variable: str = ""


@dataclass(frozen=True)
class Chosen:
    """A setting that becomes a variable.

    Args:
        setting: the setting.
        variable: what it becomes.
        asked: whether the caller requested it, so that it must work.
    """

    setting: Setting
    variable: Variable
    asked: bool


def choose(
    config: Config, title: str, *, vary: Iterable[Wish], fix: Collection[str], required: Collection[str]
) -> list[Chosen]:
    """The settings that become variables.

    Args:
        config: a valid configuration.
        title: name of the module, for variable names that would be too general.
        vary: settings that become variables.
        fix: settings that do not.
        required: settings whose value is an example, so that the variable has no default.

    Raises:
        ConfigError: a setting is unknown, cannot vary, or two variables would share a name.
    """
    known = {setting.name: setting for setting in settings_of(config)}
    wishes = {wish.setting: wish for wish in vary}
    for name in (*wishes, *fix):
        _refuse_unknown(name, known, config)
    for name in wishes:
        if name in fix:
            raise ConfigError(f"--var {name} and --const {name} contradict each other. Leave one of them out.")
    chosen = []
    for name, setting in known.items():
        asked = name in wishes
        if asked or (name not in fix and setting.varies and not setting.pinned) or name in required:
            variable = wishes[name].variable if asked else ""
            default = REQUIRED if name in required or setting.value is None else _plain(setting.value)
            chosen.append(Chosen(setting, _variable(setting, variable or _usual_name(setting, title), default), asked))
    _refuse_clashes(chosen)
    return chosen


def with_tokens(config: Config, chosen: Iterable[Chosen]) -> Config:
    """The configuration with a token for each chosen setting.

    Raises:
        ConfigError: the configuration refuses it.
    """
    for one in chosen:
        config = with_value(config, one.setting.path, token(one.variable))
    return config


def token(variable: Variable) -> Any:
    """The token for a variable in a configuration."""
    if variable.type == "map(string)":
        return {f"{TAGS}{variable.name}": ""}
    if variable.type == "list(string)":
        return (f"${{{ITEM}{variable.name}}}",)
    return f"${{var.{variable.name}}}"


def _variable(setting: Setting, name: str, default: Any) -> Variable:
    description = _NONE.sub("", setting.description) or f"The setting {setting.name}."
    validations = []
    if setting.type == "number":
        validations.append(Validation(f"floor(var.{name}) == var.{name}", f"{name} must be a whole number."))
    elif setting.type == "list(string)":
        validations.append(Validation(f"length(var.{name}) > 0", f"{name} must have at least one entry."))
    elif setting.type == "string" and not any(isinstance(rule, Rule | Keeps) for rule in setting.rules):
        validations.append(Validation(f"length(var.{name}) > 0", f"{name} must not be empty."))
    return Variable(name, setting.type, description, default, setting.value, setting.name, tuple(validations))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _usual_name(setting: Setting, title: str) -> str:
    name = "_".join(setting.path)
    # Everything in the module is named after `name`; an exact name is only one of several.
    return f"{title.replace('-', '_')}_name" if name == "name" else name


def _refuse_unknown(name: str, known: Mapping[str, Setting], config: Config) -> None:
    if name in known:
        return
    if _exists(config, name.split(".")):
        raise ConfigError(
            f"{type(config).__name__} {name} decides structure and cannot be a variable of the module. "
            f"Fix it with --set {name}=..., or vary one of: {', '.join(known)}."
        )
    hint = did_you_mean(name, known, f"These can: {', '.join(known)}.")
    raise ConfigError(f"{type(config).__name__} has no setting {name!r} that could be a variable. {hint}")


def _exists(config: Any, path: list[str]) -> bool:
    for name in path:
        if not isinstance(config, Config) or name not in type(config).model_fields:
            return False
        config = getattr(config, name)
    return True


def _refuse_clashes(chosen: Iterable[Chosen]) -> None:
    taken: dict[str, str] = {"name": "the name of the module"}
    for one in chosen:
        name, setting = one.variable.name, one.setting.name
        if name in _RESERVED:
            raise ConfigError(
                f"the variable {name!r} for {setting} is reserved by Terraform. "
                f"Choose another, e.g. --var {setting}={name}_value."
            )
        if not name.isidentifier():
            raise ConfigError(
                f"{name!r} is not a name of a variable. Write letters, digits and '_', e.g. --var {setting}."
            )
        if name in taken:
            raise ConfigError(
                f"the variable {name!r} would stand for {taken[name]} and for {setting}. Choose another name, e.g. "
                f"--var {setting}={name}_value, or fix the setting with --const {setting}."
            )
        taken[name] = f"the setting {setting}"
