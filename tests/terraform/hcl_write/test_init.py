"""Whole documents: order, comments, what is left out, what is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write import write_document
from tests.terraform.hcl_write.language import DOCUMENT, WRITTEN
from tests.terraform.stacks import document_of


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
        ({"resource": {"aws_vpc": {"v": 1}}}, "aws_vpc.v: '1' is no block"),
        ({"resource": {"aws_vpc": {"v": {"lifecycle": [1]}}}}, "resource.aws_vpc.v: lifecycle: '1' is no block"),
        ({"resource": {"aws_vpc": {"v": {"a b": 1}}}}, "resource.aws_vpc.v: 'a b' is no name"),
        ({"output": {"o": {"value": "${"}}}, r"output.o: '\${' is no template"),
        ({"output": {"o": {"value": float("nan")}}}, "output.o: nan is no value of JSON"),
        ({"resource": {"aws_vpc": {"v": {"depends_on": ["a)"]}}}}, "'a\\)' is no reference"),
    ],
)
def test_refuses(document: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        write_document(document)


def test_is_quick(tmp_path: Path) -> None:
    stack = document_of("quickstart", tmp_path)
    write_document(stack)
    start = time.process_time()
    text = write_document(stack)
    assert time.process_time() - start < 0.2
    assert text == write_document(stack)
