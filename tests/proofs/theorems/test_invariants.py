"""Invariants of people's own: the words in Python, the same in YAML, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigError
from secureinfra.proofs.theorems.invariants import (
    access_only,
    invariants_in,
    no_access,
    no_escalation,
    no_wider_than,
)
from secureinfra.proofs.theorems.theorem import Theorem
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.configurations import allow, configuration, policy, role

BUCKET = "aws_s3_bucket.b"
OBJECTS = "${aws_s3_bucket.b.arn}/*"


def worst(theorem: Theorem, held: Configuration) -> str:
    found = [result.verdict for result in theorem.prove(held)]
    return next(verdict for verdict in ("BROKEN", "UNKNOWN", "PROVED") if verdict in found)


def with_bucket(*statements: dict[str, Any], public: Any = False, **more: Any) -> Configuration:
    held = {"bucket": f"${{{BUCKET}.id}}", "policy": policy({**allow("s3:GetObject", OBJECTS), "Principal": "*"})}
    opened = {"aws_s3_bucket_policy__p": held} if public else {}
    return configuration(aws_s3_bucket__b={}, **role(*statements), **opened, **more)


def test_no_access() -> None:
    reads = allow("s3:GetObject", OBJECTS)
    assert worst(no_access(BUCKET, "s3:GetObject"), with_bucket(reads)) == "PROVED"
    assert worst(no_access(BUCKET, "s3:GetObject", by="aws_iam_role.app"), with_bucket(reads)) == "BROKEN"
    assert worst(no_access(BUCKET, "s3:PutObject", by="aws_iam_role.app"), with_bucket(reads)) == "PROVED"
    assert (
        worst(no_access(BUCKET, ["s3:PutObject", "s3:GetObject"], by="anonymous"), with_bucket(public=True)) == "BROKEN"
    )


def test_access_only() -> None:
    reads = allow("s3:GetObject", OBJECTS)
    assert worst(access_only(BUCKET, "s3:GetObject", by="aws_iam_role.app"), with_bucket(reads)) == "PROVED"
    both = with_bucket(reads, **role(reads, name="other"))
    assert worst(access_only(BUCKET, "s3:GetObject", by="aws_iam_role.app"), both) == "BROKEN"
    assert (
        worst(access_only(BUCKET, "s3:GetObject", by="aws_iam_role.app"), with_bucket(reads, public=True)) == "BROKEN"
    )


def test_no_escalation_of_one_principal() -> None:
    held = configuration(**role(allow("iam:*")), **role(allow("s3:GetObject"), name="other"))
    assert worst(no_escalation("aws_iam_role.other"), held) == "PROVED"
    assert worst(no_escalation("aws_iam_role.app"), held) == "BROKEN"
    assert worst(no_escalation(), held) == "BROKEN"


def test_no_wider_than() -> None:
    measure = {"Version": "2012-10-17", "Statement": [allow("s3:Get*")]}
    assert worst(no_wider_than("aws_iam_role.app", measure), with_bucket(allow("s3:GetObject", OBJECTS))) == "PROVED"
    assert worst(no_wider_than("aws_iam_role.app", measure), with_bucket(allow("s3:PutObject", OBJECTS))) == "BROKEN"


def test_a_reference_is_a_name() -> None:
    assert worst(no_access("${aws_s3_bucket.b.arn}", "s3:GetObject"), with_bucket()) == "PROVED"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("s3:GetObjekt", r"AWS has no action 's3:GetObjekt'\. Did you mean 's3:GetObject'\?"),
        ("GetObject", "'GetObject' is not an action"),
        ("lamda:InvokeFunction", r"Did you mean 'lambda:InvokeFunction'"),
    ],
)
def test_refuses_an_action_that_aws_does_not_have(action: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        no_access(BUCKET, action)


def test_refuses_a_resource_that_is_not_there() -> None:
    with pytest.raises(
        ConfigError, match=r"no resource 'aws_s3_bucket\.c' in what was read\. Did you mean 'aws_s3_bucket\.b'"
    ):
        list(no_access("aws_s3_bucket.c", "s3:GetObject").prove(with_bucket()))


FILE = """
invariants:
  - no_access:
      id: uploads-stay-inside
      to: aws_s3_bucket.b
      actions: s3:GetObject
      by: external
  - access_only: {to: aws_s3_bucket.b, actions: [s3:GetObject], by: [aws_iam_role.app]}
  - no_escalation:
"""


def of_file(tmp_path: Path, text: str) -> list[Theorem]:
    (tmp_path / "invariants.yaml").write_text(text)
    return invariants_in(tmp_path / "invariants.yaml")


def test_a_file_has_the_same_words(tmp_path: Path) -> None:
    found = of_file(tmp_path, FILE)
    assert [one.id for one in found] == [
        "uploads-stay-inside",
        "access-only: only aws_iam_role.app may s3:GetObject on aws_s3_bucket.b",
        "no-escalation-of: no principal becomes administrator",
    ]
    assert {worst(one, with_bucket(allow("s3:GetObject", OBJECTS))) for one in found} == {"PROVED"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("invariants: 3", "has no list of invariants"),
        ("other: []", "has no list of invariants"),
        ("invariants: [3]", "invariants.yaml:1:14: an invariant is one word"),
        ("invariants: [{no_acces: {}}]", "there is no invariant 'no_acces'. Did you mean 'no_access'"),
        ("invariants: [{no_access: {too: x}}]", "no_access has no field 'too'. Did you mean 'to'"),
        ("invariants: [{no_access: {to: x}}]", "no_access has no actions"),
        ("invariants: [{no_access: {to: x, actions: 's3:GetObjekt'}}]", "yaml:1:14: AWS has no action"),
        ("invariants: [{no_access: {to: x, actions: 3}}]", "actions=3 is not a text"),
        ("invariants: [{no_access: 3}]", "no_access takes fields"),
    ],
)
def test_refuses_a_file_that_is_not_complete(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of_file(tmp_path, text)
    assert message in str(refused.value)


def test_refuses_invariants_that_contradict_each_other(tmp_path: Path) -> None:
    both = """
invariants:
  - access_only: {to: aws_s3_bucket.b, actions: s3:GetObject, by: aws_iam_role.app}
  - no_access: {to: aws_s3_bucket.b, actions: [s3:GetObject, s3:PutObject], by: [external, aws_iam_role.app]}
"""
    with pytest.raises(
        ConfigError, match=r"yaml:4:.*aws_iam_role\.app may not s3:GetObject .* and .*yaml:3:.* says that it may"
    ):
        of_file(tmp_path, both)
