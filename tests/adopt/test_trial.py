"""The program in memory: what it imports and creates, and what a construct, a policy or a control refuses."""

from typing import Any

import pytest

from secureinfra.adopt.adopt import adopt
from secureinfra.adopt.difference import LATER
from secureinfra.adopt.source import text_of
from secureinfra.adopt.trial import Adopted, Resolver
from secureinfra.check.waivers import ScopedWaiver
from secureinfra.config.waiver import Waiver
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


def test_sensitive_values_are_not_shown() -> None:
    long = role(max_session_duration=7200, sensitive={"max_session_duration": True})
    (outcome,) = adopt(estate(long), "shop").outcomes
    told = [change.text for part in outcome.adopted for change in part.changes]
    assert "max_session_duration" in told


def waiver(control: str, address: str, until: str = "2099-12-31") -> ScopedWaiver:
    held = Waiver(control=control, reason="calls partners", owner="shop", until=until)
    return ScopedWaiver(held, "waivers.yaml:1", addresses=address)


ANYWHERE = {"id": "sgr-1", "security_group_id": "sg-0123456789abcdef0", "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}
FULL_ACCESS = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]


@pytest.mark.parametrize(
    ("resources", "control", "address"),
    [
        (
            [group(), resource("aws_vpc_security_group_egress_rule.all", **ANYWHERE)],
            "security-group-egress-restricted",
            "aws_security_group.*",
        ),
        ([role(managed_policy_arns=FULL_ACCESS)], "iam-role-no-full-access-policy", "aws_iam_role.worker"),
    ],
)
def test_a_waiver_permits_what_would_be_left_out(resources: list[dict[str, Any]], control: str, address: str) -> None:
    there = estate(*resources)
    assert adopt(there, "shop").outcomes == ()
    there.waivers = [waiver(control, "aws_other.x"), waiver(control, address, until="2020-01-01")]
    assert "expired" in adopt(there, "shop").left_out[0][1]
    there.waivers = [waiver(control, address)]
    (outcome,) = adopt(there, "shop").outcomes
    text = "".join(text_of(one) for one in (outcome.candidate.source(), *outcome.candidate.steps()))
    written = f'Waiver(control="{control}",reason="calls partners",owner="shop",until="2099-12-31",)'
    assert written.replace(" ", "").replace(",)", ")") in "".join(text.split()).replace(",)", ")")
