"""What was written, and what it comes to: templates evaluated in their scope, one object or several, given or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.expressions.values import SetValue
from secureinfra.terraform.unknown import text_of


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


def objects_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a value that is one, or a list of them, as blocks are written in JSON."""
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, Mapping):
            yield item


def items_of(collection: Any) -> Iterable[tuple[Any, Any]]:
    """Keys and values of what `for_each` iterates over: an object, a list by position, a set whose elements are keys too."""
    if isinstance(collection, Mapping):
        return collection.items()
    if isinstance(collection, SetValue):
        return ((held, held) for held in collection)
    return enumerate(collection) if isinstance(collection, list | tuple) else ()
