"""Settings files in an engine's program: `cdktf synth` builds the same stacks as `secureinfra synth`."""

from __future__ import annotations

from pathlib import Path

from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.stacks.settings import load
from secureinfra.stacks.synth import SEVERITY, build
from secureinfra.synth_guard import guard


def add_stacks(app: App, settings: str | Path) -> tuple[TerraformStack, ...]:
    """Add the stacks of a settings file to an app: one, or one for each target, checked against every control.

    Args:
        app: the app.
        settings: the file.

    Returns:
        The stacks, which may be extended; `app.synth()` writes nothing if anything in them breaks a control.

    Raises:
        ConfigError: the file cannot be read, or a setting is refused; each problem with its line.

    Example:
        `app = App(); add_stacks(app, "settings.yaml"); app.synth()`
    """
    stacks = tuple(build(app, stack) for stack in load(Path(settings)).stacks)
    for stack in stacks:
        guard(stack, fail_on=SEVERITY)
    return stacks
