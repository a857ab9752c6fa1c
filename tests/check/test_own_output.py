"""What this library makes meets every control, with the waivers that it declares and no others."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from secureinfra.check.report import Report, judge
from secureinfra.terraform.configuration import Configuration
from tests.terraform.stacks import NAMES, document_of

SNAPSHOTS = sorted((Path(__file__).parents[1] / "aws" / "__snapshots__").rglob("*.json"))
WAIVERS = Path(__file__).parents[2] / "examples" / "guard" / "waivers.yaml"


# Inputs of the snapshots that lead to something which the snapshot does not hold.
ELSEWHERE = {
    ("test_security_group", "test_fullest"): [
        "unknown security-group-internet-by-name aws_vpc_security_group_egress_rule.web_to_aws_vpc_endpoint_s3_prefix_list_id_tcp_443 : "
        "${aws_vpc_endpoint.s3.prefix_list_id}"
    ],
}


def encoded(held: Any) -> Any:
    """A snapshot with its policies as text again."""
    if isinstance(held, Mapping):
        return (
            json.dumps(held["(json)"])
            if set(held) == {"(json)"}
            else {key: encoded(value) for key, value in held.items()}
        )
    return [encoded(item) for item in held] if isinstance(held, list) else held


def shortcomings(report: Report) -> list[str]:
    answers = [*report.of_status("failed"), *report.of_status("unknown")]
    return [f"{one.status} {one.control.id} {one.address} {one.at}: {one.found}" for one in answers] + list(
        report.notes
    )


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_constructs(snapshot: Path) -> None:
    document = {"resource": {}, **encoded(json.loads(snapshot.read_text()))}
    report = judge([Configuration.of(document, snapshot.stem)])
    assert shortcomings(report) == ELSEWHERE.get((snapshot.parent.name, snapshot.stem), [])


@pytest.mark.parametrize("name", NAMES)
def test_stacks(name: str, tmp_path: Path) -> None:
    document = document_of(name, tmp_path)
    report = judge([Configuration.of(document, name)], waivers=WAIVERS if name == "guard" else None)
    assert report.totals["passed"] > 10
    assert shortcomings(report) == []
