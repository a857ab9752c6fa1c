"""What was written, and what it comes to: templates evaluated in their scope, one object or several, given or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of


class Scopes(NamedTuple):
    """What expressions may name: once with every value that is known, once with attributes of resources left as references."""

    values: Mapping[str, Any]
    symbols: Mapping[str, Any]

    def within(self, values: Mapping[str, Any], symbols: Mapping[str, Any]) -> Scopes:
        """The same with more names, which come first."""
        return Scopes(_Overlay(values, self.values), _Overlay(symbols, self.symbols))


class _Overlay(dict[str, Any]):
    def __init__(self, own: Mapping[str, Any], around: Mapping[str, Any]) -> None:
        super().__init__(own)
        self._around = around

    def __missing__(self, name: str) -> Any:
        return self._around[name]


def evaluated(written: Any, scope: Mapping[str, Any]) -> Any:
    """What was written, with every string evaluated as a template."""
    if isinstance(written, str):
        return evaluate(written, scope)
    if isinstance(written, Mapping):
        return {_key(key, scope): evaluated(value, scope) for key, value in written.items()}
    if isinstance(written, list):
        return [evaluated(item, scope) for item in written]
    return written


def _key(key: str, scope: Mapping[str, Any]) -> str:
    # Names in Terraform JSON are templates too.
    return text_of(evaluate(key, scope)) if "{" in key else key


def is_given(value: Any) -> bool:
    """Whether a value is more than nothing: no null, no empty string, list or object.

    Raises:
        UnknownValueError: it may turn out to be null.
    """
    if not is_unknown(value):
        return value not in (None, "", [], {})
    whole = value.text.startswith("${") and value.text.endswith("}")
    if whole and not is_reference_to_resource(value):
        raise UnknownValueError(value)
    return True


def is_reference_to_resource(value: object) -> bool:
    """Whether a value is one attribute of a resource or data source, which is there though its value is not known yet."""
    if not is_unknown(value):
        return False
    reference: str | None = value.reference  # type: ignore[attr-defined]
    if reference is None:
        return False
    parts = [part for part in reference.split(".") if part]
    while parts and parts[0] == "module":
        parts = parts[2:]
    return (
        bool(parts)
        and parts[0] not in ("var", "local", "each", "count", "self", "path", "terraform")
        and len(parts) > 1
    )


def objects_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a value that is one, or a list of them, as blocks are written in JSON."""
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, Mapping):
            yield item


def items_of(collection: Any) -> Iterable[tuple[Any, Any]]:
    """Keys and values of what `for_each` iterates over: an object, a list by position."""
    if isinstance(collection, Mapping):
        return collection.items()
    return enumerate(collection) if isinstance(collection, list | tuple) else ()
