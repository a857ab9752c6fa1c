"""What a backup plan takes in."""

from typing import Any

import pytest

from secureinfra.controls.rds.availability import IN_BACKUP_PLAN
from tests.controls.judge import findings, status

X: dict[str, Any] = {"x": {}}
DAILY = {"type": "STRINGEQUALS", "key": "backup", "value": "daily"}
EVERYTHING = {"name": "everything"}


def judged(*selections: dict[str, Any], **database: Any) -> str:
    found = {str(n): one for n, one in enumerate(selections)}
    other = {"identifier": "other"}
    answers = findings(
        IN_BACKUP_PLAN, variable=X, aws_db_instance={"d": database, "other": other}, aws_backup_selection=found
    )
    return next(finding.status for finding in answers if finding.address == "aws_db_instance.d")


def equals(key: str, value: str, operator: str = "string_equals") -> dict[str, Any]:
    return {operator: [{"key": f"aws:ResourceTag/{key}", "value": value}]}


@pytest.mark.parametrize(
    ("selection", "answer"),
    [
        ({"resources": ["${aws_db_instance.d.arn}"]}, "passed"),
        ({"resources": ["${aws_db_instance.other.arn}"]}, "failed"),
        ({"resources": ["*"]}, "passed"),
        ({"resources": ["arn:aws:rds:*:*:db:*"]}, "passed"),
        ({"resources": ["arn:aws:rds:eu-west-1:111122223333:db:ledger"]}, "passed"),
        ({"resources": ["arn:aws:rds:eu-west-1:111122223333:db:other"]}, "failed"),
        ({"resources": ["arn:aws:rds:*:${data.aws_caller_identity.c.account_id}:db:led*"]}, "passed"),
        ({"resources": ["arn:aws:rds:*:*:db:${aws_db_instance.other.id}"]}, "failed"),
        ({"resources": ["arn:aws:rds:*:*:db:${var.x}"]}, "unknown"),
        ({"resources": ["arn:aws:rds:*:*:cluster:*"]}, "failed"),
        ({"resources": ["${var.x}"]}, "unknown"),
        ({"resources": "${concat([aws_db_instance.other.arn], var.x)}"}, "unknown"),
        ({"resources": ["*"], "not_resources": ["arn:aws:rds:*:*:db:*"]}, "failed"),
        ({"resources": ["*"], "not_resources": "${var.x}"}, "unknown"),
        ({"resources": ["*"], "condition": equals("backup", "daily")}, "passed"),
        ({"resources": ["*"], "condition": equals("backup", "weekly")}, "failed"),
        ({"resources": ["*"], "condition": equals("backup", "d*", "string_like")}, "passed"),
        ({"resources": ["*"], "condition": equals("team", "d*", "string_like")}, "failed"),
        ({"resources": ["*"], "condition": equals("backup", "never", "string_not_equals")}, "passed"),
        ({"resources": ["*"], "condition": equals("backup", "d*", "string_not_like")}, "failed"),
        ({"selection_tag": [DAILY]}, "passed"),
        ({"selection_tag": [{**DAILY, "value": "weekly"}]}, "failed"),
        ({"selection_tag": [{**DAILY, "value": "weekly"}, DAILY]}, "passed"),
        ({"selection_tag": [{**DAILY, "value": "${var.x}"}]}, "unknown"),
        ({"resources": ["*"], "selection_tag": [{**DAILY, "value": "weekly"}]}, "failed"),
        (EVERYTHING, "passed"),
    ],
)
def test_selection(selection: dict[str, Any], answer: str) -> None:
    assert judged(selection, identifier="ledger", tags={"backup": "daily"}) == answer


def test_one_selection_of_several() -> None:
    assert judged({"resources": ["${var.x}"]}, {"resources": ["*"]}) == "passed"
    assert judged({"selection_tag": [DAILY]}, {"resources": ["${aws_db_instance.other.arn}"]}) == "failed"


def test_tags_that_are_not_known() -> None:
    assert judged({"selection_tag": [DAILY]}, tags="${var.x}") == "unknown"
    assert judged({"selection_tag": [DAILY]}, tags={"backup": "${var.x}"}) == "unknown"
    assert judged({"selection_tag": [DAILY]}) == "failed"


def test_the_same_name_in_the_arn_and_in_the_database() -> None:
    assert judged({"resources": ["arn:aws:rds:*:*:db:${var.x}"]}, identifier="${var.x}") == "passed"


def test_tags_of_the_provider() -> None:
    from secureinfra.check.run import run_controls
    from secureinfra.terraform.model.configuration import Configuration

    def with_provider(**database: Any) -> str:
        document = {
            "provider": {
                "aws": [{"default_tags": [{"tags": {"backup": "daily"}}]}, {"alias": "west", "region": "eu-west-1"}]
            },
            "resource": {
                "aws_db_instance": {"d": database},
                "aws_backup_selection": {"s": {"selection_tag": [DAILY]}},
            },
        }
        (finding,) = run_controls(Configuration.of(document), [IN_BACKUP_PLAN])
        return finding.status

    assert with_provider() == "passed"
    assert with_provider(tags={"backup": "never"}) == "failed"
    assert with_provider(provider="aws.west") == "failed"


def test_nothing_selects() -> None:
    assert status(IN_BACKUP_PLAN, aws_db_instance={"d": {}}) == "failed"
