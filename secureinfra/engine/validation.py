"""Validations that run before the engine writes anything."""

from __future__ import annotations

from collections.abc import Callable

import jsii
from constructs import IConstruct, IValidation

from secureinfra.errors import SecureInfraError


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, complaint: Callable[[], SecureInfraError | None]) -> None:
        self._complaint = complaint

    def validate(self) -> list[str]:
        error = self._complaint()
        if error is None:
            return []
        # Raised, not returned as text, so that the engine's error leads back to it.
        raise error


def validate(construct: IConstruct, complaint: Callable[[], SecureInfraError | None]) -> None:
    """Have `app.synth()` run a validation first; an error stops it, and is what the user reads.

    Args:
        construct: the stack or element to validate.
        complaint: returns the error, or `None` if there is none.
    """
    construct.node.add_validation(_Validation(complaint))
