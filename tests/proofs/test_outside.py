"""Whether a policy lets strangers in: what limits them, what only seems to, and the request with which they come."""

from typing import Any

import pytest

from secureinfra.proofs.outside import Verdict, lets_in, lets_strangers_in
from secureinfra.proofs.strangers import deputies, members, others, strangers_inside
from secureinfra.proofs.text import HOLE, symbol
from tests.proofs.policies import OWN, allow, deny, policy

ROLE = f"arn:aws:iam::{OWN}:role/reader"
VPC = symbol("aws_vpc.v.id")
ACCOUNT = symbol("data.aws_caller_identity.me.account_id")


def asked(*statements: dict[str, Any]) -> Verdict:
    held = policy(*({"Principal": "*", **statement} for statement in statements))
    return lets_strangers_in(held[0], held)


def under(operator: str, key: str, *values: str) -> dict[str, Any]:
    return allow("s3:GetObject", "arn:aws:s3:::b/*", Condition={operator: {key: list(values)}})


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"]),
        ("StringEquals", "aws:PrincipalAccount", [OWN]),
        ("StringEquals", "aws:PrincipalAccount", [ACCOUNT]),
        ("StringLike", "aws:PrincipalAccount", [f"{OWN}*"]),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-a1b2c3d4e5/*"]),
        ("ArnLike", "aws:PrincipalArn", [f"arn:aws:iam::{OWN}:role/*"]),
        ("ArnLike", "aws:PrincipalArn", [f"arn:aws:iam::{ACCOUNT}:role/*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::uploads"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:*:*:uploads"]),
        ("ArnLike", "aws:SourceArn", [f"arn:aws:cloudwatch:*:{OWN}:alarm:*"]),
        ("StringLike", "aws:userid", ["AROAEXAMPLEID:*"]),
        ("StringEquals", "aws:SourceVpc", [VPC]),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "198.51.100.0/24"]),
        ("Bool", "elasticfilesystem:AccessedViaMountTarget", ["true"]),
        ("DateLessThan", "aws:CurrentTime", ["2020-01-01T00:00:00Z"]),
        ("StringEquals", "s3:DataAccessPointAccount", [OWN]),
    ],
)
def test_a_condition_that_no_stranger_meets(operator: str, key: str, values: list[str]) -> None:
    found = asked(under(operator, key, *values))
    assert (found.answer, found.told()) == ("PROVED", "")


@pytest.mark.parametrize(
    ("operator", "key", "values", "told"),
    [
        ("Bool", "aws:SecureTransport", ["true"], "an anonymous caller could s3:GetObject arn:aws:s3:::b/example"),
        ("StringLike", "aws:Referer", ["https://example.com/*"], "with aws:Referer https://example.com/example"),
        ("StringLike", "aws:PrincipalOrgID", ["o-*"], "with aws:PrincipalOrgID o-example"),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"], "an anonymous caller"),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", ["o-a1b2c3d4e5/*"], "an anonymous caller"),
        ("StringNotEquals", "aws:SourceVpc", ["vpc-1"], "an anonymous caller"),
        ("Null", "aws:SourceVpce", ["false"], "from vpce-0123456789abcdef0"),
        ("StringLike", "aws:SourceVpce", ["*"], "from vpce-0123456789abcdef0"),
        ("StringLike", "aws:PrincipalAccount", ["1*"], "arn:aws:iam::199999999999:role/example could"),
        ("StringLike", "aws:PrincipalAccount", ["11112222333?"], "arn:aws:iam::111122223339:role/example could"),
        ("StringEquals", "aws:PrincipalAccount", ["${aws:PrincipalAccount}"], "arn:aws:iam::987654321098:role/example"),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/deploy"], "arn:aws:iam::987654321098:role/deploy could"),
        ("ArnLike", "aws:PrincipalArn", [ROLE, "*"], "arn:aws:iam::987654321098:role/example could"),
        # The wildcard may hold an account and the path of a user.
        ("StringLike", "aws:PrincipalArn", [f"arn:aws:*:{OWN}:role/x"], f":user/example:{OWN}:role/x could"),
        ("StringLike", "aws:userid", ["*:alice"], "arn:aws:iam::987654321098:role/example could"),
        ("StringLike", "aws:SourceAccount", ["1*"], "with aws:SourceAccount 199999999999"),
        ("StringEquals", "aws:SourceAccount", ["${aws:PrincipalAccount}"], "with aws:SourceAccount 987654321098"),
        ("Bool", "aws:PrincipalIsAWSService", ["true"], "the service sns.amazonaws.com could"),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::*"], "with aws:SourceArn arn:aws:s3:::example"),
        ("ArnLike", "aws:SourceArn", ["arn:aws:sns:*:*:t"], "with aws:SourceArn arn:aws:sns:example:987654321098:t"),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"], "from 203.0.113.7"),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"], "from 2001:4860::"),
        ("IpAddress", "aws:SourceIp", [f"{first}.0.0.0/8" for first in range(1, 127, 2)], "from "),
        ("IpAddress", "aws:VpcSourceIp", ["10.0.0.0/8"], "from vpce-0123456789abcdef0 with aws:VpcSourceIp 10.0.0.0"),
        ("DateGreaterThan", "aws:CurrentTime", ["2020-01-01T00:00:00Z"], "an anonymous caller could"),
        ("StringNotLike", "aws:PrincipalArn", [f"arn:aws:iam::{OWN}:*"], "an anonymous caller could"),
    ],
)
def test_a_condition_that_a_stranger_meets(operator: str, key: str, values: list[str], told: str) -> None:
    found = asked(under(operator, key, *values))
    assert found.answer == "BROKEN"
    assert told in found.told()


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", HOLE),
        ("IpAddress", "aws:SourceIp", f"{HOLE}/24"),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{HOLE}:role/x"),
        ("StringEquals", HOLE, OWN),
        (HOLE, "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ],
)
def test_what_is_not_known_is_never_proved(operator: str, key: str, value: str) -> None:
    assert asked(under(operator, key, value)).answer == "UNKNOWN"
    assert asked(allow("s3:GetObject"), deny(Condition={operator: {key: [value]}})).answer != "PROVED"


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "PROVED"),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "PROVED"),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, "PROVED"),
        # Each of the two leaves others in; what both leave in is nobody.
        ({"Bool": {"aws:SecureTransport": "false"}}, "BROKEN"),
        ({"Null": {"aws:SourceIp": "true"}}, "BROKEN"),
        ({"Null": {"aws:SourceVpce": "true"}}, "BROKEN"),
        ({"StringNotLike": {"aws:PrincipalArn": "*"}}, "BROKEN"),
        # Anonymous callers have no ARN.
        ({"ArnLike": {"aws:PrincipalArn": "*"}}, "BROKEN"),
        ({"StringLike": {"aws:SourceVpce": "*"}}, "BROKEN"),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceVpce": "vpce-1"}}, "PROVED"),
        ({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, "PROVED"),
        ({"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, "BROKEN"),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}, "BROKEN"),
    ],
)
def test_a_deny_takes_back(condition: Any, answer: str) -> None:
    assert asked(allow("s3:GetObject"), deny(Condition=condition)).answer == answer


def test_a_deny_of_others_takes_nothing_back() -> None:
    outsiders = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    assert asked(allow(), deny(Condition=outsiders, Principal={"Service": "*"})).answer == "BROKEN"
    assert asked(allow(), deny("s3:PutObject", Condition=outsiders)).answer == "BROKEN"
    assert asked(allow(), deny(NotAction="s3:GetObject", Action=None, Condition=outsiders)).answer == "BROKEN"
    assert asked(allow("s3:GetObject", "b/*"), deny(Resource="b/x*", Condition=outsiders)).answer == "BROKEN"
    assert asked(allow("s3:GetObject", "b/x*"), deny(Resource="b/*", Condition=outsiders)).answer == "PROVED"
    assert asked(allow("s3:GetObject"), allow(Condition=outsiders)).answer == "BROKEN"


def test_a_deny_with_a_variable_denies_what_is_certain_only() -> None:
    """The first of iamprover's false proofs: the variable was taken for any text."""
    team = deny("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*")
    found = asked(allow("s3:GetObject", "arn:aws:s3:::b/*"), team)
    assert found.answer == "BROKEN"


def test_denies_together_leave_what_both_spare() -> None:
    """One branch at a time would prove falsely: a stranger to one of the two may be none to the other."""
    denies = [
        deny(Condition={"StringNotEquals": {"aws:PrincipalTag/a": "1"}}),
        deny(Condition={"StringNotEquals": {"aws:PrincipalTag/b": "2"}}),
    ]
    found = asked(allow("s3:GetObject"), *denies)
    assert found.answer == "BROKEN"
    assert "aws:principaltag/a 1, aws:principaltag/b 2" in found.told()


def test_a_proof_lists_its_candidates() -> None:
    found = asked(allow("s3:GetObject"), deny())
    assert found.answer == "PROVED"
    assert found.tried
    assert {candidate.answer for candidate in found.tried} == {False}
    assert all(candidate.taken_by is not None for candidate in found.tried)


def test_strangers_inside_reach_no_resources_of_their_own() -> None:
    """Through an endpoint, data may leave to a bucket of theirs."""

    def answer(resource: str, condition: Any = None) -> str:
        held = policy(allow("s3:*", resource, Principal="*", Condition=condition or {}))
        return lets_in(held[0], held, strangers_inside()).answer

    assert answer(f"arn:aws:s3:::{symbol('b')}/*") == "PROVED"
    assert answer("arn:aws:s3:::acme-data/*") == "PROVED"
    assert answer("*", {"StringEquals": {"aws:ResourceAccount": OWN}}) == "PROVED"
    assert answer("*", {"StringEquals": {"aws:PrincipalAccount": OWN}}) == "PROVED"
    assert answer("*", {"StringEquals": {"aws:SourceVpc": "vpc-1"}}) == "BROKEN"
    assert answer("arn:aws:s3:::acme-*") == "BROKEN"
    assert answer("*") == "BROKEN"


@pytest.mark.parametrize(
    ("operator", "key", "value", "answer"),
    [
        ("StringEquals", "aws:SourceAccount", OWN, "PROVED"),
        ("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5", "PROVED"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:states:*:{OWN}:*", "PROVED"),
        ("ArnLike", "aws:SourceArn", "arn:aws:states:*:*:stateMachine:x", "BROKEN"),
        ("StringLike", "aws:SourceAccount", "11112222*", "BROKEN"),
        ("StringEqualsIfExists", "aws:SourceAccount", OWN, "BROKEN"),
    ],
)
def test_deputies(operator: str, key: str, value: str, answer: str) -> None:
    service = "states.amazonaws.com"
    held = policy(
        allow("sts:AssumeRole", None, Principal={"Service": service}, Condition={operator: {key: value}}),
    )
    assert lets_in(held[0], held, deputies(service)).answer == answer


@pytest.mark.parametrize(
    ("operator", "key", "values", "answer"),
    [
        ("StringEquals", "sts:ExternalId", ["abc"], "PROVED"),
        ("StringLike", "sts:ExternalId", ["abc", "*"], "BROKEN"),
        ("Bool", "aws:MultiFactorAuthPresent", ["true"], "PROVED"),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", ["true"], "BROKEN"),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ["3600"], "PROVED"),
        ("StringEquals", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"], "PROVED"),
        ("StringLike", "aws:PrincipalOrgID", ["o-*"], "BROKEN"),
        ("ArnLike", "aws:PrincipalArn", [f"arn:aws:iam::{OWN}:role/app-*"], "PROVED"),
        ("ArnLike", "aws:PrincipalArn", [f"arn:aws:iam::{OWN}:role/*"], "BROKEN"),
        ("StringEquals", "aws:PrincipalTag/team", ["red"], "PROVED"),
        ("StringLike", "aws:PrincipalTag/team", ["*"], "BROKEN"),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24"], "BROKEN"),
        ("DateGreaterThan", "aws:CurrentTime", ["2020-01-01T00:00:00Z"], "BROKEN"),
    ],
)
def test_members(operator: str, key: str, values: list[str], answer: str) -> None:
    held = policy(allow("sts:AssumeRole", None, Principal={"AWS": OWN}, Condition={operator: {key: values}}))
    assert lets_in(held[0], held, members(OWN)).answer == answer


@pytest.mark.parametrize(
    ("operator", "key", "value", "answer"),
    [
        ("StringEquals", "aws:SourceOwner", OWN, "PROVED"),
        ("StringEquals", "aws:SourceAccount", "444455556666", "BROKEN"),
        ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", "BROKEN"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::uploads", "PROVED"),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:444455556666:*", "BROKEN"),
        ("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}", "BROKEN"),
    ],
)
def test_others(operator: str, key: str, value: str, answer: str) -> None:
    held = policy(allow("sns:Publish", Principal="*", Condition={operator: {key: value}}))
    assert lets_in(held[0], held, others({OWN})).answer == answer
