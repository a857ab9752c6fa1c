"""What is given besides the code: values of variables, files of them, and whose files are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read import json_text
from secureinfra.terraform.read.disk import read, shown
from secureinfra.terraform.read.source import Tool

_OF_ENVIRONMENT = "TF_VAR_"


class Written(str):
    """A value as a command line or the environment writes it: what it means depends on the type of its variable."""

    __slots__ = ()


@dataclass(frozen=True)
class Inputs:
    """What is given besides the code.

    Args:
        environment: where `TF_VAR_name` sets the variable `name`; files beside the code come before it.
        files: of variables, later ones over earlier ones, and all over what lies beside the code.
        variables: values by name, which come before all others.
        tool: whose files are read.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Path] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    tool: Tool = "auto"

    def over(self, beside: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all sources, those of files beside the code included.

        Raises:
            ConfigurationError: a file cannot be read.
        """
        found: dict[str, Any] = {
            name.removeprefix(_OF_ENVIRONMENT): Written(text)
            for name, text in self.environment.items()
            if name.startswith(_OF_ENVIRONMENT)
        }
        found.update(beside)
        for file in self.files:
            found.update(variables_of(file))
        found.update({name: Written(text) for name, text in self.variables.items()})
        return found


def variables_in(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment sets variables."""
    return {name: text for name, text in environment.items() if name.startswith(_OF_ENVIRONMENT)}


def variables_of(file: Path) -> Mapping[str, Any]:
    """What a file of variables sets.

    Raises:
        ConfigurationError: it cannot be read, or is no such file.
    """
    text = read(file)
    if not file.name.endswith(".json"):
        from secureinfra.terraform.read import hcl  # noqa: PLC0415  # the parser takes longer to load than JSON to read

        return hcl.variables(text, shown(file))
    values = json_text.values(text, shown(file))
    if not isinstance(values, dict):
        raise ConfigurationError(f"{shown(file)}:1:1: is not a JSON object. Write the variables as {{name: value}}.")
    return {name: value for name, value in values.items() if name != "//"}
