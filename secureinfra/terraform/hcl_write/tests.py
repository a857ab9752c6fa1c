"""What files of `terraform test` have: their kinds of blocks, and how Terraform reads the arguments of these."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from secureinfra.terraform.read.hcl import mode_of
from secureinfra.terraform.read.hcl_value import Mode

LABELS: Final[Mapping[str, int]] = {
    "test": 0,
    "provider": 1,
    "mock_provider": 1,
    "override_resource": 0,
    "override_data": 0,
    "override_module": 0,
    "variables": 0,
    "run": 1,
}
"""Every kind of block at the top of a file of tests with the number of its labels, in the order of a file."""

_OVERRIDES: Final = ("override_resource", "override_data", "override_module")
_MOCKS: Final = ("mock_resource", "mock_data")
# Arguments that are references or keywords, and those that are taken as they are, by the kind of their block.
_WRITTEN: Final[Mapping[str, Collection[str]]] = {
    "run": ("command", "providers", "expect_failures"),
    "plan_options": ("mode", "replace", "target"),
    "mock_provider": ("override_during",),
    **dict.fromkeys(_MOCKS, ("override_during",)),
    **dict.fromkeys(_OVERRIDES, ("target", "override_during")),
}
_TAKEN: Final[Mapping[str, Collection[str]]] = {
    "mock_provider": ("alias", "source"),
    "run": ("state_key",),
    "module": ("source", "version"),
}


def mode_in_tests(kinds: tuple[str, ...], name: str) -> Mode:
    """How Terraform reads an argument in a file of tests.

    Args:
        kinds: the block and those within it, from the outside in: `("run", "plan_options")`.
        name: the argument.
    """
    if kinds[0] == "provider":
        return mode_of(kinds, name)
    if name in _WRITTEN.get(kinds[-1], ()):
        return Mode.WRITTEN
    return Mode.TAKEN if name in _TAKEN.get(kinds[-1], ()) else Mode.EVALUATED
