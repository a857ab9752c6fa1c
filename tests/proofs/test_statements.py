"""Statements: of whom and of what they speak."""

from typing import Any

import pytest

from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import with_partition
from secureinfra.proofs.text import HOLE, Truth
from tests.proofs.policies import ANN, ANONYMOUS, FOREIGN, OTHER, OWN, READER, ROLE, policy, request

SNS = Caller("service", service="sns.amazonaws.com")
GITHUB = Caller("federated", service=f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com")


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({"Action": "S3:getobject"}, True),
        ({"Action": "s3:Get*"}, True),
        ({"Action": ["s3:PutObject", "s3:*"]}, True),
        ({"Action": "s3:PutObject"}, False),
        ({"NotAction": "s3:PutObject"}, True),
        ({"NotAction": "s3:*"}, False),
        ({"Resource": "arn:aws:s3:::b/*"}, True),
        ({"Resource": "arn:aws:s3:::B/*"}, False),
        ({"NotResource": "arn:aws:s3:::c/*"}, True),
        ({"NotResource": "arn:aws:s3:::b/*"}, False),
        ({"Resource": "arn:aws-cn:s3:::b/*"}, True),
        ({"Action": HOLE}, None),
        ({"Effect": HOLE}, None),
        ({"Condition": {"StringEquals": {"s3:prefix": "a"}}}, False),
        ({"Condition": {"StringNotEquals": {"s3:prefix": "a"}, "Null": {"aws:username": "true"}}}, True),
    ],
)
def test_applies(parts: dict[str, Any], answer: Truth) -> None:
    (statement,) = policy(parts)
    assert statement.applies(request()) is answer


def test_a_wildcard_of_a_resource_crosses_colons() -> None:
    (statement,) = policy({"Resource": "arn:aws:sqs:*:q"})
    assert statement.applies(request(resource=f"arn:aws:sqs:eu-west-1:{OWN}:q")) is True


@pytest.mark.parametrize(
    ("principal", "callers"),
    [
        ("*", "reader ann foreign anonymous sns github"),
        ({"AWS": "*"}, "reader ann foreign anonymous sns github"),
        ({"AWS": OWN}, "reader ann"),
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, "reader ann"),
        ({"AWS": ROLE}, "reader"),
        ({"AWS": [ROLE, OTHER]}, "reader foreign"),
        ({"Service": "sns.amazonaws.com"}, "sns"),
        ({"Service": "*"}, "sns"),
        ({"Federated": GITHUB.service}, "github"),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}, ""),
    ],
)
def test_principals(principal: Any, callers: str) -> None:
    known = {"reader": READER, "ann": ANN, "foreign": FOREIGN, "anonymous": ANONYMOUS, "sns": SNS, "github": GITHUB}
    (statement,) = policy({"Principal": principal})
    (all_but,) = policy({"NotPrincipal": principal})
    for name, caller in known.items():
        assert (statement.of_caller(caller) is True) is (name in callers.split())
        assert (all_but.of_caller(caller) is False) is (name in callers.split())


def test_unknown_principal() -> None:
    (statement,) = policy({"Principal": {"AWS": HOLE}})
    assert statement.of_caller(ANONYMOUS) is None
    (service,) = policy({"Principal": {"Service": HOLE}})
    assert service.of_caller(READER) is False
    assert service.of_caller(SNS) is None


def test_with_partition() -> None:
    assert with_partition("arn:aws-us-gov:s3:::b") == "arn:aws:s3:::b"
    assert with_partition("arn:*:s3:::b") == "arn:aws:s3:::b"
    assert with_partition("*") == "*"


def test_says_where() -> None:
    first, second = policy({}, {})
    assert (first.origin.at, second.origin.at) == ("Statement[0]", "Statement[1]")
