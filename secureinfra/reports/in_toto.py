"""A report as an in-toto statement: the digests of what was read, and the result of each test, ready to be signed.

The statement is the middle layer of an attestation (github.com/in-toto/attestation, spec/v1/statement.md). Its predicate is
Test Result 0.1 (spec/predicates/test-result.md of the same repository).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from secureinfra.check.formats.plain import plain
from secureinfra.errors import ConfigError
from secureinfra.reports.facts import Digest, ReportFacts
from secureinfra.reports.words import LABELS
from secureinfra.version import __version__

__all__ = ["as_in_toto"]

_STATEMENT = "https://in-toto.io/Statement/v1"
_TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
_PASSED, _WARNED, _FAILED = "passedTests", "warnedTests", "failedTests"
# What is not known did not pass; nothing says that it failed.
_LISTS = {"passed": _PASSED, "PROVED": _PASSED, "failed": _FAILED, "BROKEN": _FAILED}
_ORDER = (_FAILED, _WARNED, _PASSED)
_CATALOGUE = "catalogue.csv"


def as_in_toto(facts: ReportFacts) -> str:
    """A statement of type `https://in-toto.io/Statement/v1` as JSON.

    Each answer of a control and each verdict of a theorem is a test. One that is met or proved passed, one that is broken or
    refuted failed; what is unknown or waived warns. The result is `PASSED` only if every test passed, there was one,
    everything was read, and no control of the packs was skipped.

    Args:
        facts: of the report, with no failure left out.

    Raises:
        ConfigError: nothing was read that has a digest, so that the statement would be about nothing.
    """
    if not facts.digests:
        raise ConfigError(
            f"{plain(facts.title)}: no file was read, so there is nothing that a statement could be about. "
            "Give a folder or file of Terraform."
        )
    worst: dict[str, str] = {}
    for name, state in _tests(facts):
        worst[name] = min(_LISTS.get(state, _WARNED), worst.get(name, _PASSED), key=_ORDER.index)
    tests = {held: sorted(name for name, of in worst.items() if of == held) for held in reversed(_ORDER)}
    predicate = {
        "result": _result(facts, tests),
        "configuration": [*_tool(), *map(_descriptor, facts.settings)],
        **tests,
        "secureinfra": _more(facts),
    }
    statement = {
        "_type": _STATEMENT,
        "subject": [_descriptor(held) for held in facts.digests],
        "predicateType": _TEST_RESULT,
        "predicate": predicate,
    }
    return json.dumps(statement, indent=1) + "\n"


def _result(facts: ReportFacts, tests: dict[str, list[str]]) -> str:
    if tests[_FAILED]:
        return "FAILED"
    report = facts.report
    whole = tests[_PASSED] and not tests[_WARNED] and not (report.unread or report.only or report.skipped)
    return "PASSED" if whole else "WARNED"


def _tests(facts: ReportFacts) -> Iterator[tuple[str, str]]:
    """Each test by name, and how it ended: `s3-bucket-tls-only infra#aws_s3_bucket.data`."""
    for item in facts.items:
        if item.state != "not applicable":
            yield from (
                (_name(item.control.id, place.configuration, place.address), item.state) for place in item.places
            )
    for one in facts.proofs.findings if facts.proofs else ():
        configuration = facts.names.get(one.configuration, "") or facts.paths.of(one.configuration)
        yield _name(one.theorem.id, configuration, one.result.address), one.result.verdict


def _name(id: str, configuration: str, address: str) -> str:
    return plain(f"{id} {configuration}{f'#{address}' if address else ''}")


def _descriptor(held: Digest) -> dict[str, Any]:
    return {"name": plain(held.path), "digest": {"sha256": held.sha256}}


def _tool() -> list[dict[str, Any]]:
    """The version of this library, and the digest of the controls' catalogue, by which two runs are comparable."""
    held = files("secureinfra.controls").joinpath(_CATALOGUE).read_bytes()
    return [
        {"name": "secureinfra", "uri": f"pkg:pypi/secureinfra@{__version__}"},
        {"name": f"secureinfra/controls/{_CATALOGUE}", "digest": {"sha256": hashlib.sha256(held).hexdigest()}},
    ]


def _more(facts: ReportFacts) -> dict[str, Any]:
    """What the predicate has no field for: ignoring it makes no verdict better."""
    return {
        "version": __version__,
        "date": facts.date.isoformat(),
        "command": plain(facts.command),
        "packs": list(facts.report.packs),
        "onlyControls": list(facts.report.only),
        "skippedControls": list(facts.report.skipped),
        "totals": {LABELS[state]: count for state, count in facts.report.totals.items()},
        "proofs": {answer.lower(): count for answer, count in facts.proofs.totals.items()} if facts.proofs else None,
        "notRead": facts.report.unread,
        "notes": [plain(facts.paths.within(note)) for note in facts.report.notes],
        "waivers": [
            {
                "control": row.control,
                "reason": plain(row.reason),
                "owner": plain(row.owner),
                "until": row.until,
                "excuses": row.excuses,
            }
            for row in facts.waivers
        ],
    }
