"""Questions about policies: who may, who else may, and which policy is wider."""

from typing import Any

import pytest

from secureinfra.proofs.decision import Layers
from secureinfra.proofs.questions import implies, may, no_wider, nobody_but, world_of
from secureinfra.proofs.text import HOLE
from tests.proofs.policies import ANONYMOUS, FOREIGN, OTHER, OWN, READER, ROLE, allow, deny, policy

BUCKET = "arn:aws:s3:::b/*"


@pytest.mark.parametrize(
    ("new", "old", "answer"),
    [
        (allow("s3:GetObject"), allow("s3:Get*"), "PROVED"),
        (allow("s3:Get*"), allow("s3:GetObject"), "BROKEN"),
        (allow("s3:GetObject", "b/x*"), allow("s3:GetObject", "b/*"), "PROVED"),
        (allow("s3:GetObject", "b/*"), allow("s3:GetObject", "b/?*"), "BROKEN"),
        (allow("s3:GetObject", "*"), allow("s3:GetObject", "?"), "BROKEN"),
        (allow(NotAction="iam:*", Action=None), allow(), "PROVED"),
        (allow(), allow(NotAction="iam:*", Action=None), "BROKEN"),
        (allow(Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}), allow(), "PROVED"),
        (allow(), allow(Condition={"Bool": {"aws:SecureTransport": "true"}}), "BROKEN"),
        (allow(HOLE), allow("s3:GetObject"), "UNKNOWN"),
        (allow("s3:GetObject"), allow(HOLE), "UNKNOWN"),
    ],
)
def test_no_wider(new: Any, old: Any, answer: str) -> None:
    assert no_wider(policy(new), policy(old)).answer == answer
    if "Action" in old and old["Action"] != HOLE:
        assert implies(policy(old), policy(old)).answer == "PROVED"


def test_no_wider_where_a_deny_is_gone() -> None:
    before = policy(allow("s3:*"), deny("s3:PutObject"))
    after = policy(allow("s3:*"))
    found = no_wider(after, before)
    assert found.answer == "BROKEN"
    assert "could s3:PutObject" in found.told()
    assert no_wider(before, after).answer == "PROVED"


def number(operator: str, value: int) -> Any:
    return allow("s3:GetObject", Condition={operator: {"s3:max-keys": str(value)}})


def test_no_wider_on_intervals() -> None:
    """End points alone miss what lies between."""
    span = allow(
        "s3:GetObject", Condition={"NumericGreaterThanEquals": {"k": "0"}, "NumericLessThanEquals": {"k": "20"}}
    )
    low = allow("s3:GetObject", Condition={"NumericLessThanEquals": {"k": "10"}})
    high = allow("s3:GetObject", Condition={"NumericGreaterThanEquals": {"k": "12"}})
    above = allow("s3:GetObject", Condition={"NumericGreaterThan": {"k": "10"}})
    assert no_wider(policy(span), policy(low, high)).answer == "BROKEN"
    assert no_wider(policy(span), policy(low, above)).answer == "PROVED"


def test_no_wider_on_case() -> None:
    def named(operator: str, *values: str) -> Any:
        return policy(allow("s3:GetObject", Condition={operator: {"k": list(values)}}))

    assert no_wider(named("StringEqualsIgnoreCase", "abc"), named("StringEquals", "abc", "ABC")).answer != "PROVED"
    assert no_wider(named("StringEqualsIgnoreCase", "abc"), named("StringEqualsIgnoreCase", "ABC")).answer == "PROVED"
    assert no_wider(named("StringEquals", "abc"), named("StringEqualsIgnoreCase", "ABC")).answer == "PROVED"


@pytest.mark.parametrize(
    ("layers", "answer"),
    [
        ({"identity": policy(allow("s3:Get*", BUCKET))}, "BROKEN"),
        ({"identity": policy(allow("s3:Put*", BUCKET))}, "PROVED"),
        ({"identity": policy(allow("s3:Get*", BUCKET)), "boundary": policy(allow("ec2:*"))}, "PROVED"),
        ({"identity": policy(allow("s3:Get*", BUCKET)), "boundary": policy(allow("s3:*"))}, "BROKEN"),
        ({"identity": policy(allow()), "service_control": (policy(allow()), policy(allow("ec2:*")))}, "PROVED"),
        ({"resource": policy(allow(Principal={"AWS": ROLE}))}, "BROKEN"),
        ({"resource": policy(allow(Principal={"AWS": OTHER}))}, "PROVED"),
        ({"identity": policy(allow("s3:GetObject", HOLE))}, "UNKNOWN"),
    ],
)
def test_may(layers: Any, answer: str) -> None:
    assert may("s3:GetObject", "arn:aws:s3:::b/x", world_of(READER), Layers(OWN, **layers)).answer == answer


def test_may_from_another_account() -> None:
    both = Layers(OWN, identity=policy(allow()), resource=policy(allow(Principal={"AWS": OTHER})))
    assert may("s3:GetObject", BUCKET, world_of(FOREIGN), both).answer == "BROKEN"
    assert may("s3:GetObject", BUCKET, world_of(ANONYMOUS), both).answer == "PROVED"
    endpoint = policy(allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}, Principal="*"))
    through = Layers(OWN, resource=endpoint)
    assert may("s3:GetObject", BUCKET, world_of(READER, {"aws:SourceVpce": "vpce-2"}), through).answer == "PROVED"
    assert may("s3:GetObject", BUCKET, world_of(READER, {"aws:SourceVpce": "vpce-1"}), through).answer == "BROKEN"


@pytest.mark.parametrize(
    ("principal", "answer"),
    [
        ({"AWS": ROLE}, "PROVED"),
        ({"AWS": [ROLE, f"arn:aws:iam::{OTHER}:root"]}, "BROKEN"),
        ({"Service": "sns.amazonaws.com"}, "BROKEN"),
        ("*", "BROKEN"),
    ],
)
def test_nobody_but(principal: Any, answer: str) -> None:
    assert nobody_but([ROLE], "s3:GetObject", BUCKET, policy(allow(Principal=principal))).answer == answer


def test_gives_up_in_words() -> None:
    values = {f"aws:RequestTag/{key}": [f"v{value}" for value in range(40)] for key in range(6)}
    denies = [deny(Condition={"StringNotEquals": {key: held}}) for key, held in values.items()]
    denies += [deny(Condition={"StringEquals": {key: held}}) for key, held in values.items()]
    found = no_wider(policy(allow("s3:GetObject"), *denies), policy(deny()))
    assert found.answer == "UNKNOWN"
    assert "gave up after" in found.why
