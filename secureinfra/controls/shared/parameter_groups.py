"""The parameter group of a database: one of the configuration, one elsewhere, or AWS's default, which cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.verdict import Check, Failure, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration


def group_of(database: Block, path: str, type: str, configuration: Configuration) -> Block | None:
    """The parameter group that a database names; `None` where it uses the default.

    Args:
        database: the database.
        path: the argument in which it names its group.
        type: of the group.
        configuration: what references are resolved in.

    Raises:
        UnknownValueError: the group is not in the configuration.
    """
    name = database.get(path)
    for group in configuration.targets(database, path, type):
        if group.section == "resource":
            return group
    if is_unknown(name):
        raise UnknownValueError(name)
    if name is None or str(name).startswith("default."):
        return None
    for group in configuration.of_type(type):
        if isinstance(known := group.get("name"), str) and known == name:
            return group
    raise UnknownValueError(Unknown(f"the parameters of {name}"))


def own_group(path: str, type: str, expected: str) -> Check:
    """A check that a database does not use the default parameter group; what its own group holds is checked there.

    Args:
        path: the argument in which it names its group.
        type: of the group.
        expected: what the group should hold.
    """

    def check(database: Block, configuration: Configuration) -> Iterator[Failure]:
        if group_of(database, path, type, configuration) is None:
            found = f"{written(path, database.get(path))} (the default group, which cannot be changed)"
            yield Failure(found, f"a parameter group with {expected}", at=path)

    return check
