"""Which resource is which: by address, through moved blocks, and through what Terraform moves by itself."""

from pathlib import Path

import pytest

from secureinfra.compare.pairs import Pairs, pairs_of
from tests.compare.hcl import configuration

MODULE = 'resource "aws_s3_bucket" "b" { bucket = "x" }\n'


def pairs(tmp_path: Path, old: str, new: str) -> Pairs:
    return pairs_of(
        configuration(tmp_path / "old", old, m__main=MODULE), configuration(tmp_path / "new", new, m__main=MODULE)
    )


def topic(name: str, more: str = "") -> str:
    return f'resource "aws_sns_topic" "{name}" {{\n name = "t"\n {more}\n}}\n'


def moved(old: str, new: str) -> str:
    return f"moved {{\n from = {old}\n to = {new}\n}}\n"


def module(name: str, more: str = "") -> str:
    return f'module "{name}" {{\n source = "./m"\n {more}\n}}\n'


REMOVED = "removed {\n from = aws_sns_topic.a\n lifecycle {\n  destroy = %s\n }\n}\n"


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (topic("a"), topic("a"), ["aws_sns_topic.a"]),
        (topic("a"), topic("b") + moved("aws_sns_topic.a", "aws_sns_topic.b"), ["aws_sns_topic.b"]),
        (
            topic("a"),
            topic("c") + moved("aws_sns_topic.a", "aws_sns_topic.b") + moved("aws_sns_topic.b", "aws_sns_topic.c"),
            ["aws_sns_topic.c"],
        ),
        (topic("a"), topic("a", "count = 2"), ["aws_sns_topic.a[0]"]),
        (topic("a", "count = 2"), topic("a"), ["aws_sns_topic.a"]),
        (
            topic("a", "count = 1"),
            topic("a", 'for_each = toset(["x"])') + moved("aws_sns_topic.a[0]", 'aws_sns_topic.a["x"]'),
            ['aws_sns_topic.a["x"]'],
        ),
        (module("one"), module("two") + moved("module.one", "module.two"), ["module.two.aws_s3_bucket.b"]),
        (module("one"), module("one", "count = 1"), []),
        (
            module("one"),
            module("one", "count = 1") + moved("module.one", "module.one[0]"),
            ["module.one[0].aws_s3_bucket.b"],
        ),
        (topic("a"), topic("ab") + moved("aws_sns_topic.a", "aws_sns_topic.b"), []),
    ],
)
def test_kept(tmp_path: Path, old: str, new: str, kept: list[str]) -> None:
    found = pairs(tmp_path, old, new)
    assert [after.address for _, after in found.kept] == kept
    assert found.unsure == []


def test_a_resource_that_is_added_and_one_that_goes(tmp_path: Path) -> None:
    found = pairs(tmp_path, topic("a"), topic("b"))
    assert [block.address for block in found.gone] == ["aws_sns_topic.a"]
    assert [block.address for block in found.added] == ["aws_sns_topic.b"]


@pytest.mark.parametrize(("destroy", "forgotten"), [("false", ["aws_sns_topic.a"]), ("true", [])])
def test_removed_without_destroying(tmp_path: Path, destroy: str, forgotten: list[str]) -> None:
    found = pairs(tmp_path, topic("a"), REMOVED % destroy)
    assert [block.address for block in found.forgotten] == forgotten
    assert len(found.gone) == 1 - len(forgotten)


@pytest.mark.parametrize("more", ["count = var.n", "for_each = var.n"])
def test_an_unknown_number_leaves_it_open(tmp_path: Path, more: str) -> None:
    found = pairs(tmp_path, topic("a", "count = 2"), topic("a", more) + 'variable "n" {}\n')
    assert [block.address for block in found.unsure] == ["aws_sns_topic.a[0]", "aws_sns_topic.a[1]"]
    assert found.gone == []


def test_two_that_move_to_one_place_are_not_both_kept(tmp_path: Path) -> None:
    new = topic("c") + moved("aws_sns_topic.a", "aws_sns_topic.c") + moved("aws_sns_topic.b", "aws_sns_topic.c")
    found = pairs(tmp_path, topic("a") + topic("b"), new)
    assert (len(found.kept), len(found.gone)) == (1, 1)
