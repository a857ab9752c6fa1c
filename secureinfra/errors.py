"""What can go wrong, as few types as a caller can tell apart."""

from __future__ import annotations

from typing import Any

from secureinfra import uncaught


class SecureInfraError(Exception):
    """Any error that this library raises on purpose; its text says what to do instead.

    It does not inherit from `ValueError`: pydantic would wrap it, and a caller who catches
    `ValueError` around a synthesis would swallow a refused weakening.

    Args:
        text: what is wrong and what to do instead.
        path: of the construct that refuses, if one does.
        problems: the same as data, where it is (`secureinfra.config.problem.Problem`), for a text in other words.
    """

    def __init__(self, text: str = "", *, path: str = "", problems: tuple[Any, ...] = ()) -> None:
        super().__init__(text)
        self.path = path
        self.problems = problems
        uncaught.tell(self)


class ConfigError(SecureInfraError):
    """Something a caller gave cannot be built: a field, a name, a reference, a combination."""


class ControlError(ConfigError):
    """Something a caller gave can be built but breaks a control, and no waiver covers it."""


class ConfigurationError(SecureInfraError):
    """An input of the reading wing is no readable Terraform JSON."""
