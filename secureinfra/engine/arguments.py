"""Checks the arguments of constructs and their methods against the signature, with errors that say what to write instead."""

from __future__ import annotations

import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from secureinfra.config.config import Config, refused
from secureinfra.declared.names import HOMES
from secureinfra.errors import ConfigError
from secureinfra.facts.tokens import is_known_later, shown
from secureinfra.suggest import did_you_mean

# What a caller can pass for each protocol.
_SPOKEN = {
    "AlarmTopic": "SecureTopic",
    "Grantee": "role (SecureRole or ExistingRole)",
    "HasArn": "construct with an arn",
    "HasConnections": "construct with connections",
    "HasVpc": "SecureVpc",
    "QueueSource": "Queue",
    "Receiver": "target (Queue, SecureTopic, Function, EventBus, Stream, Delivery or Workflow)",
    "StreamSource": "Stream or Table with a stream",
}
# What a string means where such a construct is accepted too.
_TEXT = {"HasArn": "ARN", "HasVpc": "VPC id", "Grantee": "role's ARN"}
_PLACED = ("self", "scope", "id", "config", "provider")


def expected(where: str, name: str, value: object, *kinds: type) -> None:
    """Refuse an argument of the wrong type.

    Args:
        where: path of the construct, and the method if there is one.
        name: name of the argument.
        value: the value given.
        kinds: the accepted types; a protocol accepts anything with its members.

    Raises:
        ConfigError: the value is of none of these types.
    """
    if not any(_is(value, kind) for kind in kinds):
        raise _unfit(where, name, value, tuple(kind.__name__ for kind in kinds))


def check_call(cls: type, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments by name; those that a construct does not accept are refused, before its constructor runs.

    Args:
        cls: the construct.
        args: positional arguments.
        keywords: keyword arguments.

    Raises:
        ConfigError: scope and id are swapped or missing, a name is unknown, or a neighbor is of the wrong kind.
    """
    constructor: Callable[..., Any] = cls.__init__  # type: ignore[misc]
    signature = _signature(constructor)
    _refuse_order(cls, args, keywords)
    try:
        bound = signature.bind(None, *args, **keywords).arguments
    except TypeError:
        raise _misfit(cls, signature, args, keywords) from None
    for name, value in bound.items():
        kinds = () if name in _PLACED or value is None else _kinds(constructor, name)
        if kinds and not any(kind is not None and _is(value, kind) for _, kind in kinds):
            where = f"{_path(bound.get('scope'), bound.get('id'))}: {cls.__name__}"
            raise _unfit(where, name, value, tuple(kind for kind, _ in kinds if kind != "None"))
    return bound


@functools.cache
def _signature(constructor: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(constructor)


def _refuse_order(cls: type, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> None:
    scope, id = (*args, None, None)[:2]
    scope, id = keywords.get("scope", scope), keywords.get("id", id)
    name = cls.__name__
    if isinstance(scope, str) and id is not None and not isinstance(id, str):
        raise ConfigError(f"{name}: scope and id are swapped. Write {name}(scope, {scope!r}, ...).")
    if isinstance(scope, str | Config | type | int | Mapping) or refused(scope):
        raise ConfigError(
            f"{name}: {_called(scope)} is not a scope: a construct belongs to a stack or another construct. Write "
            f"{_shape(cls)}, with the stack first."
        )
    if id is not None and not isinstance(id, str):
        raise ConfigError(
            f"{name}: {_called(id)} is not an id: the name within the scope comes second. Write {_shape(cls)}."
        )


def _misfit(cls: type, signature: inspect.Signature, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> ConfigError:
    """The error for arguments that do not fit the signature."""
    parameters = dict(list(signature.parameters.items())[1:])
    where = f"{_path(*(*args, None, None)[:2])}: {cls.__name__}" if len(args) > 1 else cls.__name__
    by_place = [name for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
    for name in keywords:
        if name not in parameters:
            return _unknown(cls, where, name, parameters)
    if len(args) > len(by_place):
        return ConfigError(
            f"{where} takes {', '.join(by_place)} by position, everything else by name: write name=value."
        )
    if twice := [name for name in by_place[: len(args)] if name in keywords]:
        return ConfigError(f"{where} is given {twice[0]} twice, by position and by name. Leave one out.")
    missing = next(
        name
        for name, one in parameters.items()
        if one.default is one.empty and name not in keywords and name not in by_place[: len(args)]
    )
    if missing in _PLACED:
        what = "a configuration" if missing == "config" else f"its {missing}"
        return ConfigError(f"{where} lacks {what}. Write {_shape(cls)}.")
    kinds = tuple(kind for kind, _ in _kinds(cls.__init__, missing))  # type: ignore[misc]
    return ConfigError(f"{where} lacks {missing}. Add {missing}=...{f', {_one_of(kinds)}' if kinds else ''}.")


def _unknown(cls: type, where: str, name: str, parameters: Iterable[str]) -> ConfigError:
    config = _config_of(cls)
    if config is not None and name in config.model_fields:
        return ConfigError(
            f"{where} takes {name} in its configuration. Write {cls.__name__}(scope, id, {config.__name__}({name}=...))."
        )
    known = [*parameters, *(config.model_fields if config else ())]
    hint = did_you_mean(name, known, f"It takes {', '.join(parameters)}.")
    return ConfigError(f"{where} takes no argument {name!r}. {hint}")


def _config_of(cls: type) -> type[Config] | None:
    found: type[Config] | None = cls._config_type()  # type: ignore[attr-defined]
    return found


def _shape(cls: type) -> str:
    config = _config_of(cls)
    return f"{cls.__name__}(scope, 'name'{f', {config.__name__}(...)' if config else ''})"


def _path(scope: Any, id: Any) -> str:
    path = getattr(scope, "path", None)
    if not isinstance(path, str):
        path = getattr(getattr(scope, "node", None), "path", "")
    return "/".join(filter(None, (path, str(id or ""))))


def _unfit(where: str, name: str, value: object, kinds: tuple[str, ...]) -> ConfigError:
    wanted = _one_of(kinds)
    advice = f"Pass {wanted}"
    if isinstance(value, type):
        advice = f"Pass what {value.__name__}(...) makes" if value.__name__ in kinds else advice
    elif isinstance(value, str) and "str" not in kinds:
        advice += " itself, not its name or ARN"
    return ConfigError(f"{where} {name}={_called(value)} is not {wanted}. {advice}.")


def _called(value: object) -> str:
    """A value as a reader recognizes it; no memory addresses are shown."""
    if isinstance(value, type):
        return f"{value.__name__} (the class)"
    if isinstance(value, str | int | float | bool | None) or is_known_later(value):
        return shown(value)
    if refused(value):
        return repr(value)
    held = vars(value) if hasattr(value, "__dict__") else {}
    path = held.get("path") if "stack_state" in held else None
    return f"{type(value).__name__} {path!r}" if isinstance(path, str) else f"a {type(value).__name__}"


def _one_of(kinds: tuple[str, ...]) -> str:
    """The kinds as a reader calls them: `a WebAcl, a construct with an arn or an ARN`."""
    text = next((_TEXT[kind] for kind in kinds if kind in _TEXT), "text")
    words = [text if kind == "str" else _SPOKEN.get(kind, kind) for kind in kinds]
    *others, last = (f"{'an' if word[:1] in 'AEIOaeio' else 'a'} {word}" for word in words)
    return f"{', '.join(others)} or {last}" if others else last


@functools.cache
def _kinds(constructor: Callable[..., Any], name: str) -> tuple[tuple[str, Any], ...]:
    """The types an argument accepts, by name and class; empty where the annotation holds more than classes.

    A class that is not loaded has no instances, so its entry holds `None`.
    """
    annotation = constructor.__annotations__.get(name)
    parts = annotation.split("|") if isinstance(annotation, str) else typing.get_args(annotation) or (annotation,)
    found: list[tuple[str, Any]] = []
    for part in parts:
        kind: Any = _resolved(part.strip(), constructor) if isinstance(part, str) else part
        if kind is _UNLOADED:
            found.append((part.strip(), None))
        elif isinstance(kind, type) and kind is not Any:
            found.append(("None" if kind is types.NoneType else kind.__name__, kind))
        else:
            return ()
    return tuple(found)


_UNLOADED = object()


def _resolved(name: str, constructor: Callable[..., Any]) -> Any:
    if name in ("None", "str", "int", "bool"):
        return {"None": types.NoneType, "str": str, "int": int, "bool": bool}[name]
    names = vars(sys.modules[constructor.__module__])
    if name in names:
        return names[name]
    if name not in HOMES:
        return None
    home = sys.modules.get(f"secureinfra.{HOMES[name]}")
    return getattr(home, name, _UNLOADED) if home else _UNLOADED


def _is(value: object, kind: Any) -> bool:
    if not getattr(kind, "_is_protocol", False):
        return isinstance(value, kind)
    if isinstance(value, type):
        return False
    # Not `isinstance`, which would evaluate properties.
    members = [name for base in kind.__mro__ if getattr(base, "_is_protocol", False) for name in vars(base)]
    members += [name for base in kind.__mro__ for name in vars(base).get("__annotations__", {})]
    return all(_has(value, name) for name in members if not name.startswith("_"))


def _has(value: object, name: str) -> bool:
    try:
        inspect.getattr_static(value, name)
    except AttributeError:
        return False
    return True


class ConstructorSignature:
    """The signature that `inspect.signature` and `help()` show for a class: its constructor's, which the engine's metaclass hides."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        if instance is not None:
            raise AttributeError("__signature__")
        constructor: Any = owner.__init__  # type: ignore[misc]
        try:
            signature = inspect.signature(constructor, eval_str=True)
        except NameError:
            # An annotation that is imported for type checkers only stays a text.
            signature = inspect.signature(constructor)
        own = list(signature.parameters.values())[1:]
        return signature.replace(parameters=own, return_annotation=inspect.Signature.empty)
