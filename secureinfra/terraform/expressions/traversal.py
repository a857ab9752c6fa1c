"""Names and the way from them: attributes, indexes and splats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from secureinfra.terraform.expressions.conversion import to_number, to_text
from secureinfra.terraform.expressions.nodes import Bound, Environment, Node
from secureinfra.terraform.expressions.values import (
    Key,
    RefusedError,
    SetValue,
    escaped,
    is_lazy,
    references_of,
)
from secureinfra.terraform.unknown import Unknown

_OWN_DEPTH = {"data": 2, "module": 2}
"""How many steps from a root name what is declared rather than what it holds; one step elsewhere."""


def step_text(step: str | int) -> str:
    """A constant step as a normalised reference writes it."""
    if isinstance(step, int):
        return f"[{step}]"
    if type(step) is Key:
        return f"[{json.dumps(escaped(step), ensure_ascii=False)}]"
    return f".{step}"


def follow(value: Any, step: Any) -> Any:
    """One step into a value.

    Raises:
        RefusedError: the value is known and has no such part.
        KeyError: the value is a block that does not know the part.
    """
    if isinstance(value, dict):
        key = step if isinstance(step, str) else to_text(step)
        try:
            return value[key]
        except KeyError:
            if is_lazy(value):
                raise
            raise RefusedError(f"no {key!r}") from None
    if isinstance(value, list) and not isinstance(value, SetValue):
        place = step if type(step) is int else to_number(step)
        if isinstance(place, int) and 0 <= place < len(value):
            return value[place]
        raise RefusedError(f"no element {step!r}")
    raise RefusedError("a value without parts")


def extend(value: Unknown, step: str | int) -> Unknown | None:
    """A part of a value that is one unknown traversal."""
    whole = value.reference
    if whole is None:
        return None
    longer = whole + step_text(step)
    return Unknown(f"${{{longer}}}", (longer,), value.doubt)


class Traversal(Node):
    """A root name or any expression, and steps from it: names, whole numbers, or expressions in brackets."""

    __slots__ = ("base", "root", "steps")

    def __init__(self, root: str | None, base: Node | None, steps: Sequence[str | int | Node]) -> None:
        self.root = root or ""
        self.base = base
        self.steps = tuple(steps)

    def value(self, env: Environment) -> Any:
        """What the steps lead to; unknown where the scope does not know the way."""
        if self.base is not None:
            value, name = self.base.value(env), self.base.constant_name(env)
        elif self.root in env.bound:
            bound = env.bound[self.root]
            value, name = bound.value, bound.name
        else:
            name = self.root
            try:
                value = env.scope[name]
            except KeyError:
                value = Unknown(f"${{{name}}}", (name,))
        for count, step in enumerate(self.steps, 1):
            value, name = self._step(env, value, name, step, count)
        if name is not None and isinstance(value, list | dict):
            remember(env, value, name)
        return value

    def _step(self, env: Environment, value: Any, name: str | None, step: Any, count: int) -> tuple[Any, str | None]:
        if isinstance(step, Node):
            found = step.value(env)
            if type(found) is Unknown or is_lazy(found):
                return env.unknown(self, references_of(env.parts_of(value, found))), None
            step = Key(found) if isinstance(found, str) else to_number(found)
        if type(value) is Unknown:
            longer = extend(value, step) if isinstance(step, str | int) else None
            return env.unknown(self, value.references) if longer is None else longer, None
        longer_name = None if name is None else name + step_text(step)
        try:
            return follow(value, step), longer_name
        except KeyError:
            return self._missing(env, longer_name), None
        except RefusedError:
            own = self.base is None and self.root not in env.bound and count <= _OWN_DEPTH.get(self.root, 1)
            if own and value is not None:
                return self._missing(env, longer_name), None
            raise

    def _missing(self, env: Environment, name: str | None) -> Unknown:
        return env.unknown(self, ()) if name is None else Unknown(f"${{{name}}}", (name,))

    def children(self) -> Iterable[Node]:
        """The base and the expressions in brackets."""
        if self.base is not None:
            yield self.base
        for step in self.steps:
            if isinstance(step, Node):
                yield step

    def constant_name(self, env: Environment) -> str | None:
        """Root and steps, if all are constant."""
        return None if any(isinstance(step, Node) for step in self.steps) else self._constant_part(env)

    def _constant_part(self, env: Environment) -> str | None:
        name = self._origin(env)
        if name is None:
            return None
        for step in self.steps:
            if isinstance(step, Node):
                break
            name += step_text(step)
        return name

    def _origin(self, env: Environment) -> str | None:
        if self.base is not None:
            return self.base.constant_name(env)
        return env.bound[self.root].name if self.root in env.bound else self.root

    def references(self, env: Environment) -> Iterator[str]:
        """The constant part, and what the expressions in brackets name."""
        name = self._constant_part(env)
        if name is not None:
            yield name
            for step in self.steps:
                if isinstance(step, Node):
                    yield from step.references(env)
        else:
            yield from Node.references(self, env)

    def variables(self, names: frozenset[str]) -> Iterator[tuple[int, int, str]]:
        """The root, if it is one of the variables, and the uses in brackets."""
        if self.root in names:
            yield self.start, self.start + len(self.root), self.root
        yield from Node.variables(self, names)


def remember(env: Environment, value: Any, name: str) -> None:
    """Keep the name under which blocks were reached, for when one is used as a whole."""
    if is_lazy(value):
        env.names[id(value)] = name
    elif isinstance(value, dict):
        env.names.update({id(held): f"{name}{step_text(Key(key))}" for key, held in value.items() if is_lazy(held)})
    else:
        env.names.update({id(held): f"{name}[{place}]" for place, held in enumerate(value) if is_lazy(held)})


class Element(Node):
    """The element that the surrounding splat is at."""

    __slots__ = ()
    NAME = "*"

    def value(self, env: Environment) -> Any:
        """The element."""
        return env.bound[self.NAME].value

    def constant_name(self, env: Environment) -> str | None:
        """Where it was found."""
        return env.bound[self.NAME].name if self.NAME in env.bound else None


class Splat(Node):
    """The same for each element of a list: `base[*].name` or `base.*.name`."""

    __slots__ = ("base", "each")

    def __init__(self, base: Node, each: Node) -> None:
        self.base = base
        self.each = each

    def value(self, env: Environment) -> Any:
        """A list; a single value counts as a list of one, null as an empty list."""
        base = self.base.value(env)
        if type(base) is Unknown:
            return env.unknown(self, base.references)
        if base is None:
            return []
        name = self.base.constant_name(env)
        if not isinstance(base, list):
            return [self._each(env, base, name)]
        return [self._each(env, held, None if name is None else f"{name}[{at}]") for at, held in enumerate(base)]

    def _each(self, env: Environment, held: Any, name: str | None) -> Any:
        env.budget.spend()
        return self.each.value(env.within({Element.NAME: Bound(held, name)}))

    def children(self) -> Iterable[Node]:
        """The base and what is asked of each element."""
        return (self.base, self.each)
