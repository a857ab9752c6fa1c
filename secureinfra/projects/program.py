"""A settings file within a program of the engine: what `cdktf synth` runs builds what `secureinfra synth` does."""

from __future__ import annotations

from pathlib import Path

from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.projects.settings import load
from secureinfra.projects.synth import SEVERITY, build
from secureinfra.synth_guard import guard


def add_stacks(app: App, settings: str | Path) -> tuple[TerraformStack, ...]:
    """Add what a settings file describes to an app: its stack, or one for each target, guarded by every control.

    Args:
        app: the app.
        settings: the file.

    Returns:
        The stacks, to add to; `app.synth()` writes nothing while anything in them breaks a control.

    Raises:
        ConfigError: the file cannot be read, or a setting is refused; each problem with its line.

    Example:
        `app = App(); add_stacks(app, "settings.yaml"); app.synth()`
    """
    stacks = tuple(build(app, stack) for stack in load(Path(settings)).stacks)
    for stack in stacks:
        guard(stack, fail_on=SEVERITY)
    return stacks
