"""The base of every construct's configuration: frozen, checked as a whole, unsafe only with a waiver."""

from __future__ import annotations

import types
import typing
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NoReturn, Self, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from secureinfra.config.problem import Path, Problem, breaks, error_of
from secureinfra.config.rule import Rule
from secureinfra.config.rules import is_token
from secureinfra.config.tags import problems_of_tags
from secureinfra.config.validation import problems_in
from secureinfra.config.waiver import Waiver
from secureinfra.controls import Control, Keeps
from secureinfra.errors import ConfigError

if TYPE_CHECKING:
    from inspect import Signature

    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


@dataclass(frozen=True)
class Precondition:
    """What Terraform checks, since the value is not known at synthesis.

    Args:
        field: name of the value, used if a local has to hold it.
        value: the token.
        expression: what must be true, in Terraform's language, with `{value}` for the token.
        message: what is wrong otherwise, as it follows the name of the value.
        subject: that name, as the configuration's author knows it, e.g. `VpcConfig cidr`; empty if the message has one.
        control: the control that the value would break, if the check is for a control.
    """

    field: str
    value: Any
    expression: str
    message: str
    subject: str = ""
    control: Control | None = None

    @property
    def text(self) -> str:
        """What is wrong, for readers of the configuration."""
        return f"{self.subject} {self.message}".strip()

    def of_variable(self, name: str) -> str:
        """What is wrong, for readers of a module in which the value is a variable."""
        if self.control is not None:
            return f"{name} must satisfy control {self.control.id}: {self.control.why}."
        return f"{name} {self.message}" if self.subject else self.message


# Refused configurations whose error has not reached anybody, by identity: one that nothing uses would keep it to itself.
_unheard: dict[int, RefusedConfig] = {}


def take_unheard() -> list[str]:
    """What is wrong with configurations that nothing has used so far; each is returned once."""
    texts = [str(error_of("", one._secureinfra_problems)) for one in _unheard.values()]
    _unheard.clear()
    return texts


class RefusedConfig:
    """What a Config becomes if its values are refused: the construct that gets it raises the error, with its own path.

    Reading any field raises the same error without the path, so that nothing can be built from it unnoticed.
    """

    def __init__(self, of: type[Config], problems: list[Problem]) -> None:
        self._secureinfra_of = of
        self._secureinfra_problems = problems
        _unheard[id(self)] = self

    def require(self, path: str = "") -> NoReturn:
        """Raise what is wrong; see `Config.require`."""
        _unheard.pop(id(self), None)
        raise error_of(path, self._secureinfra_problems)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # Python's own lookups (copy, pytest's ids) get the usual answer.
            raise AttributeError(name)
        self.require()

    def __repr__(self) -> str:
        texts = "; ".join(problem.text for problem in self._secureinfra_problems)
        return f"<refused {texts}>"


def _signature_of(cls: type[Config]) -> Signature:
    from secureinfra.config.help import signature_of  # noqa: PLC0415 - most runs never ask

    return signature_of(cls)


def _documentation_of(cls: type[Config]) -> str:
    from secureinfra.config.help import documentation_of  # noqa: PLC0415 - as above

    return documentation_of(cls)


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class _ConfigMeta(ModelMetaclass):
    if not TYPE_CHECKING:
        # For `help()`, `?` and completion, computed on demand. pydantic would set its own signature.
        __signature__ = property(_signature_of, lambda cls, value: None)
        __doc__ = property(_documentation_of)

        def __call__(cls, *args: Any, **values: Any) -> Any:  # noqa: N805 - of a metaclass
            if args:
                raise ConfigError(f"{cls.__name__} takes its fields by name: write {cls.__name__}(field=value).")
            problems = list(_nested_problems(cls, values))
            if not problems:
                try:
                    config = super().__call__(**values)
                except ValidationError as error:
                    problems = list(problems_in(cls, error))
                    problems += _problems_of_the_rest(cls, values, error)
            if problems:
                return RefusedConfig(cls, problems)
            return config


class Config(BaseModel, metaclass=_ConfigMeta):
    """Base of every configuration: no unknown field, no change after creation, no weakening without a waiver.

    A refused value does not raise where the configuration is written but where it is used: the construct that gets
    it raises one error with all problems and its own path. Reading a field of a refused configuration raises too.

    Args:
        waivers: waivers for controls that are not met here; each names one control.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    waivers: tuple[Waiver, ...] = ()
    """Waivers for controls that are not met here, each with a reason, an owner and an end date."""

    _secureinfra_keeps: ClassVar[dict[str, Keeps] | None] = None

    @model_validator(mode="after")
    def _refuse_problems(self) -> Self:
        # Through pydantic, so that a part given as a mapping (from YAML, say) is checked like one given as an object.
        if problems := list(self._problems()):
            raise PydanticCustomError("config", "refused", {"problems": problems})
        return self

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Only what was given: with all its defaults, a configuration is too long for one line.
        return ((name, value) for name, value in super().__repr_args__() if name in self.model_fields_set)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A configuration from a mapping, e.g. a parsed YAML file; refused values raise at once.

        Raises:
            ConfigError: a field is unknown or its value is refused.
        """
        return cls(**dict(values)).require()

    def require(self, path: str = "") -> Self:
        """Return this configuration, or raise one error with everything that is refused in it.

        A method that takes a configuration calls this first, since refused values do not raise on their own.

        Args:
            path: path of the construct that uses it.

        Raises:
            ConfigError: values are refused.
        """
        return self

    def problems(self) -> Iterator[Problem | str]:
        """What is wrong with the combination of values; a subclass yields a `Problem` for each, or a sentence."""
        return iter(())

    def refusals(self, *parts: Config | None) -> Iterator[Problem]:
        """What is refused in parts made of these values: for a construct that creates other constructs.

        Args:
            parts: configurations made of this one's values, with the same field names where possible.
        """
        for part in parts:
            for problem in refusals_of(part):
                # A value that was not passed on under its own name is a problem of all values together.
                ours = problem.path[:1] and problem.path[0] in type(self).model_fields
                yield problem if ours else problem.moved(())

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
            return
        kind = type(self).__name__
        raise ConfigError(
            f"{kind} {name} cannot be changed: configurations are immutable. Write {kind}({name}=...) instead."
        )

    def waiver(self, control_id: str) -> Waiver | None:
        """The waiver for a control, if there is one."""
        return next((waiver for waiver in self.waivers if waiver.control == control_id), None)

    def waived(self) -> list[Waiver]:
        """The waivers that a field of this configuration needs."""
        return [waiver for _, keeps, waiver in self._weakened(self._keeps()) if waiver]

    def needless(self) -> list[Waiver]:
        """The waivers whose control every field of this configuration meets as it is."""
        keeps = self._keeps().values()
        weakened = {broken.control.id for _, broken, _ in self._weakened(self._keeps())}
        fields = {name: kept.control.id for name, kept in self._keeps().items()}
        open_ = {control for name, control in fields.items() if is_token(getattr(self, name))}
        met = {kept.control.id for kept in keeps} - weakened - open_
        return [waiver for waiver in self.waivers if waiver.control in met]

    def conditions(self) -> Iterator[Precondition]:
        """What Terraform must check: each rule and unwaived control on a field whose value is a token, in nested parts too."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            for token, rule in _tokens_under_rules(field.annotation, field.metadata, value):
                if isinstance(rule, Keeps) and self.waiver(rule.control.id):
                    continue
                control = rule.control if isinstance(rule, Keeps) else None
                message = f"breaks {control.id}" if control else typing.cast(Rule, rule).message
                yield Precondition(name, token, rule.expression, message, f"{type(self).__name__} {name}", control)
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
            if problem := waiver.refusal():
                yield problem.within(kind, ("waivers", number))
        yield from self._broken(self._keeps())
        if isinstance(tags := getattr(self, "tags", None), Mapping):
            yield from (problem.within(kind) for problem in problems_of_tags(tags))
        for found in self.problems():
            problem = Problem((), found, subject="") if isinstance(found, str) else found.about(self)
            yield problem.within(kind)

    def _broken(self, fields: Container[str]) -> Iterator[Problem]:
        for name, keeps, permitted in self._weakened(fields):
            if permitted is None:
                problem = breaks(f"{name}={getattr(self, name)!r}", keeps.control, (name,))
                yield problem.within(type(self).__name__)


def _problems_of_the_rest(cls: type[Config], values: Mapping[str, Any], error: ValidationError) -> list[Problem]:
    """What is wrong in addition to unreadable fields, so that all problems are reported at once.

    Only broken controls: the combination of values cannot be checked without the unreadable fields.
    """
    unreadable = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    if not unreadable:
        return []
    checked = {name for name in ("waivers", *cls._keeps()) if name in values} - unreadable
    if "waivers" in unreadable or not checked:
        return []
    read = {name: _read(cls.model_fields[name], values[name]) for name in checked}
    return list(cls.model_construct(**read)._broken(checked))


def _read(field: FieldInfo, value: Any) -> Any:
    annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(annotation).validate_python(value)


def refused(config: object) -> bool:
    """Whether a configuration holds refused values instead of a usable one."""
    return isinstance(config, RefusedConfig)


def refusals_of(config: object) -> tuple[Problem, ...]:
    """Everything that is refused in a configuration; nothing for a usable one."""
    if not isinstance(config, RefusedConfig):
        return ()
    _unheard.pop(id(config), None)
    return tuple(config._secureinfra_problems)


def _nested_problems(cls: type[Config], values: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in values.items():
        held: Iterable[tuple[Path, Any]] = (((), value),)
        if isinstance(value, list | tuple):
            held = (((number,), item) for number, item in enumerate(value))
        elif isinstance(value, dict):
            held = (((key,), item) for key, item in value.items())
        for at, item in held:
            for problem in refusals_of(item):
                yield problem.within(f"{cls.__name__} {name}", (name, *at))


def _configs_in(value: Any) -> Iterator[Config]:
    """The configurations in a field: one, or several in a tuple or mapping."""
    if isinstance(value, Config):
        yield value
    elif isinstance(value, list | tuple | Mapping):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _configs_in(item)


def _tokens_under_rules(annotation: Any, metadata: list[Any], value: Any) -> Iterator[tuple[Any, Rule | Keeps]]:
    """Each token in a value, with each rule of its type."""
    if is_token(value):
        for rule in _rules(annotation, metadata):
            yield value, rule
    elif isinstance(value, list | tuple):
        for argument in typing.get_args(annotation):
            for item in value:
                yield from _tokens_under_rules(argument, [], item)


def rules_of(field: FieldInfo) -> tuple[Rule | Keeps, ...]:
    """The rules on a field's value, and the controls that it is tied to.

    Args:
        field: a field of a configuration.
    """
    return tuple(dict.fromkeys(_rules(field.annotation, field.metadata)))


def _rules(annotation: Any, metadata: list[Any]) -> Iterator[Rule | Keeps]:
    yield from (item for item in metadata if isinstance(item, Rule | Keeps))
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        base, *inner = typing.get_args(annotation)
        yield from _rules(base, inner)
    elif origin in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from _rules(member, [])
