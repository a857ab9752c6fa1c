"""What fleets and single instances have alike."""

import base64

import pytest

from secureinfra.aws.ec2.machine import METADATA_OPTIONS, encoded, give_access, require_role, root_volume
from secureinfra.aws.kms.key import SecureKey
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack
from tests.aws.ec2.stacks import only, operators


def test_user_data_is_encoded_here_or_by_terraform() -> None:
    assert encoded(None) is None
    assert base64.b64decode(encoded("#!/bin/sh") or "") == b"#!/bin/sh"
    assert encoded("echo ${var.stage}") == '${base64encode("echo ${var.stage}")}'


def test_metadata_needs_a_token_and_ends_on_the_instance() -> None:
    assert (METADATA_OPTIONS["http_tokens"], METADATA_OPTIONS["http_put_response_hop_limit"]) == ("required", 1)


def test_root_volume_is_encrypted_under_the_key() -> None:
    volume = root_volume(SecureKey(test_stack(), "data"), 30)
    assert (volume["encrypted"], volume["kms_key_id"], volume["volume_size"]) == (
        True,
        "${aws_kms_key.data_key.arn}",
        30,
    )


def test_access_is_a_role_with_a_profile_a_document_and_a_log() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    access = give_access(key, "sessions", key, 20)
    assert access.role.instance_profile.type == "aws_iam_instance_profile"
    assert only(stack, "aws_ssm_document")["name"] == "sessions"
    assert access.log_group.resources["log-group"].type == "aws_cloudwatch_log_group"


def test_refuses_sessions_of_an_arn() -> None:
    require_role("test/it", operators(test_stack()))
    with pytest.raises(ConfigError, match="instances have no policy of their own. Pass a SecureRole"):
        require_role("test/it", "arn:aws:iam::111122223333:role/operators")  # type: ignore[arg-type]
