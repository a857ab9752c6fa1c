"""An ARN is given as text or by an object that has one."""

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine import HasArn, arn_of
from secureinfra.testing import test_stack


def test_arn() -> None:
    key = SecureKey(test_stack(), "data")
    assert isinstance(key, HasArn)
    assert arn_of(key) == key.arn
    assert arn_of("arn:aws:s3:::acme") == "arn:aws:s3:::acme"


def test_none() -> None:
    assert arn_of(None) is None
    assert arn_of(type("Other", (), {"arn": 1})()) is None
