"""Which policies allow a request that none allowed before, each with such a request."""

from pathlib import Path

import pytest

from secureinfra.compare.access import access_changes
from secureinfra.compare.pairs import pairs_of
from tests.compare.hcl import configuration

QUEUE = """
resource "aws_sqs_queue" "q" { name = "q" }
variable "v" {}
resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [%s] })
}
"""
APP, OTHER = "arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:role/app"


def allow(principal: str, action: str = '"sqs:SendMessage"', more: str = "") -> str:
    return f'{{ Effect = "Allow", Principal = {principal}, Action = {action}, Resource = "*"{more} }}'


def aws(arn: str) -> str:
    return f'{{ AWS = "{arn}" }}'


DENY = '{ Effect = "Deny", Principal = "*", Action = "sqs:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }'
ORG = ', Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }'

ORG_AND_TLS = ORG.replace("} }", '}, Bool = { "aws:SecureTransport" = "true" } }')


def wider(tmp_path: Path, old: str, new: str) -> list[tuple[bool, str]]:
    before = configuration(tmp_path / "old", QUEUE % old)
    after = configuration(tmp_path / "new", QUEUE % new)
    return [(one.certain, one.found) for one in access_changes(before, after, pairs_of(before, after))]


BOTH = '["sqs:SendMessage", "sqs:ReceiveMessage"]'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (allow(aws(APP)), allow(aws(APP))),
        (allow(aws(APP), '"sqs:*"'), allow(aws(APP))),
        (allow('"*"', more=ORG), allow('"*"', more=ORG_AND_TLS)),
        (allow(aws(APP)) + "," + DENY, DENY),
        (allow(aws(APP)) + "," + DENY, allow(aws(APP)) + "," + DENY.replace('"sqs:*"', '"*"')),
        (allow(aws(APP), BOTH), allow(aws(APP), '"sqs:ReceiveMessage"')),
    ],
)
def test_no_wider(tmp_path: Path, old: str, new: str) -> None:
    assert wider(tmp_path, old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "request_in_it"),
    [
        (allow(aws(APP)), allow(aws(APP), BOTH), f"{APP} could sqs:ReceiveMessage"),
        (allow(aws(APP)), allow(aws(APP)) + "," + allow(aws(OTHER)), f"{OTHER} could sqs:SendMessage"),
        (allow('"*"', more=ORG), allow('"*"'), "could sqs:SendMessage"),
        (allow(aws(APP)), allow('{ Service = "sns.amazonaws.com" }'), "sns.amazonaws.com"),
        (allow('"*"') + "," + DENY, allow('"*"'), "could sqs:SendMessage"),
        (DENY, allow(aws("arn:aws:iam::111122223333:root")), "111122223333"),
    ],
)
def test_wider(tmp_path: Path, old: str, new: str, request_in_it: str) -> None:
    ((certain, found),) = wider(tmp_path, old, new)
    assert certain
    assert found.startswith("now, and not before: ")
    assert request_in_it in found


def test_a_policy_that_is_not_known_is_not_proved(tmp_path: Path) -> None:
    ((certain, _),) = wider(tmp_path, allow(aws(APP)), allow("{ AWS = var.v }"))
    assert not certain


def test_a_policy_where_there_was_none(tmp_path: Path) -> None:
    before = configuration(tmp_path / "old", 'resource "aws_sqs_queue" "q" { name = "q" }')
    after = configuration(tmp_path / "new", QUEUE % allow(aws(OTHER)))
    (found,) = access_changes(before, after, pairs_of(before, after))
    assert found.block.address == "aws_sqs_queue.q"


ROLE = """
variable "v" {}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = [%s], Resource = "*" }] })
}
resource "aws_iam_role" "app" {
  name                 = "app"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [%s] })
  permissions_boundary = %s
}
resource "aws_iam_role_policy" "app" {
  role   = aws_iam_role.app.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [%s, { Effect = "Allow", Action = "sqs:GetQueueUrl", Resource = aws_sqs_queue.q.arn }]
  })
}
"""
BOUND = "aws_iam_policy.boundary.arn"
SEND = '{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }'
EC2 = '{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }'


def of_role(tmp_path: Path, *now: str) -> list[tuple[str, bool, str]]:
    before = configuration(tmp_path / "old", ROLE % ('"sqs:*"', EC2, BOUND, SEND))
    after = configuration(tmp_path / "new", ROLE % now)
    return [
        (one.block.address, one.certain, one.found) for one in access_changes(before, after, pairs_of(before, after))
    ]


@pytest.mark.parametrize(
    "now",
    [
        ('"sqs:*"', EC2, BOUND, SEND),
        ('"sqs:SendMessage"', EC2, BOUND, SEND),
        ('"sqs:*"', EC2, BOUND, SEND.replace("Allow", "Deny")),
    ],
)
def test_a_role_with_no_more(tmp_path: Path, now: tuple[str, ...]) -> None:
    assert of_role(tmp_path, *now) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (('"sqs:*"', EC2, BOUND, SEND.replace("SendMessage", "*")), "could sqs:"),
        (('"sqs:*"', EC2, BOUND, SEND.replace("aws_sqs_queue.q.arn", '"*"')), "could sqs:SendMessage"),
        (('"sqs:*", "s3:*"', EC2, BOUND, SEND), "could s3:"),
        (('"sqs:*"', EC2, "null", SEND), "its permissions boundary is removed"),
        (('"sqs:*"', EC2.replace("ec2", "lambda"), BOUND, SEND), "lambda.amazonaws.com could sts:AssumeRole"),
    ],
)
def test_a_role_with_more(tmp_path: Path, now: tuple[str, ...], found: str) -> None:
    ((address, certain, said),) = of_role(tmp_path, *now)
    assert (address, certain) == ("aws_iam_role.app", True)
    assert found in said


def test_a_role_whose_policies_are_not_known(tmp_path: Path) -> None:
    now = SEND.replace("aws_sqs_queue.q.arn", "var.v").replace('"sqs:SendMessage"', "var.v")
    found = of_role(tmp_path, '"sqs:*"', EC2, BOUND, now)
    assert [certain for _, certain, _ in found] == [False]
