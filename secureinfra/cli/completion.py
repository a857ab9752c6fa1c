"""Shell completion of modules, blueprints and controls, read without starting the engine."""

from __future__ import annotations

from collections.abc import Iterable

import click


def modules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of modules."""
    from secureinfra.modules.entries.catalogue import entries  # noqa: PLC0415 - most runs complete nothing

    return _starting(entries(), incomplete)


def blueprints(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of blueprints."""
    from secureinfra.blueprints import blueprints as known  # noqa: PLC0415 - as above

    return _starting(known(), incomplete)


def controls(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Ids of controls, and once something is typed those of frameworks and scanners too."""
    from secureinfra.controls.search import starting  # noqa: PLC0415 - as above

    return starting(incomplete)


def public_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Public names of the library."""
    from secureinfra.declared.names import HOMES  # noqa: PLC0415 - as above

    return _starting(HOMES, incomplete)


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
