"""Witnesses: candidates made into requests that could be sent."""

import re

from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.text import FRESH
from secureinfra.proofs.witness import realized
from tests.proofs.policies import allow, deny, policy

STRANGER = Caller("signed", f"arn:aws:iam::{FRESH}:role/{FRESH}", FRESH)


def candidate(**context: str) -> Request:
    keys = {key.replace("_", ":"): (value,) for key, value in context.items()}
    return Request(STRANGER, f"s3:get{FRESH}", f"arn:aws:s3:::b/{FRESH}", keys)


def test_realized() -> None:
    (box,) = policy(allow("s3:Get*", "arn:aws:s3:::b/*"))
    found = realized(candidate(), [box], policy(deny("s3:GetObject")))
    assert found is not None
    assert found.action.startswith("s3:Get")
    assert found.action != "s3:GetObject"
    assert re.fullmatch(r"arn:aws:iam::\d{12}:role/example", found.caller.arn)
    assert found.resource == "arn:aws:s3:::b/example"


def test_what_is_told_of_the_caller_agrees() -> None:
    (box,) = policy(allow(Condition={"StringLike": {"aws:PrincipalAccount": "4*"}}))
    arn = f"arn:aws:iam::{FRESH}:role/{FRESH}"
    found = realized(candidate(aws_principalaccount=f"4{FRESH}", aws_principalarn=arn), [box], [])
    assert found is not None
    assert found.caller.account == "499999999999"
    assert found.context["aws:principalaccount"] == ("499999999999",)
    assert found.context["aws:principalarn"] == ("arn:aws:iam::499999999999:role/example",)


def test_an_action_that_aws_may_add_is_no_request() -> None:
    (box,) = policy(allow("s3:GetObjectsOfTomorrow*"))
    request = Request(STRANGER, f"s3:getobjectsoftomorrow{FRESH}", "*", {})
    assert realized(request, [box], []) is None
