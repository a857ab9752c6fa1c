"""The identity of a finding: what was found, not where in a list; unique within a report."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from secureinfra.check.baseline import write_baseline
from secureinfra.check.formats import rendered
from secureinfra.check.identity import identities
from secureinfra.cli.program import program
from tests.check.judged import keys, report


def rule(
    ports: tuple[int, int], *, description: str = "web", networks: tuple[str, ...] = ("0.0.0.0/0",)
) -> dict[str, Any]:
    return {
        "description": description,
        "protocol": "tcp",
        "from_port": ports[0],
        "to_port": ports[1],
        "cidr_blocks": list(networks),
    }


def group(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"resource": {"aws_security_group": {"g": {"description": "g", "ingress": list(rules)}}}}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "resource": {"aws_sqs_queue_policy": {"p": {"queue_url": "q", "policy": json.dumps({"Statement": statements})}}}
    }


def allow(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*", **more}


KNOWN = rule((8080, 8080))


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        (group(KNOWN), group(KNOWN), False),
        (group(KNOWN), group(rule((443, 443), networks=("10.0.0.0/8",)), KNOWN), False),
        (group(KNOWN), group(rule((8080, 8080), description="another word")), False),
        (group(KNOWN), group(rule((0, 21))), True),
        (group(KNOWN), group(rule((8080, 8090))), True),
        (group(KNOWN), group(KNOWN, rule((9000, 9000))), True),
        (group(KNOWN), group(KNOWN, KNOWN), True),
        (policy(allow("sqs:SendMessage")), policy(allow("sqs:SendMessage", Sid="named")), False),
        (policy(allow("sqs:SendMessage")), policy(allow("sqs:DeleteMessage")), True),
    ],
)
def test_a_baseline_knows_what_was_found(tmp_path: Path, before: Any, after: Any, new: bool) -> None:
    path = tmp_path / "known.json"
    assert write_baseline(path, report(before).findings, {}) > 0
    found = report(after, baseline=path)
    assert bool(found.failures("low")) is new
    assert found.baselined > 0 or new


def test_as_many_are_known_as_were_written(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    found = report(group(KNOWN, KNOWN, rule((9000, 9000))))
    assert write_baseline(path, found.findings, {}) == found.totals["failed"]
    again = report(group(KNOWN, KNOWN, rule((9000, 9000))), baseline=path)
    assert (again.baselined, again.totals["failed"]) == (found.totals["failed"], 0)


def test_every_finding_has_an_identity_of_its_own() -> None:
    found = report(group(KNOWN, KNOWN, rule((9000, 9000)))).of_status("failed")
    own = identities(found, {}, Path())
    assert len(set(own)) == len(own) == len(found)
    results = json.loads(rendered(report(group(KNOWN, KNOWN)), "sarif"))["runs"][0]["results"]
    prints = [result["partialFingerprints"]["secureinfra/v2"] for result in results]
    assert len(set(prints)) == len(prints)


def test_old_baselines_are_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(json.dumps({"version": 1, "failures": ["kms-key-enabled|stack|aws_kms_key.a|is_enabled"]}))
    found = report(keys(a={"is_enabled": False}, b={"is_enabled": False}), baseline=path)
    assert [one.address for one in found.failures("low")] == ["aws_kms_key.b"]
    assert [note for note in found.notes if "an older baseline" in note]


def test_paths_are_relative_to_the_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    infra = tmp_path / "repository" / "infra"
    infra.mkdir(parents=True)
    (infra / "main.tf.json").write_text(json.dumps(keys(k={"is_enabled": False})))

    def check(folder: Path, *arguments: str) -> int:
        monkeypatch.chdir(folder)
        return CliRunner().invoke(program, ["check", *arguments]).exit_code

    assert check(tmp_path, "repository/infra", "--baseline", "repository/known.json", "--write-baseline") == 0
    assert check(tmp_path, "repository/infra", "--baseline", "repository/known.json") == 0
    assert check(infra.parent, "infra", "--baseline", "known.json") == 0
    assert check(infra, ".", "--baseline", "../known.json") == 0
    assert check(tmp_path, str(infra), "--baseline", "repository/known.json") == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "main.tf.json").write_text((infra / "main.tf.json").read_text())
    assert check(tmp_path, "other", "--baseline", "repository/known.json") == 1
