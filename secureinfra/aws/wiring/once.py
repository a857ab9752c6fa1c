"""What AWS has once in an account and region: a second construct of the kind would overwrite the first."""

from __future__ import annotations

from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError


def refuse_second(construct: SecureConstruct, why: str, instead: str, *, names: tuple[str, ...] = ()) -> None:
    """Refuse a second construct of a kind in one stack with the same provider, and so in one account and region.

    Args:
        construct: the construct that is being made.
        why: what AWS does with a second one, as the end of a sentence.
        instead: what to write instead.
        names: fields of the configuration by which two may be told apart: with other values there, there may be two.

    Raises:
        ConfigError: the stack has one already.
    """
    for other in construct.stack_state.constructs:
        if (
            other is not construct
            and type(other) is type(construct)
            and other.used_provider == construct.used_provider
            and all(getattr(other.config, name) == getattr(construct.config, name) for name in names)
        ):
            kind = type(construct).__name__
            article = "an" if kind[0] in "AEIO" else "a"
            raise ConfigError(
                f"{construct.path}: the stack already has {article} {kind} with this provider, {other.path!r}: {why}. {instead}"
            )
