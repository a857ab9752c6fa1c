"""Roles that workflows of GitHub Actions take on."""

from typing import Any

import pytest

from secureinfra.controls.iam.github import GITHUB_REVIEWED, GITHUB_TRUST_PINNED
from tests.controls.judge import failure, status
from tests.controls.policies import trust

HOST = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{HOST}"


def role(condition: Any, provider: str = PROVIDER) -> dict[str, Any]:
    return trust({"Federated": provider}, condition, "sts:AssumeRoleWithWebIdentity")


def subject(*values: str, operator: str = "StringLike") -> dict[str, Any]:
    return {operator: {f"{HOST}:sub": list(values)}}


# Subjects, and what the two controls answer.
SUBJECTS = [
    (["repo:acme/shop:ref:refs/heads/main"], "passed", "passed"),
    (["repo:acme/shop:environment:production"], "passed", "passed"),
    (["repo:acme/shop:ref:refs/tags/v*"], "passed", "passed"),
    (["repo:acme@1/shop@2:ref:refs/heads/main"], "passed", "passed"),
    (["repo:${var.x}/shop:ref:refs/heads/main"], "passed", "passed"),
    (["repo:acme/shop:ref:refs/heads/${var.x}"], "passed", "passed"),
    (["repo:acme/shop:pull_request"], "passed", "failed"),
    (["repo:acme/shop:ref:refs/heads/main", "repo:acme/shop:pull_request"], "passed", "failed"),
    (["repo:acme/shop:*"], "failed", "failed"),
    (["repo:acme/shop:ref:*"], "failed", "passed"),
    (["repo:acme/shop:ref:refs/heads/*"], "failed", "passed"),
    (["repo:acme/shop:environment:*"], "failed", "passed"),
    (["repo:acme/*:ref:refs/heads/main"], "failed", "passed"),
    (["repo:acme/*"], "failed", "failed"),
    (["repo:*:ref:refs/heads/main"], "failed", "passed"),
    (["*"], "failed", "failed"),
    (["repo:acme/shop:ref:refs/heads/main", "repo:other/*:ref:refs/heads/main"], "failed", "passed"),
    (["${var.x}"], "unknown", "unknown"),
    (["repo:${var.x}"], "unknown", "unknown"),
    (["repo:acme/shop:${var.x}"], "unknown", "unknown"),
]


@pytest.mark.parametrize(("values", "pinned", "reviewed"), SUBJECTS)
def test_github_trust_pinned(values: list[str], pinned: str, reviewed: str) -> None:
    held = role(subject(*values))
    assert status(GITHUB_TRUST_PINNED, variable={"x": {}}, aws_iam_role=held) == pinned
    assert status(GITHUB_REVIEWED, variable={"x": {}}, aws_iam_role=held) == reviewed


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}},
        subject("repo:acme/shop:ref:refs/heads/main", operator="StringLikeIfExists"),
        subject("repo:acme/shop:ref:refs/heads/main", operator="ForAllValues:StringLike"),
        subject("repo:acme/shop:ref:refs/heads/main", operator="StringNotLike"),
    ],
)
def test_github_reviewed_and_pinned_need_a_subject(condition: Any) -> None:
    assert status(GITHUB_TRUST_PINNED, aws_iam_role=role(condition)) == "failed"
    assert status(GITHUB_REVIEWED, aws_iam_role=role(condition)) == "failed"


def test_messages() -> None:
    broad = role(subject("repo:acme/*"))
    assert f"{HOST}:sub = repo:acme/* is not limited to a repository" in failure(
        GITHUB_TRUST_PINNED, aws_iam_role=broad
    )
    branches = role(subject("repo:acme/shop:*"))
    assert "is not limited to a branch, tag or environment" in failure(GITHUB_TRUST_PINNED, aws_iam_role=branches)
    assert "allows pull requests" in failure(GITHUB_REVIEWED, aws_iam_role=branches)
    assert "a token of any" in failure(GITHUB_TRUST_PINNED, aws_iam_role=role(None))


def test_other_claims_pin_too() -> None:
    claims = {f"{HOST}:repository_id": "42", f"{HOST}:ref": "refs/heads/main"}
    assert status(GITHUB_TRUST_PINNED, aws_iam_role=role({"StringEquals": claims})) == "passed"
    assert status(GITHUB_REVIEWED, aws_iam_role=role({"StringEquals": claims})) == "passed"
    half = {"StringLike": {f"{HOST}:repository": "acme/*", f"{HOST}:ref": "refs/heads/main"}}
    assert status(GITHUB_TRUST_PINNED, aws_iam_role=role(half)) == "failed"


def test_of_two_conditions_on_the_subject_one_is_enough() -> None:
    both = {**subject("repo:acme/*"), **subject("repo:acme/shop:ref:refs/heads/main", operator="StringEquals")}
    assert status(GITHUB_TRUST_PINNED, aws_iam_role=role(both)) == "passed"


def test_provider_by_reference() -> None:
    held = role(None, "${aws_iam_openid_connect_provider.p.arn}")
    github = {"p": {"url": f"https://{HOST}"}}
    assert status(GITHUB_TRUST_PINNED, aws_iam_role=held, aws_iam_openid_connect_provider=github) == "failed"
    other = {"p": {"url": "https://gitlab.example.com"}}
    assert status(GITHUB_TRUST_PINNED, aws_iam_role=held, aws_iam_openid_connect_provider=other) == "not applicable"
    data = {"aws_iam_openid_connect_provider": {"p": {"url": f"https://{HOST}"}}}
    looked_up = role(None, "${data.aws_iam_openid_connect_provider.p.arn}")
    assert status(GITHUB_TRUST_PINNED, data=data, aws_iam_role=looked_up) == "failed"


def test_not_asked() -> None:
    service = trust({"Service": "ec2.amazonaws.com"})
    for control in (GITHUB_TRUST_PINNED, GITHUB_REVIEWED):
        assert status(control, aws_iam_role=service) == "not applicable"
        assert status(control, variable={"x": {}}, aws_iam_role=role(None, "${var.x}")) == "unknown"
