"""Which arguments decide about controls."""

import json
from collections.abc import Iterator

import pytest

from secureinfra.controls import Control, find
from secureinfra.controls.control import CHECKS, DEFINED
from secureinfra.controls.verdict import Failure
from secureinfra.modules.content.decisive import decisive
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration

KEY = {"enable_key_rotation": True, "deletion_window_in_days": 30, "description": "data"}


def test_the_argument_without_which_a_control_fails() -> None:
    document = {"resource": {"aws_kms_key": {"a": KEY, "b": KEY}}}
    found = decisive(document, [find("kms-key-rotated"), find("kms-key-deletion-delayed")])
    assert [(leaf.path, leaf.value, leaf.names, ids) for leaf, ids in found] == [
        (("enable_key_rotation",), True, ("a", "b"), ("kms-key-rotated",)),
        (("deletion_window_in_days",), 30, ("a", "b"), ("kms-key-deletion-delayed",)),
    ]


@pytest.fixture
def said_aloud() -> Iterator[Control]:
    """A control that an argument is written, whatever it says."""
    control = Control(id="test-said-aloud", title="It is written", why="for this test", fix="Write it.")

    @control.check("aws_kms_key")
    def check(key: Block, _: Configuration) -> Iterator[Failure]:
        if key.get("multi_region") is None:
            yield Failure("nothing", "multi_region")

    yield control
    del DEFINED[control.id]
    CHECKS["aws_kms_key"].remove((control, check))


def test_a_boolean_that_must_be_written_whatever_it_says(said_aloud: Control) -> None:
    document = {"resource": {"aws_kms_key": {"a": {"multi_region": False}}}}
    found = decisive(document, [said_aloud])
    assert [(leaf.path, ids) for leaf, ids in found] == [(("multi_region",), ("test-said-aloud",))]


def test_a_statement_of_a_policy() -> None:
    bucket = "${aws_s3_bucket.b.arn}"
    deny = {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, f"{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    document = {
        "resource": {
            "aws_s3_bucket": {"b": {"bucket": "acme"}},
            "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.b.id}", "policy": policy}},
        }
    }
    found = decisive(document, [find("s3-bucket-tls-only")])
    assert [(leaf.type, leaf.path) for leaf, _ in found] == [("aws_s3_bucket_policy", ("policy", "#", 0))]


def test_an_empty_list_that_keeps_rules_away() -> None:
    document = {"resource": {"aws_default_security_group": {"d": {"vpc_id": "vpc-1", "ingress": [], "egress": []}}}}
    found = decisive(document, [find("vpc-default-security-group-closed")])
    assert [leaf.path for leaf, _ in found] == [("ingress",), ("egress",)]
