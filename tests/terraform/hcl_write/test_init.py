"""Whole documents: order, comments, what is left out, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write import write_document
from tests.referees.stacks import document_of
from tests.speed import cost
from tests.terraform.hcl_write.language import DOCUMENT, WRITTEN


def test_every_kind_of_block_in_the_order_in_which_people_write_them() -> None:
    assert write_document(DOCUMENT, paths=True) == WRITTEN


def test_metadata_is_left_out() -> None:
    assert write_document(DOCUMENT) == WRITTEN.replace("# stack/network/vpc\n", "")


def test_labels_and_blocks_may_be_lists() -> None:
    document = {"resource": [{"aws_vpc": [{"a": [{"cidr_block": "x"}]}, {"b": {}}]}], "locals": [{"x": 1}, {}]}
    assert write_document(document) == (
        'locals {\n  x = 1\n}\n\nresource "aws_vpc" "a" {\n  cidr_block = "x"\n}\n\nresource "aws_vpc" "b" {}\n'
    )


def test_nothing_is_an_empty_file() -> None:
    assert write_document({"//": {}}) == ""


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"resources": {}}, "Did you mean 'resource'"),
        ({"resource": {"aws_vpc": {"v": 1}}}, "aws_vpc.v: '1' is not a block"),
        ({"resource": {"aws_vpc": {"v": {"lifecycle": [1]}}}}, "resource.aws_vpc.v: lifecycle: '1' is not a block"),
        ({"resource": {"aws_vpc": {"v": {"a b": 1}}}}, "resource.aws_vpc.v: 'a b' is not a name"),
        ({"output": {"o": {"value": "${"}}}, r"output.o: '\${' is not a template"),
        ({"output": {"o": {"value": float("nan")}}}, "output.o: nan is not a value of JSON"),
        ({"resource": {"aws_vpc": {"v": {"depends_on": ["a)"]}}}}, "'a\\)' is not a reference"),
    ],
)
def test_refuses(document: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        write_document(document)


def test_is_quick() -> None:
    stack = document_of("quickstart")
    assert write_document(stack) == write_document(stack)
    # Measured: 55 times what the standard library takes, which is written in C.
    assert cost(lambda: write_document(stack)) < 150 * cost(lambda: json.dumps(stack))
