"""The program in memory: what it imports and creates, and what a construct, a policy or a control refuses."""

from typing import Any

import pytest

from secureinfra.adopt.adopt import adopt
from secureinfra.adopt.difference import LATER
from secureinfra.adopt.trial import Adopted, Resolver
from tests.adopt.states import bucket, estate, group, key, policy, resource, role

TLS_OFF = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-open/*"}
WIDE = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def resolver() -> Resolver:
    there = estate(key())
    return Resolver(
        there, {"aws_kms_key.x": Adopted(there.resources[0], "aws_kms_key.x", "1", there.resources[0].values)}
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("${aws_kms_key.x.key_id}", "1234-data"),
        ({"a": ["${aws_kms_key.x.key_id}!"]}, {"a": ["1234-data!"]}),
        (
            "arn:${data.aws_partition.current.partition}:${data.aws_caller_identity.current.account_id}",
            "arn:aws:123456789012",
        ),
        ("${data.aws_region.current.id}", "eu-central-1"),
        ("${aws_kms_key.new.arn}", LATER),
        ("a ${aws_kms_key.x.nothing}", LATER),
        ("${aws:username}", "${aws:username}"),
        ("$${literal}", "$${literal}"),
        (7, 7),
    ],
)
def test_references_have_the_values_of_today(given: Any, expected: Any) -> None:
    assert resolver().resolve(given) == expected


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ([bucket("open", policy=policy(TLS_OFF))], "breaks control"),
        ([role(), resource("aws_iam_role_policy.p", role="worker", name="p", policy=policy(WIDE))], "breaks control"),
        ([role(managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"])], "no waiver is accepted"),
        (
            [
                group(egress=[{"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}]),
                resource(
                    "aws_vpc_security_group_egress_rule.all",
                    id="sgr-1",
                    security_group_id="sg-0123456789abcdef0",
                    ip_protocol="-1",
                    cidr_ipv4="0.0.0.0/0",
                ),
            ],
            "security-group-egress-restricted",
        ),
    ],
)
def test_what_is_refused_is_left_out_with_the_reason(resources: list[dict[str, Any]], why: str) -> None:
    found = adopt(estate(*resources, key()), "shop")
    ((existing, reason),) = found.left_out
    assert existing.address == resources[0]["address"]
    assert why in reason
    assert [one.candidate.id for one in found.outcomes] == ["data"]
