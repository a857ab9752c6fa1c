"""The options with which commands read Terraform, and what they read."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from secureinfra.check.formats.plain import plain
from secureinfra.check.settings import Settings, read_settings, settings_file
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.inputs import Inputs, variables_in

__all__ = ["assignments", "configurations_of", "date_of", "reading", "settings_of"]

Command = TypeVar("Command", bound=Callable[..., Any])


def reading(command: Command) -> Command:
    """The options `--var`, `--var-file` and `--tool` of a command that reads Terraform."""
    for option in (
        click.option(
            "--tool",
            type=click.Choice(("auto", "terraform", "opentofu")),
            default="auto",
            show_default=True,
            help="Whose files to read; auto reads *.tofu where there are some.",
        ),
        click.option(
            "--var-file",
            "variable_files",
            type=click.Path(dir_okay=False, path_type=Path),
            multiple=True,
            help="Set variables by a *.tfvars file; --var wins over it, and both over TF_VAR_NAME.",
        ),
        click.option(
            "--var", "variables", metavar="NAME=VALUE", multiple=True, help="Set a variable of the root modules."
        ),
    ):
        command = option(command)
    return command


def configurations_of(paths: Iterable[str], given: Mapping[str, Any]) -> list[Configuration]:
    """Every configuration under some paths.

    Args:
        paths: as the command line has them.
        given: the values of the options of `reading`.

    Raises:
        ConfigurationError: there is none, or it cannot be read.
    """
    inputs = Inputs(variables_in(os.environ), given["variable_files"], assignments(given["variables"]), given["tool"])
    return [configuration for path in paths for configuration in Configuration.load(path, inputs)]


def assignments(variables: Iterable[str]) -> dict[str, str]:
    """Values of variables from `NAME=VALUE`.

    Raises:
        ConfigError: one has no value.
    """
    found = {}
    for variable in variables:
        name, given, value = variable.partition("=")
        if not given or not name.strip():
            raise ConfigError(f"--var {variable!r}: no value is given. Write --var NAME=VALUE.")
        found[name.strip()] = value
    return found


def date_of(text: str | None) -> datetime.date:
    """The date of a document: as it is given, or today in UTC.

    Raises:
        ConfigError: it is not a date.
    """
    if text is None:
        return datetime.datetime.now(tz=datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--date {plain(text)!r}: is not a date. Write it as 2026-12-31.") from None


def settings_of(paths: Sequence[str], given: Mapping[str, Any]) -> Settings:
    """What is checked with.

    Args:
        paths: as the command line has them.
        given: the values of its options; those named like a setting win over the file.

    Raises:
        ConfigError: options contradict each other, or the file is refused.
    """
    if given["config"] and given["no_config"]:
        raise ConfigError("--config and --no-config contradict each other. Give one of them.")
    file = given["config"] or (None if given["no_config"] else settings_file(paths))
    settings = read_settings(file) if file else Settings()
    said = {name: value for name, value in given.items() if value not in (None, ()) and hasattr(settings, name)}
    if "var" in said:
        said["var"] = {**settings.var, **assignments(said["var"])}
    return replace(settings, **said)
