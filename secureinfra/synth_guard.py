"""The guard: a stack that breaks a control does not synthesize, no matter which code created the resource."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from secureinfra.check.proofs.report import broken_in_words, prove
from secureinfra.check.report import broken, judge
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import ALL, pack
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.stack import state_of
from secureinfra.engine.validation import validate
from secureinfra.errors import ConfigError, ControlError
from secureinfra.proofs.theorems.registry import theorem
from secureinfra.proofs.theorems.theorem import Theorem
from secureinfra.terraform.model.configuration import Configuration


def guard(
    stack: TerraformStack,
    packs: Collection[str] = (ALL,),
    *,
    fail_on: str = "low",
    waivers: str | Path | None = None,
    proofs: Collection[Theorem | str] = (),
) -> None:
    """Make `app.synth()` and `cdktf synth` fail if anything in a stack breaks a control; then nothing is written.

    Everything is checked: constructs of this library, raw `TerraformResource`s, prebuilt bindings, overrides. Waivers
    on resources apply, and so do those in a file. What is unknown at synthesis does not fail; check the plan for that
    (`terraform show -json`, then `secureinfra check`). Stacks within the stack are checked too. What the guard cannot read,
    such as the resources of a `TerraformHclModule`, is printed when the app has been written, with waivers that are not needed.

    Args:
        stack: the stack; call it once for each stack, before or after its resources are created.
        packs: the packs to check: `all`, or frameworks such as `cis-v5`; at least one.
        fail_on: the minimum severity that fails: `low`, `medium`, `high` or `critical`.
        waivers: a file of waivers, for resources that were not created by this library.
        proofs: invariants such as `no_access(...)` and ids of standing theorems that nothing in the stack may break.

    Raises:
        ConfigError: there is no such pack or severity, no pack at all, or the app is an `App(skip_validation=True)`, which
            would run no guard. At `app.synth()`: a `ControlError` with every finding.
    """
    names = _checked(packs, fail_on)
    root = stack.node.root
    if isinstance(root, App) and root.skip_validation:
        raise ConfigError(
            f"{stack.node.path}: App(skip_validation=True) runs no validation, so that a guard would not either. Leave it out."
        )
    asked = [theorem(one) if isinstance(one, str) else one for one in proofs]
    file = Path(waivers) if waivers else None
    synthesis = state_of(stack).neighbors.synthesis

    def complaint() -> ControlError | None:
        name = stack.node.path
        inside = [node for node in stack.node.find_all() if isinstance(node, TerraformStack)]
        held = [Configuration.of(one.to_terraform(), one.node.path) for one in inside]
        report = judge(held, names, waivers=file)
        for note in report.notes:
            synthesis.note(note)
        failures = report.failures(fail_on)
        wrong = [broken(name, report, failures)] if failures else []
        wrong += _disproved(name, held, asked)
        return ControlError("\n".join([*wrong, "Nothing was written."])) if wrong else None

    validate(stack, complaint)


def _disproved(name: str, held: Sequence[Configuration], asked: Sequence[Theorem]) -> list[str]:
    found = prove(held, asked).of_answer("BROKEN") if asked else []
    return [broken_in_words(name, found)] if found else []


def _checked(packs: Collection[str], fail_on: str) -> tuple[str, ...]:
    if fail_on not in SEVERITIES:
        raise ConfigError(f"guard: fail_on={fail_on!r} is not a severity. Use one of {', '.join(SEVERITIES)}.")
    names = (packs,) if isinstance(packs, str) else tuple(packs)
    if not names:
        raise ConfigError(f"guard: packs={packs!r} checks nothing. Leave packs out for {ALL!r}, or name frameworks.")
    for name in names:
        pack(name)
    return names
