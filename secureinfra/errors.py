"""What can go wrong, as few types as a caller can tell apart."""


class SecureInfraError(Exception):
    """Any error that this library raises on purpose; its text says what to do instead.

    It does not inherit from `ValueError`: pydantic would wrap it, and a caller who catches
    `ValueError` around a synthesis would swallow a refused weakening.
    """


class ConfigError(SecureInfraError):
    """Something a caller gave cannot be built: a field, a name, a reference, a combination."""


class ControlError(ConfigError):
    """Something a caller gave can be built but breaks a control, and no waiver covers it."""


class ConfigurationError(SecureInfraError):
    """An input of the reading wing is no readable Terraform JSON."""
