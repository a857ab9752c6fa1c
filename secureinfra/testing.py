"""Helpers for tests, ours and yours: an app that writes nowhere, and the synthesised JSON as a dict."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from secureinfra.check.report import broken, judge
from secureinfra.controls.packs import ALL
from secureinfra.engine import failure
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.stack import configure
from secureinfra.errors import ConfigurationError
from secureinfra.terraform.configuration import Configuration
from secureinfra.terraform.schema import VERSIONS, provider_schema


def test_stack(name: str = "test", *, environment: str | None = None) -> TerraformStack:
    """A stack of its own in an app of its own, whose output folder is temporary.

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
    """A temporary folder for apps that are synthesised in memory; it goes with the process."""
    # One folder per process, which the engine makes even if nothing is ever synthesised into it.
    folder = tempfile.mkdtemp(prefix="secureinfra-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


test_stack.__test__ = False  # type: ignore[attr-defined]


def synthesize(stack: TerraformStack, *, providers: Sequence[str] = VERSIONS) -> dict[str, Any]:
    """The Terraform JSON of a stack, as the engine would write it, held against the AWS provider's schemas.

    Args:
        stack: the stack.
        providers: versions of the provider whose packaged schema every block must fit; empty for none.

    Raises:
        SecureInfraError: what is wrong, as the construct said it rather than as the engine wrapped it.
        ConfigurationError: the provider would not take a block.
    """
    try:
        stack.prepare_stack()
        document: dict[str, Any] = stack.to_terraform()
    except RuntimeError as error:
        ours = failure.original(error)
        if ours is None:
            raise
        raise ours from None
    problems = [str(problem) for version in providers for problem in provider_schema(version).problems(document)]
    if problems:
        raise ConfigurationError("\n".join(problems))
    return document


def configuration_of(stack: TerraformStack) -> Configuration:
    """A stack as a `Configuration` to query: blocks by type and address, values, references, what is attached to what.

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
        packs: what is asked, e.g. `cis-v5`; `all` if none is named.
        fail_on: the least severity that fails: `low`, `medium`, `high` or `critical`.
        waivers: a file of waivers, besides those written beside resources.

    Raises:
        AssertionError: something breaks a control; the text says what, where and how to mend it.
        ConfigError: there is no such pack.
    """
    held = configuration if isinstance(configuration, Configuration) else Configuration.of(configuration, "stack")
    report = judge([held], packs or (ALL,), waivers=Path(waivers) if waivers else None)
    failures = report.failures(fail_on)
    assert not failures, broken(held.name, report, failures)


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
