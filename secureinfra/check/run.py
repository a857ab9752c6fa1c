"""Controls asked about a configuration, each answer a finding."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Iterator

from secureinfra.check.finding import Finding, Status
from secureinfra.controls.control import Control, checks_of, checks_of_configurations
from secureinfra.controls.packs import ALL, is_in, known
from secureinfra.controls.verdict import Check, Failure, NotApplicable
from secureinfra.errors import SecureInfraError
from secureinfra.terraform.block import Block
from secureinfra.terraform.configuration import Configuration
from secureinfra.terraform.unknown import UnknownValueError

OPTION_NOT_TAKEN = "an option that is not taken; a framework that demands it is asked for by name"


def run(configuration: Configuration, packs: Collection[str] = (ALL,)) -> list[Finding]:
    """Every finding of some packs on a configuration, in the order in which its blocks are written.

    Args:
        configuration: what is judged.
        packs: names of packs.

    Raises:
        ConfigError: there is no such pack.
    """
    for name in packs:
        known(name)
    findings = _run(configuration, lambda control: any(is_in(control, name) for name in packs))
    for position, finding in enumerate(findings):
        if finding.status in ("failed", "unknown") and _is_left_off(finding.control, packs):
            findings[position] = dataclasses.replace(
                finding, status="not applicable", found=OPTION_NOT_TAKEN, expected=""
            )
    return findings


def run_controls(configuration: Configuration, controls: Iterable[Control]) -> list[Finding]:
    """Every finding of some controls on a configuration, in the order in which its blocks are written.

    Args:
        configuration: what is judged.
        controls: what is asked; an optional one is judged like any other. An error in a check is raised as it is.
    """
    asked = {control.id for control in controls}
    return _run(configuration, lambda control: control.id in asked, strict=True)


def _is_left_off(control: Control, packs: Collection[str]) -> bool:
    return control.optional and not any(name != ALL and is_in(control, name) for name in packs)


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
    why = ""
    try:
        for failure in judge():
            failed = True
            yield _finding(control, "failed", failure.block or block, configuration, failure)
    except NotApplicable as answer:
        status, why = "not applicable", str(answer)
    except UnknownValueError as answer:
        status, why = "unknown", _shortened(answer.value.text)
    except SecureInfraError:
        raise
    except Exception as error:
        # One odd resource must not cost the answers about all others, and is never a pass.
        if strict:
            raise
        status, why = (
            "unknown",
            _shortened(f"the check stumbled over it, please report that: {type(error).__name__}: {error}"),
        )
    if not failed:
        yield _finding(control, status, block, configuration, Failure(why, ""))


def _shortened(text: str) -> str:
    # A policy may be many kilobytes long, of which nobody reads more than its beginning.
    return text if len(text) <= 200 else f"{text[:197]}..."


def _finding(
    control: Control, status: Status, block: Block | None, configuration: Configuration, failure: Failure
) -> Finding:
    return Finding(control, status, block, configuration.name, failure.at, failure.found, failure.expected)
