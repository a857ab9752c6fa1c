"""What names in expressions stand for: objects whose members are worked out when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from secureinfra.terraform.expressions.files import SCOPE, Files
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.unknown import Unknown


class Named(dict[str, Any]):
    """An object that asks a function for each member, once.

    Args:
        member: gives the value of a member by name.
    """

    def __init__(self, member: Callable[[str], Any]) -> None:
        super().__init__()
        self._member = member

    def __missing__(self, name: str) -> Any:
        self[name] = value = self._member(name)
        return value


def attributes(block: Block, *, symbolic: bool) -> Mapping[str, Any]:
    """A resource as expressions see it: what is written in it, and a reference for whatever AWS will say.

    Args:
        block: the resource.
        symbolic: give a reference for what is written too, so that a reader sees which resource is meant.
    """

    def attribute(name: str) -> Any:
        value = None if symbolic else block.get(name)
        if value is None:
            traversal = f"{block.address}.{name}"
            return Unknown(f"${{{traversal}}}", (traversal,))
        return value

    return Named(attribute)


def collected(instances: Sequence[tuple[str, Any]]) -> Any:
    """What a name stands for whose instances have these keys: one object, a list of them, or an object of them.

    Args:
        instances: each with its key as addresses write it: empty, `[0]`, `["a"]`.
    """
    if len(instances) == 1 and not instances[0][0]:
        return instances[0][1]
    if instances and instances[0][0].startswith('["'):
        return {key[2:-2]: value for key, value in instances}
    return [value for _, value in instances]


class Scope(dict[str, Any]):
    """What the first word of an expression stands for, made when it is asked for.

    Args:
        members: for `var`, `local` and the like, what gives each member by its name.
        resources: gives the members of a type of resources, which is any other word.
        files: those that expressions may read.
    """

    def __init__(
        self, members: Mapping[str, Callable[[str], Any]], resources: Callable[[str], Any], files: Files
    ) -> None:
        super().__init__({SCOPE: files})
        self._members, self._resources = members, resources

    def __missing__(self, root: str) -> Any:
        if root in ("each", "count", "self", "terraform"):
            raise KeyError(root)
        self[root] = found = Named(self._members[root]) if root in self._members else self._resources(root)
        return found
