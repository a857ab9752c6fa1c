"""The guard: a stack that breaks a control does not synthesise, whoever made the resource that does."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from secureinfra.check.report import broken, judge
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import ALL, pack
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.validation import validate
from secureinfra.errors import ConfigError, ControlError
from secureinfra.terraform.configuration import Configuration


def guard(
    stack: TerraformStack,
    packs: Collection[str] = (ALL,),
    *,
    fail_on: str = "low",
    waivers: str | Path | None = None,
) -> None:
    """Have `app.synth()` and `cdktf synth` fail when anything in a stack breaks a control; nothing is written then.

    Everything is judged: constructs of this library, raw `TerraformResource`s, prebuilt bindings, overrides. The
    waivers written beside resources count, as do those of a file. What is not known at synthesis does not fail; check
    the plan for that (`terraform show -json`, then `secureinfra check`).

    Args:
        stack: the stack; call it once for each, before or after its resources are made.
        packs: what to ask: `all`, or frameworks such as `cis-v5`.
        fail_on: the least severity that fails: `low`, `medium`, `high` or `critical`.
        waivers: a file of waivers, for what was not made by this library.

    Raises:
        ConfigError: there is no such pack or severity. At synthesis: a `ControlError` with every finding.
    """
    if fail_on not in SEVERITIES:
        raise ConfigError(f"guard: fail_on={fail_on!r} is no severity. Use one of {', '.join(SEVERITIES)}.")
    names = (packs,) if isinstance(packs, str) else tuple(packs)
    for name in names:
        pack(name)
    file = Path(waivers) if waivers else None

    def complaint() -> ControlError | None:
        name = stack.node.path
        report = judge([Configuration.of(stack.to_terraform(), name)], names, waivers=file)
        failures = report.failures(fail_on)
        return ControlError(f"{broken(name, report, failures)}\nNothing was written.") if failures else None

    validate(stack, complaint)
