"""Turns pydantic's errors about a configuration into problems in the caller's words."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from pydantic import BaseModel, ValidationError

from secureinfra.config.problem import Path, Problem
from secureinfra.config.words import Text
from secureinfra.facts.tokens import is_known_later
from secureinfra.suggest import did_you_mean

_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
_NO_FIELDS = {"model_type", "model_attributes_type", "dataclass_type"}
_ONE_VALUE = {"tuple_type", "list_type"}
# How pydantic names a member of a union in the location of an error.
_MEMBER = re.compile(r"(?:[a-z-]+\[.*\b)?([A-Z]\w*)\]*")
_SCALARS = {"str", "int", "bool", "float"}


def problems_in(cls: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """The problems that pydantic found, reworded; for a union only those of the member that was meant."""
    told: set[tuple[Path, str]] = set()
    for problem in _problems(cls, error):
        # Every member of a union reports the same for a value without a kind.
        if (about := (problem.path, problem.text)) not in told:
            told.add(about)
            yield problem


def _problems(cls: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    for detail in _of_members_meant(error.errors()):
        path = _path(detail["loc"])
        if detail["type"] == "config":
            owner = f"{cls.__name__} {path[0]}" if path else ""
            for problem in detail["ctx"]["problems"]:
                yield problem.within(owner, path) if owner else problem
        else:
            yield dataclasses.replace(_problem(cls, detail, path), owner=cls.__name__)


def _problem(cls: type[BaseModel], detail: Any, path: Path) -> Problem:
    kind, given = detail["type"], detail["input"]
    name = ".".join(map(str, path))
    if kind in _UNKNOWN:
        return _unknown_field(cls, detail["loc"])
    if kind == "missing":
        what = f"lacks {name!r}"
        return Problem(path, what, "it has no safe default", lambda words: f"Add {words.setting(name)}", subject="")
    if kind == "rule":
        return Problem(path, detail["ctx"]["complaint"], given=given)
    return _of_another_kind(cls, detail, path)


def _of_another_kind(cls: type[BaseModel], detail: Any, path: Path) -> Problem:
    """What is wrong with a value that is not of the field's type."""
    kind, given = detail["type"], detail["input"]
    if is_known_later(given):
        return Problem(path, *_FIXED, given=given)
    if kind in _NO_FIELDS:
        return Problem(path, "is not a mapping of fields", instead=_with_fields(cls, path, given), given=given)
    if kind in _ONE_VALUE and not isinstance(given, Mapping | set | frozenset):
        return Problem(path, "is one value", instead=lambda words: f"Write {words.several(given)}", given=given)
    complaint = detail["msg"].removeprefix("Value error, ")
    complaint = complaint[:1].lower() + complaint[1:]
    if kind != "value_error":
        complaint = complaint.replace("input should be", "must be")
    if kind == "string_type":
        return Problem(path, complaint, instead=lambda words: words.as_text(given), given=given, wants_text=True)
    return Problem(path, complaint, given=given)


_FIXED = (
    "is known to Terraform only",
    "it decides structure, which is fixed at synthesis, before Terraform knows any value",
    "Write the value itself",
)


def _with_fields(cls: type[BaseModel], path: Path, given: Any) -> Text:
    """How to write a value that was given without fields: `ServiceTrust(service='ecs-tasks')`."""
    classes = _classes_at(cls, path)
    fitting = (one for one in classes if isinstance(given, str) and _accepts(one, given))
    if meant := next(fitting, None):
        return lambda words: f"Write {words.part(meant.__name__, {_needed(meant)[0]: given})}"
    return lambda words: f"Write {words.fields(one.__name__ for one in classes)}"


def _accepts(cls: type, given: str) -> bool:
    """Whether a value fits the one field that a class requires."""
    needed = _needed(cls)
    if len(needed) != 1 or not issubclass(cls, BaseModel):
        return False
    try:
        cls.__pydantic_validator__.validate_python({needed[0]: given})
    except ValidationError:
        return False
    return True


def _needed(cls: type) -> list[str]:
    """The fields without a default."""
    if issubclass(cls, BaseModel):
        return [name for name, field in cls.model_fields.items() if field.is_required()]
    fields = getattr(cls, "__dataclass_fields__", {}).values()
    missing = dataclasses.MISSING
    return [field.name for field in fields if field.default is missing and field.default_factory is missing]


def _unknown_field(cls: type[BaseModel], loc: Path) -> Problem:
    *parents, name = _path(loc)
    fields = _fields_at(cls, loc[:-1])
    advice = did_you_mean(str(name), fields, f"It has: {', '.join(sorted(fields))}" if fields else "")
    return Problem((*parents, name), f"has no field {name!r}", instead=advice, subject=".".join(map(str, parents)))


def _fields_at(cls: type, loc: Path) -> list[str]:
    """The fields of the class that a location leads to."""
    return list(dict.fromkeys(name for one in _classes_at(cls, loc) for name in _annotations(one)))


def _classes_at(cls: type, loc: Path) -> list[type]:
    """The classes that a location may lead to."""
    classes: list[type] = [cls]
    for part in loc:
        if member := _member(part):
            classes = [one for one in classes if one.__name__ == member] or classes
            continue
        annotations = [_annotations(one)[str(part)] for one in classes if part in _annotations(one)]
        # A number is a list position, other text a mapping key; the annotation already covers the items of both.
        classes = [found for one in annotations for found in _classes_in(one)] or classes
    return classes


def _annotations(cls: type) -> Mapping[str, Any]:
    if issubclass(cls, BaseModel):
        return {name: field.annotation for name, field in cls.model_fields.items()}
    fields: Mapping[str, Any] = getattr(cls, "__dataclass_fields__", {})
    hints = typing.get_type_hints(cls) if fields else {}
    return {name: hints[name] for name in fields}


def _classes_in(annotation: Any) -> Iterator[type]:
    """The configurations and data classes in an annotation."""
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or dataclasses.is_dataclass(annotation)):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _classes_in(argument)


def _path(loc: Path) -> Path:
    return tuple(part for part in loc if not _is_type_tag(part))


def _is_type_tag(part: str | int) -> bool:
    return isinstance(part, str) and ("[" in part or part in _SCALARS or _member(part) is not None)


def _member(part: str | int) -> str | None:
    found = _MEMBER.fullmatch(part) if isinstance(part, str) and "[" in part else None
    return found.group(1) if found else None


def _of_members_meant(details: Iterable[Any]) -> Iterator[Any]:
    """Keep the errors of the member that was meant: pydantic reports errors for every member of a union of configurations."""
    for before, group in groupby(details, key=lambda detail: _before_member(detail["loc"])):
        if before is None:
            yield from group
        else:
            members: dict[str | int, list[Any]] = {}
            for detail in group:
                members.setdefault(detail["loc"][len(before)], []).append(detail)
            yield from _meant(list(members.values()), len(before) + 1)


def _before_member(loc: Path) -> Path | None:
    number = next((number for number, part in enumerate(loc) if _member(part)), None)
    return None if number is None else loc[:number]


def _meant(members: list[list[Any]], depth: int) -> list[Any]:
    """The errors of the member whose `kind` was given, or of the best match if no kind was given."""

    def own(detail: Any, *kinds: str) -> bool:
        return len(detail["loc"]) == depth + 1 and detail["type"] in kinds

    def misfit(details: list[Any]) -> tuple[bool, int, int]:
        other = any(own(detail, "literal_error") and detail["loc"][-1] == "kind" for detail in details)
        return other, sum(own(detail, *_UNKNOWN) for detail in details), len(details)

    best = min(members, key=misfit)
    if not misfit(best)[0]:
        return best
    of_kinds = [detail for details in members for detail in details if own(detail, "literal_error")]
    *others, last = dict.fromkeys(detail["ctx"]["expected"] for detail in of_kinds if detail["loc"][-1] == "kind")
    wanted = f"{', '.join(others)} or {last}" if others else last
    return [{**of_kinds[0], "msg": f"Input should be {wanted}"}]
