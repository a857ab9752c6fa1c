"""What is left to Terraform: references that may be anything, and nothing else."""

import pytest

from secureinfra.policy import Statement
from secureinfra.policy import conditions as c
from secureinfra.policy.tokens import demands

VPC = "vpc-0a1b2c3d4e5f60718"


def judged(statement: Statement) -> list[tuple[str, str]]:
    return [(demand.field, demand.value) for demand in demands(statement)]


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:s3:::files/*",
        "${aws_s3_bucket.files.arn}/*",
        "arn:${data.aws_partition.current.partition}:s3:::files/*",
        "arn:aws:s3:::home/${aws:username}/*",
        "arn:aws:s3:::home/${token.actions.githubusercontent.com:sub}/${*}",
    ],
)
def test_what_is_known_is_not_judged_again(resource: str) -> None:
    conditions = c.from_private_network("10.0.0.0/8", vpc="${aws_vpc.network_vpc.id}")
    assert judged(Statement(actions=("s3:GetObject",), resources=(resource,), conditions=conditions)) == []


def test_variables_are_judged() -> None:
    conditions = c.from_private_network("${var.cidr}", vpc="${var.vpc}")
    statement = Statement(
        actions=("${var.action}",), resources=("arn:aws:s3:::${local.bucket}/${aws:username}/*",), conditions=conditions
    )
    assert judged(statement) == [
        ("action", "${var.action}"),
        ("resource", "arn:aws:s3:::${local.bucket}/x/*"),
        ("VpcSourceIp", "${var.cidr}"),
        ("SourceVpc", "${var.vpc}"),
    ]


def test_placeholders_of_the_engine_are_judged() -> None:
    statement = Statement(actions=("s3:GetObject",), resources=("${TfToken[TOKEN.3]}",))
    assert judged(statement) == [("resource", "${TfToken[TOKEN.3]}")]


def test_a_deny_may_deny_everything_but_its_networks_are_judged() -> None:
    statement = Statement(
        effect="Deny", actions=("${var.action}",), resources=("${var.arn}",), conditions=c.outside_ip("${var.office}")
    )
    assert judged(statement) == [("SourceIp", "${var.office}")]
