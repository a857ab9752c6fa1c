"""What the engine asks before it writes anything."""

from __future__ import annotations

from collections.abc import Callable

import jsii
from constructs import IConstruct, IValidation

from secureinfra.engine import failure
from secureinfra.errors import SecureInfraError


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, complaint: Callable[[], SecureInfraError | None]) -> None:
        self._complaint = complaint

    def validate(self) -> list[str]:
        error = self._complaint()
        if error is None:
            return []
        failure.remember(error)
        return [str(error)]


def validate(construct: IConstruct, complaint: Callable[[], SecureInfraError | None]) -> None:
    """Have `app.synth()` ask a question first; an answer stops it, and is what the user reads.

    Args:
        construct: the stack or element that is asked about.
        complaint: gives the error, or `None` where all is well.
    """
    construct.node.add_validation(_Validation(complaint))
