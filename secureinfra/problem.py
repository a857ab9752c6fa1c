"""What is wrong with a configuration: each problem in the caller's words, and where among the values it is."""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import BaseModel, ValidationError

Path = tuple[str | int, ...]

_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
_NO_FIELDS = {"model_type", "model_attributes_type", "dataclass_type"}
# How pydantic calls a member of a union in the location of a problem.
_MEMBER = re.compile(r"(?:[a-z-]+\[.*\b)?([A-Z]\w*)\]*")
_SCALARS = {"str", "int", "bool", "float"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a configuration, in words that follow the construct's path.

    Args:
        text: what is wrong.
        breaks_control: whether that is a control that no waiver covers.
        at: the names and numbers that lead to the value; for one that is missing or unknown, its own name is the last.
    """

    text: str
    breaks_control: bool = False
    at: Path = ()


def worded(cls: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """The problems that pydantic found, in our words; of a union only those of the member that was meant."""
    for detail in _of_members_meant(error.errors()):
        if detail["type"] == "config":
            where = f"{cls.__name__} {detail['loc'][0]}: " if detail["loc"] else ""
            for problem in detail["ctx"]["problems"]:
                yield Problem(where + problem.text, problem.breaks_control, (*_path(detail["loc"]), *problem.at))
        else:
            yield Problem(_text(cls, detail), at=_path(detail["loc"]))


def _text(cls: type[BaseModel], detail: Any) -> str:
    path = _path(detail["loc"])
    location = ".".join(map(str, path))
    kind, given = detail["type"], detail["input"]
    if kind in _UNKNOWN:
        return _unknown_field(cls, detail["loc"])
    if kind == "missing":
        return f"{cls.__name__} lacks {location!r}: it has no safe default. Add {location}=..."
    if kind in _NO_FIELDS:
        return f"{cls.__name__} {location}={given!r} is no mapping of fields. Write them by name."
    complaint = detail["msg"].removeprefix("Value error, ")
    complaint = complaint[:1].lower() + complaint[1:]
    if kind not in {"rule", "value_error"}:
        complaint = complaint.replace("input should be", "must be")
    return f"{cls.__name__} {location}={given!r} {complaint}" + ("" if complaint.endswith((".", "'")) else ".")


def _unknown_field(cls: type[BaseModel], loc: Path) -> str:
    *parents, name = _path(loc)
    where = f"{cls.__name__} {'.'.join(map(str, parents))}".strip()
    fields = _fields_at(cls, loc[:-1])
    near = difflib.get_close_matches(str(name), fields, n=1)
    listed = f" It has: {', '.join(sorted(fields))}." if fields else ""
    return f"{where} has no field {name!r}." + (f" Did you mean {near[0]!r}?" if near else listed)


def _fields_at(cls: type, loc: Path) -> list[str]:
    """The fields of the class that a location leads to."""
    classes: list[type] = [cls]
    for part in loc:
        if member := _member(part):
            classes = [one for one in classes if one.__name__ == member] or classes
            continue
        annotations = [_annotations(one)[str(part)] for one in classes if part in _annotations(one)]
        # A number is an item of a list, another text a key of a mapping: both hold what the annotation says already.
        classes = [found for one in annotations for found in _classes_in(one)] or classes
    return list(dict.fromkeys(name for one in classes for name in _annotations(one)))


def _annotations(cls: type) -> Mapping[str, Any]:
    if issubclass(cls, BaseModel):
        return {name: field.annotation for name, field in cls.model_fields.items()}
    fields: Mapping[str, Any] = getattr(cls, "__dataclass_fields__", {})
    hints = typing.get_type_hints(cls) if fields else {}
    return {name: hints[name] for name in fields}


def _classes_in(annotation: Any) -> Iterator[type]:
    """The configurations and data classes that an annotation speaks of."""
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
    """Pydantic tells what is wrong for every member of a union of configurations: only one of them was meant."""
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
    """What was told of the member whose `kind` was given; of the one that fits best where none was."""

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
