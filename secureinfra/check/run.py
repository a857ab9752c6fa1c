"""Runs controls on a configuration; each answer is a finding."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Iterator

from secureinfra.check.finding import Finding, Status
from secureinfra.check.selection import Selection
from secureinfra.check.unknowns import what_to_give
from secureinfra.controls.control import Control
from secureinfra.controls.packs import ALL
from secureinfra.controls.registry import checks_of, checks_of_configurations
from secureinfra.controls.verdict import Check, Failure, NotApplicable
from secureinfra.errors import SecureInfraError
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import UnknownValueError

OPTION_NOT_TAKEN = "this control is optional; it fails only for a pack that requires it"


def run(configuration: Configuration, packs: Collection[str] = (ALL,)) -> list[Finding]:
    """Every finding of some packs on a configuration, in the order of its blocks.

    Args:
        configuration: the configuration.
        packs: names of packs.

    Raises:
        ConfigError: a pack does not exist.
    """
    return run_selection(configuration, Selection.of(packs))


def run_selection(configuration: Configuration, selection: Selection) -> list[Finding]:
    """Every finding of some controls on a configuration, in the order of its blocks.

    Args:
        configuration: the configuration.
        selection: the controls.
    """
    findings = _run(configuration, selection.asks)
    for position, finding in enumerate(findings):
        if finding.status in ("failed", "unknown") and selection.leaves_off(finding.control):
            findings[position] = dataclasses.replace(
                finding, status="not applicable", found=OPTION_NOT_TAKEN, expected=""
            )
    return findings


def run_controls(configuration: Configuration, controls: Iterable[Control]) -> list[Finding]:
    """Every finding of some controls on a configuration, in the order of its blocks.

    Args:
        configuration: the configuration.
        controls: the controls; optional ones are checked like any other. An error in a check is raised unchanged.
    """
    asked = {control.id for control in controls}
    return _run(configuration, lambda control: control.id in asked, strict=True)


def _run(configuration: Configuration, asked: Callable[[Control], bool], *, strict: bool = False) -> list[Finding]:
    wanted: dict[str, list[tuple[Control, Check]]] = {}
    findings: list[Finding] = []
    for block in configuration.blocks:
        type = f"data.{block.type}" if block.section == "data" else block.type
        if type not in wanted:
            wanted[type] = [(control, check) for control, check in checks_of(type) if asked(control)]
        for control, check in wanted[type]:
            judge = functools.partial(check, block, configuration)
            findings += _answers(control, block, configuration, judge, strict=strict)
    for control, check_whole in checks_of_configurations():
        if asked(control):
            judge = functools.partial(check_whole, configuration)
            findings += _answers(control, None, configuration, judge, strict=strict)
    return findings


def _answers(
    control: Control,
    block: Block | None,
    configuration: Configuration,
    judge: Callable[[], Iterable[Failure]],
    *,
    strict: bool,
) -> Iterator[Finding]:
    failed = False
    status: Status = "passed"
    why = give = ""
    try:
        for failure in judge():
            failed = True
            yield _finding(control, "failed", failure.block or block, configuration, failure)
    except NotApplicable as answer:
        status, why = "not applicable", str(answer)
    except UnknownValueError as answer:
        status, why, give = "unknown", _shortened(answer.value.text), what_to_give(answer.value)
    except SecureInfraError:
        raise
    except Exception as error:
        # One odd resource must not cost the answers about all others, and is never a pass.
        if strict:
            raise
        status, why = (
            "unknown",
            _shortened(f"the check crashed ({type(error).__name__}: {error}); please report this"),
        )
    if not failed:
        yield _finding(control, status, block, configuration, Failure(why, give))


def _shortened(text: str) -> str:
    # A policy may be many kilobytes long, of which nobody reads more than its beginning.
    return text if len(text) <= 200 else f"{text[:197]}..."


def _finding(
    control: Control, status: Status, block: Block | None, configuration: Configuration, failure: Failure
) -> Finding:
    return Finding(control, status, block, configuration.name, failure.at, failure.found, failure.expected)
