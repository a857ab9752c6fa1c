"""Grants name one role."""

import pytest

from secureinfra.engine import principal_of
from secureinfra.errors import ConfigError


@pytest.mark.parametrize("arn", ["arn:aws:iam::111122223333:role/team/reader", "${aws_iam_role.reader.arn}"])
def test_role_or_reference(arn: str) -> None:
    assert principal_of(arn, "test/x").ids == (arn,)


@pytest.mark.parametrize(
    "arn",
    [
        "*",
        "reader",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:user/ada",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:s3:::bucket",
    ],
)
def test_refuses_what_is_no_role(arn: str) -> None:
    with pytest.raises(ConfigError, match="test/x: grantee .* is not a role: a grant names one role"):
        principal_of(arn, "test/x")
