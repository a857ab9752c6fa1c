"""Stacks compared by their names, and what a comparison counts."""

from pathlib import Path

import pytest

from secureinfra.compare.compare import certain_and_open, compare, compare_all, in_words
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.configuration import Configuration
from tests.compare.hcl import configuration
from tests.referees.stacks import NAMES, document_of

TOPIC = 'resource "aws_sns_topic" "%s" {\n name = "%s"\n}\n'


def stack(name: str, *topics: str) -> Configuration:
    return Configuration.of({"resource": {"aws_sns_topic": {topic: {"name": topic} for topic in topics}}}, name)


def test_stacks_are_paired_by_name() -> None:
    old, new = [stack("a", "x"), stack("b", "y")], [stack("c", "z"), stack("b", "y", "w")]
    found = {one.name: one.totals for one in compare_all(old, new)}
    assert {name: {key: count for key, count in totals.items() if count} for name, totals in found.items()} == {
        "c": {"added": 1},
        "b": {"added": 1, "unchanged": 1},
        "a": {"destroyed": 1},
    }


def test_one_on_each_side_is_compared_whatever_it_is_called() -> None:
    (found,) = compare_all([stack("a", "x")], [stack("b", "x")])
    assert (found.name, found.totals["unchanged"]) == ("b", 1)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_differs_from_itself(name: str) -> None:
    document = document_of(name)
    old, new = Configuration.of(document, name), Configuration.of(document, name)
    found = compare(old, new)
    assert found.changes == ()
    assert found.totals["unchanged"] == sum(block.section == "resource" for block in new.blocks) > 0


def test_what_was_not_read_is_a_note(tmp_path: Path) -> None:
    text = 'module "m" {\n source = "acme/x/aws"\n}\n' + TOPIC % ("t", "t")
    found = compare(configuration(tmp_path / "old", text), configuration(tmp_path / "new", TOPIC % ("t", "t")))
    (note,) = found.notes
    assert note.startswith(f"before: {tmp_path}/old/main.tf:1: module.m (acme/x/aws)")


def test_a_pack_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="cis-v9"):
        compare(stack("a", "x"), stack("a", "x"), ["cis-v9"])


def test_totals_in_words() -> None:
    assert in_words({"added": 1, "destroyed": 2, "changed": 3, "unchanged": 4}) == (
        "8 resources: 1 added, 2 destroyed, 3 changed in place, 4 unchanged"
    )
    assert in_words({"unchanged": 1}) == "1 resource: 1 unchanged"
    assert in_words({"unchanged": 0}) == "0 resources: none"


def test_kinds_are_asked_apart() -> None:
    found = compare_all([stack("a", "x")], [stack("a")])
    assert [len(held) for held in certain_and_open(found, ["destroyed"])] == [1, 0]
    assert [len(held) for held in certain_and_open(found, ["access"])] == [0, 0]
