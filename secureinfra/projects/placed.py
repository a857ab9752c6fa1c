"""A configuration from a file, whose errors name the line and say what to write there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from secureinfra.config import Config, error_of, refused
from secureinfra.errors import ConfigError
from secureinfra.problem import Problem
from secureinfra.projects.yaml_file import Places
from secureinfra.projects.yaml_nodes import Keys

_Config = TypeVar("_Config", bound=Config)

_WAIVER = re.compile(r"Waiver\(control='([^']+)', reason=\.\.\., owner=\.\.\., until=\.\.\.\)")
_ADD = re.compile(r"Add ([\w.]+)=\.\.\.")
# What a problem of the values taken together begins with: class, field, and perhaps one of the field's items.
_SUBJECT = re.compile(r"(?:\w+ [\w.]+: )*\w+ ([a-z_][\w.]*)(?:[ a-z]* '([^']*)'(?: ([a-z_][\w.]*))?)?")


def config_from(cls: type[_Config], values: Mapping[str, Any], places: Places) -> _Config:
    """A configuration from the values of a file.

    Args:
        cls: the configuration's class.
        values: its fields.
        places: where they stand (`Document.places`, or those of a part: `places.below("settings")`).

    Raises:
        ConfigError: something is refused; each problem in a line of its own that begins with its place,
            `settings.yaml:12:7: VpcConfig zones=0 must be ...`.
    """
    problems = problems_of(cls, values, places)
    if problems:
        raise error_of("", problems)
    return cls(**values)


def problems_of(cls: type[Config], values: Mapping[str, Any], places: Places) -> list[Problem]:
    """What `config_from` would raise; empty where the values are accepted."""
    try:
        config = cls(**values)
    except ConfigError as error:
        # Policy statements refuse themselves, before pydantic could say where they stand.
        return [placed(Problem(str(error), at=_stumbled_at(cls, values)), values, places)]
    if not refused(config):
        return []
    return [placed(problem, values, places) for problem in config._secureinfra_problems]


def _stumbled_at(cls: type[Config], values: Mapping[str, Any]) -> Keys:
    """The field, and the item of it, that cannot even be made."""
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


def placed(problem: Problem, values: Any, places: Places) -> Problem:
    """A problem whose text begins with its place, and speaks of YAML where it spoke of Python."""
    keys = _subject(problem, values)
    return replace(problem, text=f"{places.at(keys)}: {in_yaml(_with_quotes(problem, places))}")


def _subject(problem: Problem, values: Any) -> Keys:
    """The keys of what a problem speaks of, as far as they are there."""
    keys = problem.at
    held = _held(values, keys)
    found = _SUBJECT.match(problem.text) if isinstance(held, dict) else None
    if not found:
        return keys
    field, item, inner = found.groups()
    names = tuple(field.split("."))
    number = _number(_held(held, names), item)
    if number is None:
        return (*keys, *names)
    return (*keys, *names, number, *(inner or "").split("."))


def _held(values: Any, keys: Keys) -> Any:
    for key in keys:
        try:
            values = values[key]
        except (LookupError, TypeError):
            return None
    return values


def _number(items: Any, text: str | None) -> int | None:
    """Which item of a list is so called."""
    if text is None or not isinstance(items, list):
        return None
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    return names.index(text) if text in names else None


def in_yaml(text: str) -> str:
    """A text that shows the way out in Python, as one writes it in YAML."""
    text = _WAIVER.sub(r"'waivers: [{control: \1, reason: ..., owner: ..., until: YYYY-MM-DD}]'", text)
    return _ADD.sub(lambda found: f"Add '{found.group(1).rpartition('.')[2]}: ...'", text)


def _with_quotes(problem: Problem, places: Places) -> str:
    """A text that was wanted must be in quotes where YAML would read a number or a date."""
    written = places.text(problem.at)
    if problem.text.endswith("must be a valid string.") and written is not None:
        return f'{problem.text.removesuffix(".")}: put it in quotes, "{written}".'
    return problem.text
