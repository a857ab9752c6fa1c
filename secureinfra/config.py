"""The base of every construct's configuration: frozen, checked as a whole, unsafe only with a waiver."""

from __future__ import annotations

import types
import typing
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeGuard, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from secureinfra.controls import Control, Keeps
from secureinfra.errors import ConfigError, ControlError
from secureinfra.problem import Problem, worded
from secureinfra.values import Rule, is_token
from secureinfra.waiver import Waiver

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


@dataclass(frozen=True)
class Condition:
    """What Terraform must judge, since the value is not known at synthesis."""

    field: str
    value: Any
    expression: str
    message: str


class InvalidConfig:
    """What a Config becomes when its values are refused: it waits for the construct, whose path the error names.

    Reading any field of it raises the same error without the path, so that nothing can be built from it unnoticed.
    """

    def __init__(self, of: type[Config], problems: list[Problem]) -> None:
        self._secureinfra_of = of
        self._secureinfra_problems = problems

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return self._secureinfra_of

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # Python's own questions (copy, pytest's ids) are answered as any object answers them.
            raise AttributeError(name)
        raise self._secureinfra_error("")

    def __repr__(self) -> str:
        texts = "; ".join(problem.text for problem in self._secureinfra_problems)
        return f"<refused {texts}>"

    def _secureinfra_error(self, path: str) -> ConfigError:
        return error_of(path, self._secureinfra_problems)


def error_of(path: str, problems: list[Problem]) -> ConfigError:
    """One error for all problems of one configuration."""
    prefix = f"{path}: " if path else ""
    kind = ControlError if all(problem.breaks_control for problem in problems) else ConfigError
    return kind("\n".join(prefix + problem.text for problem in problems))


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class _ConfigMeta(ModelMetaclass):
    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **values: Any) -> Any:  # noqa: N805 - of a metaclass
            if args:
                raise ConfigError(f"{cls.__name__} takes its fields by name: write {cls.__name__}(field=value).")
            problems = list(_nested_problems(cls, values))
            if not problems:
                try:
                    config = super().__call__(**values)
                except ValidationError as error:
                    problems = list(worded(cls, error))
                    problems += _problems_of_the_rest(cls, values, error)
            if problems:
                return InvalidConfig(cls, problems)
            return config


class Config(BaseModel, metaclass=_ConfigMeta):
    """Base of every configuration: no unknown field, no change after creation, no weakening without a waiver.

    A refused value does not raise where the configuration is written but where it is used: the construct that gets
    it raises one error with all problems and its own path. Reading a field of a refused configuration raises too.

    Args:
        waivers: permissions to break a control here; each names one control.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    waivers: tuple[Waiver, ...] = ()
    """Permissions to break a control here, each with a reason, an owner and an end date."""

    _secureinfra_keeps: ClassVar[dict[str, Keeps] | None] = None

    @model_validator(mode="after")
    def _refuse_problems(self) -> Self:
        # Through pydantic, so that a part given as a mapping (from YAML, say) is judged like one given as an object.
        if problems := list(self._problems()):
            raise PydanticCustomError("config", "refused", {"problems": problems})
        return self

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A configuration from a mapping, e.g. a parsed YAML file; refused values raise at once.

        Raises:
            ConfigError: a field is unknown or its value is refused.
        """
        config = cls(**dict(values))
        if refused(config):
            raise config._secureinfra_error("")
        return config

    def problems(self) -> Iterator[str]:
        """What is wrong with the values taken together; a subclass yields one sentence for each."""
        return iter(())

    def waiver(self, control_id: str) -> Waiver | None:
        """The waiver for that control, if there is one."""
        return next((waiver for waiver in self.waivers if waiver.control == control_id), None)

    def waived(self) -> list[Waiver]:
        """The waivers that a field of this configuration needs."""
        return [waiver for _, keeps, waiver in self._weakened(self._keeps()) if waiver]

    def conditions(self) -> Iterator[Condition]:
        """What Terraform must judge: each rule and unwaived control on a field whose value is a token, in nested parts too."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            for token, rule in _tokens_under_rules(field.annotation, field.metadata, value):
                if isinstance(rule, Keeps) and self.waiver(rule.control.id):
                    continue
                demand = rule.problem.format(value=name) if isinstance(rule, Rule) else f"breaks {rule.control.id}"
                yield Condition(name, token, rule.expression, f"{type(self).__name__} {name} {demand}")
            for part in _configs_in(value):
                yield from part.conditions()

    @classmethod
    def _keeps(cls) -> dict[str, Keeps]:
        if "_secureinfra_keeps" not in cls.__dict__:
            cls._secureinfra_keeps = {
                name: keeps
                for name, field in cls.model_fields.items()
                for keeps in field.metadata
                if isinstance(keeps, Keeps)
            }
        return cls._secureinfra_keeps or {}

    def _weakened(self, fields: Container[str]) -> Iterator[tuple[str, Keeps, Waiver | None]]:
        for name, keeps in self._keeps().items():
            if name in fields and not is_token(value := getattr(self, name)) and not keeps.test(value):
                yield name, keeps, self.waiver(keeps.control.id)

    def _problems(self) -> Iterator[Problem]:
        kind = type(self).__name__
        for number, waiver in enumerate(self.waivers):
            if problem := waiver.problem():
                yield Problem(f"{kind} {problem}", at=("waivers", number))
        yield from self._broken(self._keeps())
        for text in self.problems():
            yield Problem(f"{kind} {text}")

    def _broken(self, fields: Container[str]) -> Iterator[Problem]:
        for name, keeps, permitted in self._weakened(fields):
            if permitted is None:
                broken = f"{type(self).__name__} {name}={getattr(self, name)!r} breaks control {keeps.control.id}"
                yield Problem(refusal(broken, keeps.control), breaks_control=True, at=(name,))


def refusal(broken: str, control: Control) -> str:
    """The sentence that refuses a broken control and shows the way out."""
    if not control.waivable:
        return f"{broken}: {control.why}. Remove it: no waiver is accepted for this control."
    return (
        f"{broken}: {control.why}.\n"
        f"  Remove it, or add Waiver(control={control.id!r}, reason=..., owner=..., until=...)."
    )


def _problems_of_the_rest(cls: type[Config], values: Mapping[str, Any], error: ValidationError) -> list[Problem]:
    """What else is wrong, once the fields that cannot be read are set aside: all problems are told at once.

    Only broken controls: how the rest goes together cannot be judged without the fields set aside.
    """
    unreadable = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    if not unreadable:
        return []
    judged = {name for name in ("waivers", *cls._keeps()) if name in values} - unreadable
    if "waivers" in unreadable or not judged:
        return []
    read = {name: _read(cls.model_fields[name], values[name]) for name in judged}
    return list(cls.model_construct(**read)._broken(judged))


def _read(field: FieldInfo, value: Any) -> Any:
    annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(annotation).validate_python(value)


def refused(config: object) -> TypeGuard[InvalidConfig]:
    """Whether a configuration holds refused values instead of a usable one."""
    return type(config) is InvalidConfig


def _nested_problems(cls: type[Config], values: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in values.items():
        items = value if isinstance(value, list | tuple) else value.values() if isinstance(value, dict) else (value,)
        for item in items:
            if refused(item):
                for problem in item._secureinfra_problems:
                    yield Problem(f"{cls.__name__} {name}: {problem.text}", problem.breaks_control, (name, *problem.at))


def _configs_in(value: Any) -> Iterator[Config]:
    """The configurations that a field holds: one, or several in a tuple or under names."""
    if isinstance(value, Config):
        yield value
    elif isinstance(value, list | tuple | Mapping):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _configs_in(item)


def _tokens_under_rules(annotation: Any, metadata: list[Any], value: Any) -> Iterator[tuple[Any, Rule | Keeps]]:
    """Each token in a value, with each rule that its type puts on it."""
    if is_token(value):
        for rule in _rules(annotation, metadata):
            yield value, rule
    elif isinstance(value, list | tuple):
        for argument in typing.get_args(annotation):
            for item in value:
                yield from _tokens_under_rules(argument, [], item)


def _rules(annotation: Any, metadata: list[Any]) -> Iterator[Rule | Keeps]:
    yield from (item for item in metadata if isinstance(item, Rule | Keeps))
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        base, *inner = typing.get_args(annotation)
        yield from _rules(base, inner)
    elif origin in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from _rules(member, [])
