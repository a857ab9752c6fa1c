"""The one element of a stack through which all our resources reach the engine.

Every element that Python adds to the engine costs a call each way at construction and at synthesis. One element for
a whole stack makes a thousand resources several times cheaper than one each (`make bench` shows the figures).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from secureinfra.engine import failure
from secureinfra.engine._cdk import TerraformElement, TerraformStack
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError, SecureInfraError

if TYPE_CHECKING:
    from secureinfra.engine.construct import SecureConstruct


class _Output(TerraformElement):
    """Answers the engine's question for Terraform JSON with the documents of all constructs of its stack."""

    def __init__(self, stack: TerraformStack, constructs: list[SecureConstruct]) -> None:
        super().__init__(stack, "secureinfra-output")
        self._path = state_of(stack).path
        self._constructs = constructs

    def to_terraform(self) -> Any:
        merged: dict[str, Any] = {}
        try:
            for construct in self._constructs:
                _merge(merged, construct.document())
        except SecureInfraError as error:
            failure.remember(error)
            raise
        return merged

    def to_hcl_terraform(self) -> Any:
        error = ConfigError(
            f"{self._path}: the engine's HCL output would leave these resources out: synthesise JSON "
            "(App(hcl_output=False), no SYNTH_HCL_OUTPUT)."
        )
        failure.remember(error)
        raise error


def enlist(construct: SecureConstruct, stack: TerraformStack) -> None:
    """Have a construct's resources emitted with its stack."""
    constructs = state_of(stack).constructs
    if not constructs:
        _Output(stack, constructs)
    constructs.append(construct)


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    # As the engine merges elements: objects into each other, lists one after the other.
    for key, value in source.items():
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        else:
            target[key] = value
