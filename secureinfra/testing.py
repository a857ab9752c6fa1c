"""Helpers for tests, of this library and of its users: an app with temporary output, and the synthesized JSON as a dict."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from secureinfra import uncaught
from secureinfra.check.proofs.report import broken_in_words, prove
from secureinfra.check.report import broken, judge
from secureinfra.controls.packs import ALL
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.limits import unfit
from secureinfra.engine.stack import configure, state_of
from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.proofs.theorems.registry import theorem
from secureinfra.proofs.theorems.theorem import Theorem
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema


def test_stack(name: str = "test", *, environment: str | None = None) -> TerraformStack:
    """A new stack in a new app, whose output folder is temporary.

    Args:
        name: the stack's id.
        environment: as in `configure`; `sandbox` leaves out `prevent_destroy`.
    """
    stack = TerraformStack(App(outdir=outdir()), name)
    if environment is not None:
        configure(stack, environment=environment)
    return stack


@functools.cache
def outdir() -> str:
    """A temporary folder for apps that are synthesized in memory; removed when the process ends."""
    # One folder per process; the engine creates it even if nothing is synthesized into it.
    folder = tempfile.mkdtemp(prefix="secureinfra-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


test_stack.__test__ = False  # type: ignore[attr-defined]


def synthesize(stack: TerraformStack, *, providers: Sequence[str] | None = None) -> dict[str, Any]:
    """The Terraform JSON of a stack, as the engine would write it, validated against the AWS provider's schemas.

    Args:
        stack: the stack.
        providers: versions of the provider whose packaged schema every block must fit; empty for none. By default those of the
            majors that the stack is written for.

    Raises:
        SecureInfraError: what is wrong, as the construct raised it, without the engine's wrapper; a name is longer than the
            provider takes.
        ConfigurationError: the provider would reject a block.
    """
    try:
        stack.prepare_stack()
        document: dict[str, Any] = stack.to_terraform()
    except RuntimeError as error:
        ours = uncaught.original(error)
        if ours is None:
            raise
        raise ours from None
    if found := unfit(state_of(stack)):
        raise found
    if providers is None:
        major = state_of(stack).provider_major
        providers = [version for version in VERSIONS if major is None or version.startswith(f"{major}.")]
    problems = [str(problem) for version in providers for problem in provider_schema(version).problems(document)]
    if problems:
        raise ConfigurationError("\n".join(problems))
    return document


def configuration_of(stack: TerraformStack) -> Configuration:
    """A stack as a `Configuration` to query: blocks by type and address, values, references, attachments.

    Args:
        stack: the stack.

    Raises:
        SecureInfraError: as for `synthesize`.
    """
    return Configuration.of(synthesize(stack), stack.node.path)


def assert_meets(
    configuration: Configuration | Mapping[str, Any],
    *packs: str,
    fail_on: str = "low",
    waivers: str | Path | None = None,
) -> None:
    """Assert that nothing in a configuration breaks a control.

    Args:
        configuration: what `synthesize` or `configuration_of` gives, or anything that `Configuration.load` read.
        packs: the packs to check, e.g. `cis-v5`; `all` by default.
        fail_on: the minimum severity that fails: `low`, `medium`, `high` or `critical`.
        waivers: a file of waivers, in addition to those on resources.

    Raises:
        AssertionError: something breaks a control; the text says what, where and how to fix it.
        ConfigError: there is no such pack, or the argument was not synthesized.
    """
    held = _configuration(configuration, "assert_meets")
    report = judge([held], packs or (ALL,), waivers=Path(waivers) if waivers else None)
    failures = report.failures(fail_on)
    assert not failures, broken(held.name, report, failures)


def assert_proved(
    configuration: Configuration | Mapping[str, Any], *proofs: Theorem | str, strict: bool = False
) -> None:
    """Assert that theorems hold for a configuration, whatever is not known turns out to be.

    Args:
        configuration: as for `assert_meets`.
        proofs: invariants such as `no_access(...)`, and ids of standing theorems; all standing theorems by default.
        strict: whether what a theorem assumes of other configurations counts as unknown.

    Raises:
        AssertionError: one is broken or unknown; the text has the request that breaks it, or what left it open.
        ConfigError: there is no such theorem, resource or principal, or the argument was not synthesized.
    """
    held = _configuration(configuration, "assert_proved")
    asked = [theorem(one) if isinstance(one, str) else one for one in proofs]
    report = prove([held], asked or None, strict=strict)
    wrong = [*report.of_answer("BROKEN"), *report.of_answer("UNKNOWN")]
    assert not wrong, broken_in_words(held.name, wrong)


def _configuration(configuration: Configuration | Mapping[str, Any], function: str) -> Configuration:
    if not isinstance(configuration, Configuration | Mapping):
        raise ConfigError(
            f"{function} needs synthesized JSON, not a {type(configuration).__name__}: write {function}(configuration_of(stack))."
        )
    return configuration if isinstance(configuration, Configuration) else Configuration.of(configuration, "stack")


def decoded(document: Any) -> Any:
    """The JSON with every policy document decoded, for snapshots that people read."""
    if isinstance(document, dict):
        return {key: decoded(value) for key, value in document.items()}
    if isinstance(document, list):
        return [decoded(item) for item in document]
    if isinstance(document, str) and document.startswith('{"'):
        try:
            return {"(json)": json.loads(document)}
        except ValueError:
            return document
    return document


def addresses(document: dict[str, Any]) -> list[str]:
    """Every resource address of a stack, sorted: what must not change between releases."""
    return sorted(f"{type}.{name}" for type, blocks in document.get("resource", {}).items() for name in blocks)
