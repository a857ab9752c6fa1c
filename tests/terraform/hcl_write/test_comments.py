"""Comments: above blocks, above nested blocks, at the top of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.terraform.hcl_write import write_document
from secureinfra.terraform.hcl_write.comments import comment, comment_above
from secureinfra.terraform.read import hcl
from tests.terraform.hcl_write.referee import assert_formatted

DOCUMENT: dict[str, Any] = {
    "variable": {"cidr": {"//": "of the network", "type": "string"}},
    "module": {"m": {"//": {"comment": "called\nonce"}, "source": "./m"}},
    "locals": {"//": {"comment": "worked out"}, "x": 1},
    "resource": {
        "aws_s3_bucket_lifecycle_configuration": {
            "logs": {
                "//": {"comment": ["Kept for a year:", "", "a # is no end "], "metadata": {"path": "app/logs"}},
                "bucket": "b",
                "rule": [
                    {"//": {"comment": ["never read again"]}, "id": "a", "expiration": [{"//": "days", "days": 1}]},
                    {"//": {"comment": []}, "id": "b"},
                ],
                "lifecycle": {"//": {"comment": "not even by hand"}, "prevent_destroy": True},
            }
        }
    },
}
WRITTEN = """# Made from
#
# Python

# of the network
variable "cidr" {
  type = string
}

# worked out
locals {
  x = 1
}

# called
# once
module "m" {
  source = "./m"
}

# app/logs
# Kept for a year:
#
# a # is no end
resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = "b"

  # never read again
  rule {
    id = "a"

    # days
    expiration {
      days = 1
    }
  }

  rule {
    id = "b"
  }

  # not even by hand
  lifecycle {
    prevent_destroy = true
  }
}
"""


def test_comments_stand_above_their_blocks() -> None:
    assert write_document(DOCUMENT, paths=True, header=["Made from", "", "Python"]) == WRITTEN


@pytest.mark.terraform
def test_comments_are_formatted(tmp_path: Path) -> None:
    assert_formatted(WRITTEN, tmp_path)


@pytest.mark.parametrize("metadata", [None, 1, {}, {"comment": None}, {"comment": 1}, {"metadata": {"path": " "}}, [1]])
def test_other_metadata_is_no_comment(metadata: Any) -> None:
    assert comment_above(metadata, path=True) == []


def test_what_nobody_sees_is_left_out() -> None:
    assert list(comment("a\u202eb\u2028c\td\x00")) == ["# a b", "# c d"]


@given(st.text())
def test_no_comment_ends_early(text: str) -> None:
    lines = list(comment(text))
    written = write_document({"locals": {"//": {"comment": text}, "x": 1}}, header=text)
    assert written.count("\n") == 2 * len(lines) + 3 + bool(lines)
    assert hcl.document(written, "main.tf").body == {"locals": {"x": 1}}
