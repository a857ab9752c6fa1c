"""IAM users, and how long a role's session lasts."""

from typing import Any

import pytest

from secureinfra.controls.iam.users import NO_IAM_USER, SHORT_SESSION
from tests.controls.judge import failure, status


@pytest.mark.parametrize("type", ["aws_iam_user", "aws_iam_user_login_profile", "aws_iam_access_key"])
def test_no_iam_user(type: str) -> None:
    assert f"{type}.u : a resource {type} -> a role" in failure(NO_IAM_USER, **{type: {"u": {}}})
    assert status(NO_IAM_USER, aws_iam_role={"r": {}}) == ""


@pytest.mark.parametrize(
    ("seconds", "answer"),
    [(None, "passed"), (3600, "passed"), ("3600", "passed"), (7200, "failed"), ("${var.x}", "unknown")],
)
def test_short_session(seconds: Any, answer: str) -> None:
    role = {"r": {"max_session_duration": seconds}}
    assert status(SHORT_SESSION, variable={"x": {}}, aws_iam_role=role) == answer
