"""Our verdicts are checkov's, on what both judge, but for the listed disagreements, each with its reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from secureinfra.controls import catalogue, every
from secureinfra.controls.registry import types_of
from tests.referees import truth, truth_switches
from tests.referees.disagreements import NEVER_COMPARED, REASONS, SILENT
from tests.referees.stacks import document_of
from tests.referees.truth_inputs import INPUTS

# What is compared takes a minute to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("truth")

CONTROLS = Path(__file__).parents[1] / "controls"
OPTIONS = {control.row for control in every() if control.optional}


@pytest.fixture(scope="module")
def quickstart() -> dict[str, Any]:
    return document_of("quickstart")


@pytest.fixture(scope="module")
def switched_off(quickstart: dict[str, Any]) -> Mapping[str, dict[str, Any]]:
    return truth_switches.switched_off(quickstart)


@pytest.fixture(scope="module")
def compared(
    quickstart: dict[str, Any], switched_off: Mapping[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> truth.Comparison:
    documents = {"quickstart": quickstart, **switched_off}
    return truth.compare(documents, tmp_path_factory.mktemp("switched-off"), base="quickstart")


@pytest.fixture(scope="module")
def compared_inputs(tmp_path_factory: pytest.TempPathFactory) -> truth.Comparison:
    kept = tmp_path_factory.mktemp("kept")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(CONTROLS)],
        env={**os.environ, "SECUREINFRA_KEEP_INPUTS": str(kept)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    documents = {folder.name: json.loads((folder / "cdk.tf.json").read_text()) for folder in sorted(kept.iterdir())}
    return truth.compare({**documents, **INPUTS}, tmp_path_factory.mktemp("inputs"))


def test_every_row_that_the_quickstart_holds_is_switched_off(
    quickstart: dict[str, Any], switched_off: Mapping[str, dict[str, Any]]
) -> None:
    judged = {control.row for control in every()}
    held = {
        key
        for key, row in catalogue.rows().items()
        if row["checkov_ids"] and key in judged and _types(quickstart) & set(row["terraform_resource_types"].split(";"))
    }
    assert {truth_switches.row_of(switch) for switch in switched_off} == held


def test_controls_fail_what_is_switched_off(
    quickstart: dict[str, Any], switched_off: Mapping[str, dict[str, Any]]
) -> None:
    before, held = truth.ours(quickstart), _types(quickstart)
    for row in {truth_switches.row_of(switch) for switch in switched_off}:
        switches = [
            truth.ours(document) for name, document in switched_off.items() if truth_switches.row_of(name) == row
        ]
        controls = [control for control in every() if control.row == row and not held.isdisjoint(types_of(control))]
        assert controls, row
        for control in controls:
            assert any("failed" in _statuses(answers, control.id) for answers in switches), control.id
            assert row in OPTIONS or "failed" not in _statuses(before, control.id), control.id
        assert all(any("failed" in _statuses(answers, control.id) for control in controls) for answers in switches), row


def test_checkov_agrees_on_what_is_switched_off(compared: truth.Comparison) -> None:
    assert compared.compared > 3000
    assert compared.unlisted(REASONS) == []


def test_checkov_agrees_on_the_inputs_of_our_tests(compared_inputs: truth.Comparison) -> None:
    assert compared_inputs.compared > 15000
    assert compared_inputs.unlisted(REASONS) == []


def test_reasons_are_needed(compared: truth.Comparison, compared_inputs: truth.Comparison) -> None:
    assert truth.unneeded(REASONS, compared, compared_inputs) == []


def test_every_check_of_checkov_is_compared(compared: truth.Comparison, compared_inputs: truth.Comparison) -> None:
    assert truth.joined().keys() - {*compared.checks, *compared_inputs.checks} == set(" ".join(NEVER_COMPARED).split())


def test_checkov_answers_on_what_is_switched_off(
    compared: truth.Comparison, switched_off: Mapping[str, dict[str, Any]]
) -> None:
    silent = {
        truth_switches.row_of(name)
        for name in switched_off
        if not set(catalogue.cell(truth_switches.row_of(name), "checkov_ids")) & set(compared.answered[name])
    }
    assert silent == set(SILENT)


def _types(document: Mapping[str, Any]) -> set[str]:
    return {*document["resource"], *(f"data.{type}" for type in document["data"])}


def _statuses(answers: Mapping[str, list[Any]], id: str) -> set[str]:
    return {finding.status for finding in answers.get(id, ())}
