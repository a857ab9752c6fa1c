"""What each public name guarantees, takes and gives, read off its docstrings and types: the content of `secureinfra explain`."""

from __future__ import annotations

import functools
import importlib
import inspect
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.config.config import Config, rules_of
from secureinfra.config.docstrings import fields_of, on_one_line, paragraphs, sections
from secureinfra.config.help import signature_of, type_text
from secureinfra.config.rule import Rule
from secureinfra.declared.declaration import declaration_of
from secureinfra.declared.names import HOMES
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.modules.entries.catalogue import entries
from secureinfra.suggest import did_you_mean

__all__ = ["Part", "Reference", "index", "reference"]

CONSTRUCT, CONFIGURATION, ERROR, FUNCTION, TYPE, OTHER = (
    "construct",
    "configuration",
    "error",
    "function",
    "type of a setting",
    "class",
)


@dataclass(frozen=True)
class Part:
    """A setting, an argument, a method or an attribute.

    Args:
        name: its name; of a method with its arguments.
        type: its type, as one writes it.
        default: its default, as one writes it; `None` if it is required or has none.
        said: what its docstring says.
        rules: what a value must be, and what needs a waiver.
    """

    name: str
    type: str = ""
    default: str | None = None
    said: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """What there is to know about a public name.

    Args:
        name: the name, or `Class.member`.
        kind: `construct`, `configuration`, `function`, `class`, `error` or `type of a setting`.
        paragraphs: what it guarantees and creates.
        parts: settings, arguments, methods and attributes, by heading.
        raises: when it is refused.
        example: how it is used.
        module: its name in `secureinfra module`, if it has one.
        page: its folder below `examples`, if it has one.
    """

    name: str
    kind: str
    paragraphs: tuple[str, ...]
    parts: Mapping[str, tuple[Part, ...]]
    raises: str = ""
    example: str = ""
    module: str = ""
    page: str = ""


def index() -> dict[str, list[tuple[str, str]]]:
    """Every public name with its first sentence, by kind."""
    found: dict[str, list[tuple[str, str]]] = {
        kind: [] for kind in (CONSTRUCT, CONFIGURATION, FUNCTION, OTHER, TYPE, ERROR)
    }
    for name in HOMES:
        value = _public(name)
        said = paragraphs(_docstring(value)) or _rules(value)
        found[_kind_of(value)].append((name, said[0] if said else ""))
    return {kind: sorted(names) for kind, names in found.items()}


def reference(name: str) -> Reference:
    """What there is to know about a name.

    Args:
        name: a public name (`SecureBucket`), one of its members (`SecureBucket.grant_read`), or a module (`bucket`).

    Raises:
        ConfigError: there is no such name.
    """
    whole, _, member = name.removeprefix("secureinfra.").partition(".")
    value = _find(whole)
    own = str(getattr(value, "__name__", whole)) if whole not in HOMES else whole
    if member:
        return _of_member(value, own, member)
    kind, held = _kind_of(value), sections(_docstring(value))
    declared = declaration_of(value) if kind == CONSTRUCT else None
    return Reference(
        own,
        kind,
        paragraphs(_docstring(value)),
        {heading: parts for heading, parts in _parts(value, kind) if parts},
        on_one_line(held.get("Raises", "")),
        inspect.cleandoc(held.get("Example", "")),
        declared.module if declared else "",
        declared.page if declared else "",
    )


def _public(name: str) -> Any:
    return getattr(importlib.import_module(f"secureinfra.{HOMES[name]}"), name)


def _find(name: str) -> Any:
    if name in HOMES:
        return _public(name)
    if name in (known := entries()):
        return known[name].load()
    raise ConfigError(
        f"there is no public name {name!r}. {did_you_mean(name, (*HOMES, *known), 'List them: secureinfra explain')}"
    )


def _of_member(value: Any, of: str, name: str) -> Reference:
    members = {member.name.partition("(")[0]: member for _, parts in _members(value) for member in parts}
    if name not in members or not isinstance(value, type):
        listed = ", ".join(members) or "none"
        raise ConfigError(f"{of} has no public member {name!r}. {did_you_mean(name, members, f'It has: {listed}.')}")
    held = inspect.getattr_static(value, name)
    function = getattr(held, "__func__", held.fget if isinstance(held, property) else held)
    docstring, kind = _docstring(function), "property" if isinstance(held, property) else "method"
    said = sections(docstring)
    arguments = _arguments(function, entries_of(said.get("Args", ""))) if callable(function) else ()
    return Reference(
        f"{of}.{members[name].name}",
        kind if callable(function) else "value",
        paragraphs(docstring),
        {"Arguments": arguments} if arguments and kind == "method" else {},
        on_one_line(said.get("Raises", "")),
        inspect.cleandoc(said.get("Example", "")),
    )


def entries_of(section: str) -> dict[str, str]:
    """The entries below `Args:`, by name, each on one line.

    Args:
        section: the text below the heading.
    """
    found: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(section).splitlines():
        before, colon, after = line.partition(": ")
        if colon and before.isidentifier() and not line.startswith(" "):
            name, found[before] = before, after
        elif name:
            found[name] += f" {line.strip()}"
    return found


def _kind_of(value: Any) -> str:
    if not isinstance(value, type):
        return TYPE if typing.get_origin(value) is not None else FUNCTION
    for base, kind in ((SecureConstruct, CONSTRUCT), (Config, CONFIGURATION), (Exception, ERROR)):
        if issubclass(value, base):
            return kind
    return OTHER


def _docstring(value: Any) -> str:
    """The docstring as it was written: a configuration's is extended by its fields for `help()`."""
    if isinstance(value, type) and value.__module__.partition(".")[0] in ("cdktf", "cdktn", "constructs"):
        return f"The engine's own class, {value.__module__}.{value.__name__}."
    own = vars(value).get("__doc__") if isinstance(value, type) else getattr(value, "__doc__", None)
    if typing.get_origin(value) is not None:
        return ""
    return inspect.cleandoc(own or "").partition("\nFields:\n")[0]


def _parts(value: Any, kind: str) -> Iterator[tuple[str, tuple[Part, ...]]]:
    if kind == TYPE:
        yield "Rules", tuple(Part("", said=text) for text in _rules(value))
        return
    said = entries_of(sections(_docstring(value)).get("Args", ""))
    if kind == CONSTRUCT:
        # What all constructs take, they do not say again.
        said = {**entries_of(sections(_docstring(SecureConstruct)).get("Args", "")), **said}
    if kind == CONFIGURATION:
        yield "Settings", _settings(value)
    elif kind == FUNCTION or said:
        yield "Arguments", _arguments(vars(value).get("__init__", value) if isinstance(value, type) else value, said)
    if kind == CONSTRUCT and (config := value._config_type()) is not None:
        yield f"Settings ({config.__name__})", _settings(config)
    yield from _members(value)


def _settings(config: type[Config]) -> tuple[Part, ...]:
    said, found = fields_of(config), []
    for name, parameter in signature_of(config).parameters.items():
        rules = tuple(_in_words(rule) for rule in rules_of(config.model_fields[name]))
        found.append(Part(name, type_text(parameter.annotation), _default(parameter), said.get(name, ""), rules))
    return tuple(found)


def _in_words(rule: Any) -> str:
    if isinstance(rule, Rule):
        # A rule says what is wrong with a value that it refuses.
        text = rule.message
        return f"Must{text.removeprefix('must')}" if text.startswith("must") else f"Refused if it {text}"
    return f"A value that breaks control {rule.control.id} needs a waiver"


def _rules(annotation: Any) -> list[str]:
    return [_in_words(rule) for rule in typing.get_args(annotation)[1:] if isinstance(rule, Rule)]


def _arguments(function: Any, said: Mapping[str, str]) -> tuple[Part, ...]:
    try:
        signature = inspect.signature(function, eval_str=True)
    except (NameError, TypeError, ValueError):
        # A name that is imported for type checkers only, or a class of the engine.
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return tuple(Part(name, said=text) for name, text in said.items())
    parameters = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    return tuple(
        Part(one.name, _annotated(one.annotation), _default(one), said.get(one.name, ""))
        for one in parameters
        if one.name in said or not said
    )


def _annotated(annotation: Any) -> str:
    if annotation is inspect.Parameter.empty or annotation is Any:
        return ""
    return annotation if isinstance(annotation, str) else type_text(annotation)


def _default(parameter: inspect.Parameter) -> str | None:
    return None if parameter.default is inspect.Parameter.empty else repr(parameter.default)


def _members(value: Any) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Methods, attributes and constants that the library's own classes define, those of bases included."""
    if not isinstance(value, type):
        return
    methods: dict[str, Part] = {}
    attributes: dict[str, Part] = {}
    constants: dict[str, Part] = {}
    for base in reversed(value.__mro__):
        if not base.__module__.startswith(("secureinfra", value.__module__)) or base is Config:
            continue
        if base is SecureConstruct and value is not SecureConstruct:
            # For the authors of constructs: `secureinfra explain SecureConstruct`.
            continue
        for name, held in vars(base).items():
            function = getattr(held, "__func__", held)
            if name.startswith("_") or name in _INNER:
                continue
            if isinstance(held, property | functools.cached_property):
                getter = held.fget if isinstance(held, property) else held.func
                attributes[name] = Part(name, said=_first(getter))
            elif inspect.isfunction(function):
                methods[name] = Part(f"{name}{_called(function)}", said=_first(function))
            elif isinstance(held, value):
                constants[name] = Part(name, said=repr(held))
    yield "Methods", tuple(methods.values())
    yield "Attributes", tuple(attributes.values())
    yield "Constants", tuple(constants.values())


# What the library and pydantic call themselves.
_INNER = frozenset(("model_config", "model_post_init", "problems", "document"))


def _first(function: Any) -> str:
    said = paragraphs(getattr(function, "__doc__", None) or "")
    return said[0] if said else ""


def _called(function: Any) -> str:
    names = []
    for one in list(inspect.signature(function).parameters.values()):
        if one.name in ("self", "cls"):
            continue
        star = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
        needed = one.default is inspect.Parameter.empty
        names.append(f"{star}{one.name}" + ("" if needed else "=..."))
    return f"({', '.join(names)})"
