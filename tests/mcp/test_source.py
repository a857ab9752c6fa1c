"""Terraform from a client: texts of all kinds, paths below the folder, and nothing else on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.files.within import only_below
from secureinfra.mcp import source
from secureinfra.mcp.source import configurations
from secureinfra.terraform.unknown import is_unknown

QUEUE = {"resource": {"aws_sqs_queue": {"orders": {"name": "orders"}}}}
PLAN = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_sqs_queue.orders",
                    "mode": "managed",
                    "type": "aws_sqs_queue",
                    "name": "orders",
                    "values": {"name": "orders"},
                }
            ]
        }
    },
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that may be read, beside another."""
    for name in ("within", "secret"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('resource "aws_sqs_queue" "orders" {}\n')
    monkeypatch.chdir(tmp_path / "within")
    with only_below(tmp_path / "within"):
        yield tmp_path / "within"


@pytest.mark.parametrize(
    "text", ['resource "aws_sqs_queue" "orders" {\n  name = "orders"\n}\n', json.dumps(QUEUE), json.dumps(PLAN)]
)
def test_every_kind_of_text(text: str) -> None:
    (found,) = configurations(text, "")
    assert [block.address for block in found.of_type("aws_sqs_queue")] == ["aws_sqs_queue.orders"]


def test_a_path_below_the_folder() -> None:
    (found,) = configurations("", ".")
    assert list(found.of_type("aws_sqs_queue"))


@pytest.mark.parametrize("path", ["../secret", "/etc", "a/../../secret/main.tf", "link", "nul\0"])
def test_refuses_a_path_elsewhere(path: str, folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "secret")
    with pytest.raises(ConfigurationError, match="lies outside of the folder"):
        configurations("", path)


def test_refuses_a_file_or_module_that_leads_elsewhere(folder: Path) -> None:
    (folder / "called").mkdir()
    (folder / "called" / "main.tf").write_text('module "m" {\n  source = "../../secret"\n}\n')
    (folder / "linked").mkdir()
    (folder / "linked" / "main.tf").symlink_to(folder.parent / "secret" / "main.tf")
    for name in ("called", "linked"):
        with pytest.raises(ConfigurationError, match="lies outside of the folder"):
            configurations("", name)


def test_a_text_reads_no_files(folder: Path) -> None:
    """Not even those that may be read by path: it does not lie there."""
    text = 'module "m" {\n  source = "./called"\n}\nresource "aws_sqs_queue" "q" {\n  name = file("main.tf")\n}\n'
    (folder / "called").mkdir()
    (folder / "called" / "main.tf").write_text("resource")
    (found,) = configurations(text, "")
    (queue,) = found.of_type("aws_sqs_queue")
    assert is_unknown(queue.get("name"))
    assert len(found.unread) == 1


def test_refuses_both_none_and_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, path in (("", ""), (" \n", ""), ("a", "b")):
        with pytest.raises(ConfigError, match="give either 'text'"):
            configurations(text, path)
    monkeypatch.setattr(source, "LARGEST", 10)
    with pytest.raises(ConfigError, match="more than 10 characters"):
        configurations("# a comment\n", "")
