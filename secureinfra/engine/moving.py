"""Where constructs were before: the addresses that their resources had, and the path that their names derive from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from constructs import IConstruct

from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.naming import terraform_name
from secureinfra.engine.stack import StackState
from secureinfra.errors import ConfigError

_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_STEP = re.compile(r"\s*->\s*")
_BESIDE = "./"


@dataclass(frozen=True)
class Location:
    """Where a construct can be: the path of its stack, and the ids from there on."""

    stack: str
    parts: tuple[str, ...]

    @property
    def path(self) -> str:
        """The path, with the stack."""
        return "/".join((self.stack, *self.parts))

    def ids(self, id: str) -> tuple[str, ...]:
        """What the name of a resource is made of; a role that repeats its construct's id is written once."""
        return self.parts if self.parts[-1:] == (id,) else (*self.parts, id)

    def inside(self, parts: Iterable[str]) -> Location:
        """A location within this one."""
        return Location(self.stack, (*self.parts, *parts))


@dataclass(frozen=True)
class Locations:
    """The locations of a construct, oldest first; the last one is where it is now.

    Args:
        stack: the path of the stack that it is in now.
        known: its locations.
        said: the `moved_from` that they come from, its own or that of a construct around it.
    """

    stack: str
    known: tuple[Location, ...]
    said: str | None = None

    @property
    def now(self) -> Location:
        """Where it is."""
        return self.known[-1]

    @property
    def first(self) -> Location:
        """Where its names come from."""
        return self.known[0]

    @property
    def elsewhere(self) -> str | None:
        """The other stack that it was in last."""
        return next((one.stack for one in reversed(self.known) if one.stack != self.stack), None)

    def inside(self, id: str, moved_from: str | None = None) -> Locations:
        """The locations of a construct within this one.

        Args:
            id: its id.
            moved_from: where it was, as it was said.

        Raises:
            ConfigError: `moved_from` is not a path, or is where the construct is.
        """
        if moved_from is None:
            return Locations(self.stack, tuple(one.inside((id,)) for one in self.known), self.said)
        where = self.now.inside((id,))
        steps = [_step(one, moved_from, where, self.stack) for one in _STEP.split(moved_from.strip())]
        beside = [step for step in steps if isinstance(step, str)]
        if beside and len(beside) < len(steps):
            raise ConfigError(
                f"{where.path}: moved_from={moved_from!r} mixes paths with and without './': write all alike."
            )
        # What is around it may have moved before it or after it: every order is a step of one line.
        own = tuple(one for one in steps if isinstance(one, Location))
        known = tuple(one.inside(name.split("/")) for one in self.known for name in (*beside, id))
        if (*own, *known)[0] == where and len(set(own + known)) == 1:
            raise ConfigError(
                f"{where.path}: moved_from={moved_from!r} is where it is: write where it was, or leave it out."
            )
        return Locations(self.stack, own + known, moved_from)

    def moves(self, type: str, id: str, earlier: str | None = None) -> Iterator[tuple[str, str]]:
        """Each step of a resource from address to address.

        Args:
            type: its Terraform type.
            id: its role in the construct.
            earlier: the address that it had before all of these.
        """
        addresses = [earlier] if earlier else []
        addresses += [f"{type}.{terraform_name(one.ids(id))}" for one in self.known if one.stack == self.stack]
        # What went away and came back is where it was: only the last stay counts.
        stays = [one for number, one in enumerate(addresses) if one not in addresses[number + 1 :]]
        yield from pairwise(stays)

    def former(self, type: str, ids: tuple[str, ...], stack: str) -> list[str]:
        """Every address that a resource of a part, now perhaps gone, can have in the state of a stack."""
        locations = (one.inside(ids) for one in self.known if one.stack == stack)
        return list(dict.fromkeys(f"{type}.{terraform_name(one.parts)}" for one in locations))


def locations_of(scope: IConstruct, state: StackState) -> Locations:
    """The locations of what a construct is made in: a stack, one of this library's constructs, or a plain one.

    Args:
        scope: it.
        state: its stack's.
    """
    # A plain construct may call something else so.
    if isinstance(held := getattr(scope, "locations", None), Locations):
        return held
    locations: Locations | None = scope.__dict__.get("_secureinfra_locations")
    if locations is None:
        if isinstance(scope, TerraformStack):
            locations = Locations(state.path, (Location(state.path, ()),))
        else:
            node = scope.node
            locations = locations_of(cast(IConstruct, node.scope), state)
            if not (node.id == state.module and isinstance(node.scope, TerraformStack)):
                locations = locations.inside(node.id)
        scope.__dict__["_secureinfra_locations"] = locations
    return locations


def _step(text: str, moved_from: str, where: Location, stack: str) -> Location | str:
    """One step of a `moved_from`: a place, or the ids below the scope if it starts with `./`."""
    before, separator, path = text.rpartition(":")
    beside = not separator and path.startswith(_BESIDE)
    path = path.removeprefix(_BESIDE)
    if not _PATH.fullmatch(path) or (separator and not _PATH.fullmatch(before)):
        raise ConfigError(
            f"{where.path}: moved_from={moved_from!r} is not a path: it names what the construct was. Write its path below the "
            "stack, 'old/path', or './old' below its scope; 'a -> b' if it moved twice; 'stack:old/path' if it was in another "
            "stack."
        )
    if beside:
        return path
    if separator:
        return Location(before, tuple(path.split("/")))
    # Messages show paths with their stack.
    return Location(stack, tuple(path.removeprefix(f"{stack}/").split("/")))
