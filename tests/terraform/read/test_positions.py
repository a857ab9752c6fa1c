from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.terraform.read import hcl, json_text
from secureinfra.terraform.read.positions import json_places, position
from secureinfra.terraform.read.source import Document

JSON = """{
  "//": {"metadata": "x"},
  "resource": {
    "aws_s3_bucket": {
      "b": {
        "acl": "private { \\" } [",
        "rule": [
          {"id": "one"},
          {
            "id": "two"
          }
        ],
        "tags": {
          "a": "b"
        }
      }
    }
  },
  "locals": {"x": 1,
             "y": 2}
}"""

HCL = """# first
resource "aws_s3_bucket" "b" {
  acl = "private"
  rule { id = "one" }
  rule {
    id = "two"
  }
  tags = {
    a = "b"
  }
}

locals {
  x = 1
  y = <<EOT
text
EOT
  z = 2
}

provider "aws" {}
provider "aws" {
  alias = "west"
}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("resource aws_s3_bucket b", 5),
        ("resource aws_s3_bucket b acl", 6),
        ("resource aws_s3_bucket b rule", 7),
        ("resource aws_s3_bucket b rule 0 id", 8),
        ("resource aws_s3_bucket b rule id", 8),
        ("resource aws_s3_bucket b rule 1", 9),
        ("resource aws_s3_bucket b rule 1 id", 10),
        ("resource aws_s3_bucket b tags a", 14),
        ("locals x", 19),
        ("locals y", 20),
    ],
)
def test_lines_of_json(path: str, line: int) -> None:
    assert json_text.document(JSON, "x.tf.json").line_of(*path.split()) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("resource aws_s3_bucket b", 2),
        ("resource aws_s3_bucket b acl", 3),
        ("resource aws_s3_bucket b rule", 4),
        ("resource aws_s3_bucket b rule 0 id", 4),
        ("resource aws_s3_bucket b rule 1 id", 6),
        ("resource aws_s3_bucket b tags a", 9),
        ("locals y", 15),
        ("locals z", 18),
        ("provider aws", 21),
        ("provider aws 1 alias", 23),
    ],
)
def test_lines_of_hcl(path: str, line: int) -> None:
    assert hcl.document(HCL, "x.tf").line_of(*path.split()) == line


def test_what_is_not_written_has_the_line_of_its_block() -> None:
    for document in (json_text.document(JSON, "x.tf.json"), hcl.document(HCL, "x.tf")):
        block = document.line_of("resource", "aws_s3_bucket", "b")
        assert document.line_of("resource", "aws_s3_bucket", "b", "versioning", "enabled") == block
        rule = document.line_of("resource", "aws_s3_bucket", "b", "rule", "1")
        assert document.line_of("resource", "aws_s3_bucket", "b", "rule", "1", "filter") == rule


def test_a_block_that_is_elsewhere_has_no_line() -> None:
    for document in (json_text.document(JSON, "x.tf.json"), hcl.document(HCL, "x.tf")):
        assert document.line_of("resource", "aws_s3_bucket", "c", "acl") is None
        assert document.line_of("resource", "aws_vpc") is None
        assert document.line_of("output", "o") is None
        assert document.line_of("locals", "absent") is None
        assert document.line_of() is None


def test_a_document_in_memory_has_no_lines() -> None:
    assert Document("", {"locals": {"a": 1}}).line_of("locals", "a") is None


def test_lines_are_found_when_asked_for() -> None:
    asked: list[str] = []

    def places() -> object:
        asked.append(JSON)
        return json_places(JSON)

    document = Document("x", json.loads(JSON), places)  # type: ignore[arg-type]
    assert not asked
    assert document.line_of("locals") == document.line_of("locals", "x") == 19
    assert len(asked) == 1


def test_labels_given_twice_are_one_place() -> None:
    document = json_text.document('{"locals": {"a": 1},\n"locals": {"b": 2}}', "x")
    assert (document.line_of("locals", "a"), document.line_of("locals", "b")) == (1, 2)


def test_position() -> None:
    text = "ab\ncd\n"
    assert [position(text, offset) for offset in (0, 1, 3, 4, 6)] == ["1:1", "1:2", "2:1", "2:2", "3:1"]


@given(st.recursive(st.text(max_size=5), lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=4)))
def test_every_name_of_json_has_its_line(value: object) -> None:
    # With a line for each name, the names come in the order of the lines.
    text = json.dumps({"top": value}, indent=1)
    place = json_places(text)
    lines = text.split("\n")

    def look(held: object, within: object, depth: int) -> None:
        if isinstance(held, dict) and depth < 7:
            for name, inner in held.items():
                found = within.held[name]  # type: ignore[attr-defined]
                assert lines[found.line - 1].lstrip().startswith(json.dumps(name))
                look(inner, found, depth + 1)

    look({"top": value}, place, 0)
