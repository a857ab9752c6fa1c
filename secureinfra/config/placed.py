"""A configuration from a file; its errors name the line and say what to write there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from secureinfra.config.config import Config, refusals_of
from secureinfra.config.problem import Problem, error_of
from secureinfra.config.words import YAML
from secureinfra.errors import ConfigError
from secureinfra.files.yaml import Places
from secureinfra.files.yaml_nodes import Keys

_Config = TypeVar("_Config", bound=Config)


def config_from(cls: type[_Config], values: Mapping[str, Any], places: Places) -> _Config:
    """A configuration from the values of a file.

    Args:
        cls: the configuration's class.
        values: its fields.
        places: their locations (`Document.places`, or those of a part: `places.below("settings")`).

    Raises:
        ConfigError: something is refused; each problem is on its own line, which begins with its location,
            `settings.yaml:12:7: VpcConfig zones=0 must be ...`.
    """
    problems = problems_of(cls, values, places)
    if problems:
        raise error_of("", problems, words=YAML)
    return cls(**values)


def problems_of(cls: type[Config], values: Mapping[str, Any], places: Places) -> list[Problem]:
    """What `config_from` would raise; empty where the values are accepted."""
    try:
        config = cls(**values)
    except ConfigError as error:
        # Policy statements raise on their own, before pydantic can add their location.
        at = _stumbled_at(cls, values)
        found = [problem.within("", at) for problem in error.problems] or [Problem(at, str(error), subject="")]
        return [placed(problem, places) for problem in found]
    return [placed(problem, places) for problem in refusals_of(config)]


def _stumbled_at(cls: type[Config], values: Mapping[str, Any]) -> Keys:
    """The field, and the item in it, that cannot be created."""
    for name, value in values.items():
        if name in cls.model_fields and _stumbles(cls, name, value):
            items = value if isinstance(value, list) else []
            number = next((number for number, item in enumerate(items) if _stumbles(cls, name, [item])), None)
            found: Keys = (name,)
            return found if number is None else (*found, number)
    return ()


def _stumbles(cls: type[Config], name: str, value: Any) -> bool:
    field = cls.model_fields[name]
    annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    try:
        TypeAdapter(annotation).validate_python(value)
    except ConfigError:
        return True
    except ValidationError:
        return False
    return False


def placed(problem: Problem, places: Places) -> Problem:
    """A problem that begins with its location: the line, or the command-line option."""
    written = places.text(problem.path)
    if problem.wants_text and written is not None:
        # YAML reads unquoted text that looks like a number or a date as one.
        problem = replace(problem, why=f'put it in quotes, "{written}"')
    return replace(problem, owner=f"{places.at(problem.path)}: {problem.owner}".rstrip())
