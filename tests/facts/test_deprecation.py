"""Nothing that we write is deprecated by the provider, in either major, unless the other major has nothing else."""

from typing import Any

import pytest

from secureinfra.facts.deprecation import deprecated_in
from tests.referees.stacks import NAMES, document_of

# What both majors take has no name that is deprecated in neither.
BOTH_NEED = {
    "data.aws_region.id: use region": "provider 5 knows `id` and `name` only, and marks neither",
    "aws_dynamodb_table.global_secondary_index.hash_key: use key_schema": "provider 5 requires it, and has no `key_schema`",
    "aws_dynamodb_table.global_secondary_index.range_key: use key_schema": "provider 5 has no `key_schema`",
}


def of(section: str, type: str, block: dict[str, Any], major: int = 6) -> list[str]:
    return list(dict.fromkeys(deprecated_in({section: {type: {"x": block}}}, major)))


@pytest.mark.parametrize(
    ("section", "type", "block", "found"),
    [
        ("resource", "aws_s3_bucket", {"bucket": "b"}, []),
        ("resource", "aws_s3_bucket", {"acl": "private"}, ["aws_s3_bucket.acl: use aws_s3_bucket_acl"]),
        (
            "resource",
            "aws_iam_role",
            {"managed_policy_arns": []},
            [
                "aws_iam_role.managed_policy_arns: use aws_iam_role_policy_attachment or "
                "aws_iam_role_policy_attachments_exclusive"
            ],
        ),
        ("data", "aws_cloudtrail_service_account", {}, ["data.aws_cloudtrail_service_account"]),
        ("resource", "aws_no_such", {"acl": 1}, []),
    ],
)
def test_types_and_arguments(section: str, type: str, block: dict[str, Any], found: list[str]) -> None:
    assert of(section, type, block) == found


def test_references_by_major() -> None:
    block = {"name": "x-${data.aws_region.current.id}", "policy": "${jsonencode(data.aws_region.current.name)}"}
    assert of("resource", "aws_sns_topic", block) == [
        "data.aws_region.id: use region",
        "data.aws_region.name: use region",
    ]
    assert of("resource", "aws_sns_topic", block, major=5) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("major", [5, 6])
def test_nothing_deprecated_is_written(name: str, major: int) -> None:
    assert set(deprecated_in(document_of(name), major)) <= set(BOTH_NEED)


def test_every_exception_is_needed() -> None:
    written = {one for name in NAMES for major in (5, 6) for one in deprecated_in(document_of(name), major)}
    assert written == set(BOTH_NEED)
