"""The blueprint works as it is published, and what it refuses: `pytest examples/blueprint`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from acme_blueprints.documents import Documents, DocumentsConfig

from secureinfra import ConfigError
from secureinfra.stacks.testing import assert_blueprint
from secureinfra.testing import addresses, decoded, synthesize, test_stack


def test_it_works_and_meets_the_controls() -> None:
    assert_blueprint(Documents, "all", "fsbp")


def test_addresses_stay() -> None:
    """A release that changes one of these needs a `moved` block, or it replaces what teams have."""
    stack = test_stack("contracts")
    Documents(stack, "documents", DocumentsConfig(folders=("in",)))
    found = addresses(synthesize(stack))
    assert "aws_s3_bucket.documents_bucket" in found
    assert "aws_iam_role.documents_service_role" in found


def test_a_folder_that_is_not_writable_is_only_read() -> None:
    stack = test_stack("contracts")
    Documents(stack, "documents", DocumentsConfig(folders=("in", "out"), writable=("out",)))
    (policy,) = decoded(synthesize(stack))["resource"]["aws_iam_role_policy"].values()
    statements = policy["policy"]["(json)"]["Statement"]
    (write,) = [one for one in statements if "s3:PutObject" in one["Action"]]
    assert write["Resource"] == ["${aws_s3_bucket.documents_bucket.arn}/out/*"]


def test_a_typing_mistake_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"is not among folders. Add it to folders"):
        Documents(test_stack(), "documents", DocumentsConfig(folders=("in", "out"), writable=("ouT",)))
