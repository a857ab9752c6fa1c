"""Which file each resource stands in."""

import pytest

from secureinfra.modules.content.themes import MAIN, files_of, theme_of


@pytest.mark.parametrize(
    ("type", "theme"),
    [
        ("aws_iam_role", "iam"),
        # The longest beginning decides.
        ("aws_iam_account_password_policy", "account"),
        ("aws_cloudwatch_log_metric_filter", "alarms"),
        ("aws_cloudwatch_log_group", "logging"),
        ("aws_vpc_endpoint", "endpoints"),
        ("other_thing", MAIN),
    ],
)
def test_theme(type: str, theme: str) -> None:
    assert theme_of(type) == theme


def keys(count: int) -> dict[str, dict[str, str]]:
    return {f"k{number}": {} for number in range(count)}


def test_few_resources_stand_together() -> None:
    document = {"resource": {"aws_s3_bucket": {"b": {}}, "aws_kms_key": keys(11)}, "data": {"aws_region": {"r": {}}}}
    assert files_of(document) == {MAIN: {"resource": document["resource"], "data": document["data"]}}


def test_many_are_divided_and_the_first_ones_theme_is_the_main_file() -> None:
    document = {
        "locals": {"a": 1},
        "moved": [{"from": "a", "to": "b"}],
        "removed": [{"from": "c", "lifecycle": {"destroy": False}}],
        "data": {"aws_iam_policy_document": {"d": {}}},
        "resource": {"aws_s3_bucket": {"b": {}}, "aws_kms_key": keys(12)},
    }
    files = files_of(document)
    assert set(files) == {MAIN, "encryption"}
    assert set(files[MAIN]) == {"locals", "moved", "removed", "data", "resource"}
    assert files[MAIN]["resource"] == {"aws_s3_bucket": {"b": {}}}
    assert files["encryption"] == {"resource": {"aws_kms_key": keys(12)}}
