"""Declares, above a construct's class, its module, its page and what its module needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type)


def declares(
    *,
    module: str = "",
    within: str = "",
    apart: str = "",
    page: str = "",
    asks: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    examples: Mapping[str, Any] | None = None,
    yours: tuple[str, ...] = (),
) -> Callable[[_Class], _Class]:
    """Declare what a Terraform module of a construct or blueprint needs to know.

    The arguments are literals: lists of modules are made from the source, without importing it. `module`, `within`,
    `apart` and `page` are for constructs of this library, each of which has exactly one of the first three.

    Args:
        module: name of the module, in kebab case.
        within: the blueprint to write as a module instead, for a construct that needs another construct.
        apart: why it is neither, e.g. because it is a base class; one for users has a page all the same.
        page: folder below `examples/` whose README describes it.
        asks: settings that become required variables of the module although they have a default.
        needs: settings that only a settings file can give.
        examples: values for the module's tests, if the examples of the settings' types do not fit together.
        yours: what the module leaves to its users, one sentence each; listed in its README.

    Example:
        `@declares(asks=("certificate_arn",))` above the class of a blueprint
    """
    # Every stack imports this, so the `Declaration` is created only on demand.
    said = {
        "module": module,
        "within": within,
        "apart": apart,
        "page": page,
        "asks": asks,
        "needs": needs,
        "examples": examples or {},
        "yours": yours,
    }

    def declared(cls: _Class) -> _Class:
        cls._declared = said  # type: ignore[attr-defined]
        return cls

    return declared
