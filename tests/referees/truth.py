"""checkov's verdicts beside ours, on the controls both know: the catalogue's `checkov_ids` join them."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from secureinfra.check.finding import Finding
from secureinfra.check.run import run_controls
from secureinfra.controls import Control, every, find
from secureinfra.terraform.model.configuration import Configuration
from tests.referees.checkov import COMMAND

Document = Mapping[str, Any]

# Controls of ours without a row of the catalogue, whose decision is part of what checkov's check asks for.
ALSO = {
    "CKV_AWS_61": "iam-role-trust-conditioned",
    "CKV_AWS_182": "docdb-cluster-customer-key",
    "CKV_AWS_184": "efs-file-system-customer-key",
    "CKV_AWS_185": "kinesis-stream-customer-key",
    "CKV_AWS_191": "elasticache-replication-group-customer-key",
    "CKV_AWS_241": "kinesis-firehose-customer-key",
    "CKV_AWS_247": "opensearch-domain-customer-key",
    "CKV_AWS_347": "neptune-cluster-customer-key",
    "CKV_AWS_327": "rds-cluster-customer-key",
}
Direction = Literal["ours fails", "theirs fails"]


@dataclass(frozen=True)
class Reason:
    """Why ours is right where the two disagree.

    Args:
        checks: checkov's ids.
        direction: whose verdict is the failure; the other one passes.
        pattern: found in what is judged. Where ours fails, that is each failure as `control address at: found`;
            where theirs fails, the failing blocks as JSON in one line, then the document in the next, keys sorted and
            the quotes within policies unescaped.
        why: the reason.
    """

    checks: str
    direction: Direction
    pattern: str
    why: str

    def explains(self, disagreement: Disagreement) -> bool:
        """Whether the disagreement is of this kind."""
        return (
            disagreement.check in self.checks.split()
            and disagreement.direction == self.direction
            and re.search(self.pattern, disagreement.evidence) is not None
        )


@dataclass(frozen=True)
class Disagreement:
    """One of checkov's checks on one document, on which the two differ."""

    check: str
    direction: Direction
    document: str
    evidence: str


@dataclass(frozen=True)
class Comparison:
    """What came out of a comparison.

    Args:
        compared: how many verdicts both gave.
        checks: checkov's checks that are among them.
        answered: checkov's checks that gave a verdict, by document.
        noticed: checkov's checks that failed something, by document; for a changed copy, something new.
        disagreements: where the two differ.
    """

    compared: int
    checks: Collection[str]
    answered: Mapping[str, Collection[str]]
    noticed: Mapping[str, Collection[str]]
    disagreements: Sequence[Disagreement]

    def unlisted(self, reasons: Collection[Reason]) -> list[Disagreement]:
        """The disagreements that no reason explains."""
        return [found for found in self.disagreements if not any(reason.explains(found) for reason in reasons)]


def unneeded(reasons: Collection[Reason], *comparisons: Comparison) -> list[Reason]:
    """The reasons that explain nothing any more; one for several checks must explain a disagreement of each."""
    found = [disagreement for comparison in comparisons for disagreement in comparison.disagreements]
    return [
        reason
        for reason in reasons
        if set(reason.checks.split()) - {each.check for each in found if reason.explains(each)}
    ]


@functools.cache
def joined() -> Mapping[str, tuple[Control, ...]]:
    """Our controls by checkov's id."""
    controls: dict[str, list[Control]] = defaultdict(list)
    for control in every():
        for check in control.source("checkov_ids"):
            controls[check].append(control)
    for check, id in ALSO.items():
        controls[check].append(find(id))
    return {check: tuple(known) for check, known in controls.items()}


def theirs(folder: Path) -> dict[str, dict[str, set[str]]]:
    """The names of the resources that fail each check that gave an answer, by folder within this one; one run for all."""
    assert COMMAND, "checkov is not installed: run `make test`, which installs it, or set CHECKOV to its path"
    flags = ["--framework", "terraform_json", "-o", "json", "--compact", "--skip-download"]
    done = subprocess.run(
        [COMMAND, "-d", str(folder), *flags, "--check", ",".join(sorted(joined()))],
        capture_output=True,
        text=True,
        timeout=600,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0, "checkov could not read the JSON"
    verdicts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind in ("passed_checks", "failed_checks"):
        for check in report["results"][kind]:
            failing = verdicts[check["file_path"].split("/")[1]][check["check_id"]]
            if kind == "failed_checks":
                failing.add(check["resource"].rpartition(".")[2])
    return verdicts


def ours(document: Document) -> dict[str, list[Finding]]:
    """What each control that checkov knows too says about a document, by its id."""
    answers: dict[str, list[Finding]] = defaultdict(list)
    asked = {control.id: control for controls in joined().values() for control in controls}
    for finding in run_controls(Configuration.of(document, name="truth"), asked.values()):
        answers[finding.control.id].append(finding)
    return answers


def compare(documents: Mapping[str, Document], folder: Path, base: str = "") -> Comparison:
    """Both verdicts on each document, where both gave one.

    Args:
        documents: by name.
        folder: an empty one, into which they are written.
        base: the document of which the others are changed copies: of those, only what fails anew counts as failed.
    """
    for name, document in documents.items():
        (folder / name).mkdir()
        # checkov 3.3 reads no `moved` and `removed` blocks in JSON, and skips the whole file.
        read = {section: blocks for section, blocks in document.items() if section not in ("moved", "removed")}
        (folder / name / "cdk.tf.json").write_text(json.dumps(read))
    verdicts = theirs(folder)
    compared: list[str] = []
    noticed: dict[str, set[str]] = defaultdict(set)
    disagreements: list[Disagreement] = []
    at_base = ours(documents[base]) if base else {}
    for name, document in documents.items():
        answers = ours(document)
        for check, names in verdicts.get(name, {}).items():
            if not _is_answered(check, answers):
                continue
            compared.append(check)
            failing, failures = set(names), _failures(check, answers)
            if base not in ("", name) and _is_answered(check, at_base):
                failing -= verdicts[base].get(check, set())
                failures -= _failures(check, at_base)
            if failing:
                noticed[name].add(check)
            if failing and not failures:
                disagreements.append(Disagreement(check, "theirs fails", name, _written(failing, document)))
            if failures and not failing:
                disagreements += [Disagreement(check, "ours fails", name, failure) for failure in sorted(failures)]
    answered = {name: frozenset(found) for name, found in verdicts.items()}
    return Comparison(len(compared), set(compared), answered, noticed, disagreements)


def _is_answered(check: str, answers: Mapping[str, list[Finding]]) -> bool:
    statuses = {finding.status for control in joined()[check] for finding in answers.get(control.id, ())}
    return "failed" in statuses or ("passed" in statuses and "unknown" not in statuses)


def _failures(check: str, answers: Mapping[str, list[Finding]]) -> set[str]:
    return {
        f"{control.id} {finding.address} {finding.at}: {finding.found}"
        for control in joined()[check]
        for finding in answers.get(control.id, ())
        if finding.status == "failed"
    }


def _written(names: Collection[str], document: Document) -> str:
    # checkov names no types, so every block of the name is shown; the document follows for what is beside them.
    blocks = [
        {type: block}
        for section in ("resource", "data")
        for type, named in document.get(section, {}).items()
        for name, block in named.items()
        if name in names
    ]
    return "\n".join(json.dumps(part, sort_keys=True).replace('\\"', '"') for part in (blocks, document))
