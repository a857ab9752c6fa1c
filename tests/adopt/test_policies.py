"""Policies: statements as calls that render to the same, and when two policies are one."""

import json
from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.policies import calls_of, canonical, is_account_root, is_tls_only, policy_changes, statements_in
from secureinfra.adopt.source import run
from tests.adopt.states import ROOT, policy

FULL = {
    "Sid": "Read",
    "Effect": "Deny",
    "Principal": {"AWS": ["arn:aws:iam::111122223333:role/a"]},
    "NotAction": ["s3:GetObject"],
    "Resource": ["arn:aws:s3:::acme/*"],
    "Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}},
}


def test_a_statement_renders_to_itself() -> None:
    (call,) = calls_of(FULL)
    assert run(call, {}).render() == FULL


def test_one_statement_for_each_kind_of_principal() -> None:
    both = {"AWS": "arn:aws:iam::111122223333:root", "Service": "sns.amazonaws.com"}
    found = [run(call, {}).render()["Principal"] for call in calls_of({**FULL, "Principal": both})]
    assert found == [{"AWS": ["arn:aws:iam::111122223333:root"]}, {"Service": ["sns.amazonaws.com"]}]
    (everyone,) = calls_of({**FULL, "Principal": {"AWS": "*"}})
    assert run(everyone, {}).render()["Principal"] == "*"


def test_a_sid_that_no_statement_takes_is_left_out() -> None:
    (call,) = calls_of({**FULL, "Sid": "Enable IAM"})
    assert "sid" not in call.named


@pytest.mark.parametrize("statement", [{**FULL, "NotPrincipal": "*"}, {**FULL, "Principal": {"CanonicalUser": "x"}}])
def test_refuses_what_no_call_says(statement: dict[str, Any]) -> None:
    with pytest.raises(Unfit, match="not carried over"):
        list(calls_of(statement))


@pytest.mark.parametrize("text", ["{", "[]", '{"Statement": ["x"]}', '{"Version": "x"}'])
def test_refuses_what_is_not_a_policy(text: str) -> None:
    with pytest.raises(Unfit, match="not readable"):
        statements_in(text)


def test_equal_policies_are_one() -> None:
    one = policy({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": ["b", "a"]})
    same = policy({"Resource": ["a", "b"], "Action": ["s3:*"], "Principal": {"AWS": "*"}, "Effect": "Allow"})
    assert canonical(one) == canonical(same)
    assert canonical(one) != canonical(one.replace("s3:*", "s3:Get*"))
    assert canonical(one) != canonical(one.replace('"Effect"', '"Sid": "x", "Effect"'))
    assert canonical("no JSON") == "no JSON"
    assert canonical(policy({"Resource": "$${aws:username}"})) == canonical(policy({"Resource": "${aws:username}"}))


def test_tls_only() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": False}}}
    assert is_tls_only(deny)
    assert not is_tls_only({**deny, "Effect": "Allow"})
    assert not is_tls_only({**deny, "Condition": {"Bool": {"aws:SecureTransport": "true"}}})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"Principal": {"AWS": "123456789012"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, False),
        ({"Action": "kms:Decrypt"}, False),
        ({"Condition": {"Bool": {"a:b": "true"}}}, False),
        ({"Principal": "*"}, False),
    ],
)
def test_account_root(changed: dict[str, Any], expected: bool) -> None:
    (statement,) = json.loads(ROOT)["Statement"]
    assert is_account_root({**statement, **changed}, "123456789012") is expected


def test_changes_of_a_policy() -> None:
    old = policy(
        {"Sid": "A", "Effect": "Allow", "Action": "s3:Get"}, {"Effect": "Deny", "Action": ["s3:Put", "s3:Del"]}
    )
    new = policy(
        {"Effect": "Allow", "Sid": "A", "Action": ["s3:Get"]}, {"Sid": "Tls", "Effect": "Deny", "Action": "s3:*"}
    )
    assert policy_changes(old, new) == "+Tls, -Deny s3:Del s3:Put"
    assert policy_changes("", new) == "+A, +Tls"
