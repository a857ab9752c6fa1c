"""AWS's decision, by its pages on evaluation logic: every layer, one account and several."""

from typing import Any

import pytest

from secureinfra.proofs.decision import Layers, decide
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.text import HOLE, Truth
from tests.proofs.policies import (
    ANN,
    ANONYMOUS,
    FOREIGN,
    OTHER,
    OWN,
    READER,
    ROLE,
    USER,
    allow,
    deny,
    policy,
    request,
)

YES, NO = policy(allow()), policy(allow("ec2:*"))
ROOT = f"arn:aws:iam::{OWN}:root"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/reader/me"
IN_SESSION = Caller("signed", ROLE, OWN, session=SESSION)


def to(principal: Any, **parts: Any) -> Any:
    return policy(allow(Principal=principal, **parts))


@pytest.mark.parametrize(
    ("caller", "layers", "answer"),
    [
        (READER, {}, False),
        (READER, {"identity": YES}, True),
        (READER, {"identity": YES, "boundary": NO}, False),
        (READER, {"identity": YES, "session": NO}, False),
        (READER, {"identity": YES, "service_control": (YES, NO)}, False),
        (READER, {"identity": YES, "resource_control": (NO,)}, False),
        (READER, {"identity": YES, "endpoint": NO}, False),
        (READER, {"identity": [*YES, *policy(deny("s3:*"))]}, False),
        (READER, {"identity": YES, "resource": policy(deny(Principal="*"))}, False),
        # An explicit Deny of a boundary counts, its silence does too.
        (ANN, {"resource": to({"AWS": USER}), "boundary": NO}, True),
        (ANN, {"resource": to({"AWS": USER}), "boundary": policy(deny())}, False),
        (READER, {"resource": to({"AWS": ROLE})}, True),
        (READER, {"resource": to({"AWS": ROLE}), "boundary": NO}, False),
        (IN_SESSION, {"resource": to({"AWS": SESSION}), "boundary": NO, "session": NO}, True),
        (READER, {"resource": to({"AWS": ROOT})}, False),
        (READER, {"resource": to({"AWS": ROOT}), "identity": YES}, True),
        # Whether `*` names a role or a user, so that its boundary is no limit, AWS's pages do not say.
        (READER, {"resource": to("*"), "boundary": NO}, None),
        (ANN, {"resource": to("*"), "boundary": NO}, None),
        (Caller("signed", ROOT, OWN), {}, True),
        # Another account: both sides must allow.
        (FOREIGN, {"identity": YES}, False),
        (FOREIGN, {"resource": to({"AWS": OTHER})}, False),
        (FOREIGN, {"resource": to({"AWS": OTHER}), "identity": YES}, True),
        (FOREIGN, {"resource": to({"AWS": FOREIGN.arn}), "identity": YES, "boundary": NO}, False),
        (ANONYMOUS, {"identity": YES}, False),
        (ANONYMOUS, {"resource": to("*")}, True),
        (ANONYMOUS, {"resource": to("*"), "service_control": (NO,)}, True),
        (ANONYMOUS, {"resource": to("*"), "resource_control": (NO,)}, False),
        (READER, {"identity": policy(allow(HOLE))}, None),
        (READER, {"identity": [*YES, *policy(deny(HOLE))]}, None),
        (READER, {"identity": [*YES, *policy({"Effect": HOLE})]}, None),
    ],
)
def test_decide(caller: Caller, layers: dict[str, Any], answer: Truth) -> None:
    assert decide(request(caller=caller), Layers(OWN, **layers)) is answer


def test_everybody_with_a_condition_on_the_arn_is_limited_by_neither() -> None:
    layers = Layers(OWN, resource=to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}), boundary=NO, session=NO)
    assert decide(request(caller=READER, aws__PrincipalArn=ROLE), layers) is True


def test_not_principal_with_deny_denies_whoever_has_a_boundary() -> None:
    spared = policy(deny(NotPrincipal={"AWS": ROLE}))
    assert decide(request(), Layers(OWN, identity=YES, resource=spared)) is True
    assert decide(request(), Layers(OWN, identity=YES, resource=spared, boundary=YES)) is False


KEY = f"arn:aws:kms:eu-west-1:{OWN}:key/1"


@pytest.mark.parametrize(
    ("layers", "answer"),
    [
        ({"identity": YES}, False),
        ({"identity": YES, "resource": to({"AWS": ROOT})}, True),
        ({"resource": to({"AWS": ROOT})}, False),
        ({"resource": to({"AWS": ROLE})}, True),
        ({"grants": to({"AWS": ROLE})}, True),
    ],
)
def test_decide_on_a_key(layers: dict[str, Any], answer: Truth) -> None:
    assert decide(request("kms:Decrypt", KEY), Layers(OWN, **layers)) is answer


@pytest.mark.parametrize(
    ("caller", "layers", "answer"),
    [
        (READER, {"identity": YES}, False),
        (READER, {"identity": YES, "resource": to({"AWS": OWN})}, True),
        (READER, {"resource": to({"AWS": OWN})}, False),
        (READER, {"resource": to({"AWS": ROLE})}, True),
        (FOREIGN, {"resource": to({"AWS": FOREIGN.arn})}, False),
        (FOREIGN, {"resource": to({"AWS": FOREIGN.arn}), "identity": YES}, True),
        (Caller("service", service="ec2.amazonaws.com"), {"resource": to({"Service": "ec2.amazonaws.com"})}, True),
        (Caller("service", service="ec2.amazonaws.com"), {"resource": to({"AWS": OWN})}, False),
    ],
)
def test_decide_on_a_role(caller: Caller, layers: dict[str, Any], answer: Truth) -> None:
    assert decide(request("sts:AssumeRole", f"arn:aws:iam::{OWN}:role/x", caller), Layers(OWN, **layers)) is answer


def test_service_linked_roles_are_under_no_organization_s_policy() -> None:
    linked = Caller("signed", f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/y", OWN)
    layers = Layers(OWN, identity=YES, service_control=(NO,), resource_control=(NO,))
    assert decide(request(caller=linked), layers) is True
    assert decide(request(caller=READER), layers) is False


def test_resource_control_policies_cover_some_services() -> None:
    layers = Layers(OWN, identity=YES, resource_control=(NO,))
    assert decide(request("sns:Publish", "t"), layers) is True
    assert decide(request("sqs:SendMessage", "q"), layers) is False
