"""`secureinfra map`: files, formats, parts of a map, and what is refused."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.maps.network.documents import ALL, balanced
from tests.maps.trust.documents import delivered, woven


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf.json").write_text(json.dumps(balanced()))
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["map", *map(str, arguments)])


def test_writes_a_picture(folder: Path) -> None:
    done = run(folder, "--out", folder / "map.svg")
    assert (done.exit_code, done.stdout) == (0, "")
    assert ET.parse(folder / "map.svg").getroot().tag.endswith("svg")
    assert run(folder).stdout == (folder / "map.svg").read_text()


def test_formats(folder: Path) -> None:
    assert run(folder, "--format", "mermaid").stdout.startswith("flowchart LR\n")
    assert "Web may reach service on tcp 8443.\n" in run(folder, "--format", "text").stdout
    assert 'viewBox="0 0 390 ' in run(folder, "--layout", "narrow").stdout


def test_links_and_title(folder: Path) -> None:
    text = run(folder, "--title", "Our shop", "--links", "https://git.example.com/").stdout
    assert "Network map of Our shop" in text
    assert 'href="https://git.example.com/' in text


def test_part_of_a_map(folder: Path) -> None:
    text = run(folder, "--group", "database", "--format", "text").stdout
    assert "Web may reach" not in text
    refused = run(folder, "--vpc", "shopp")
    assert refused.exit_code == 2
    assert "there is no VPC 'shopp' in this configuration. Did you mean 'shop'?" in refused.output


def test_tall_map_says_how_to_show_a_part(tmp_path: Path) -> None:
    for name in ("three VPCs", "13 groups"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf.json").write_text(json.dumps(ALL[name]()))
    assert (
        "Show a part of it with --vpc NAME or --group NAME."
        in run(tmp_path / "three VPCs", tmp_path / "13 groups").stderr
    )


def test_refuses_what_is_not_terraform(tmp_path: Path) -> None:
    done = run(tmp_path, "--out", tmp_path / "map.svg")
    assert done.exit_code == 2
    assert not (tmp_path / "map.svg").exists()


@pytest.fixture
def trusting(tmp_path: Path) -> Path:
    (tmp_path / "main.tf.json").write_text(json.dumps(delivered()))
    return tmp_path


def test_trust_map_in_every_format(trusting: Path) -> None:
    assert run(trusting, "--trust", "--out", trusting / "trust.svg").exit_code == 0
    assert ">Trust map</text>" in (trusting / "trust.svg").read_text()
    assert run(trusting, "--trust", "--format", "mermaid").stdout.startswith("flowchart LR\n")
    assert "Lambda may assume worker.\n" in run(trusting, "--trust", "--format", "text").stdout
    assert 'href="https://git.example.com/' in run(trusting, "--trust", "--links", "https://git.example.com/").stdout


def test_part_of_a_trust_map(trusting: Path) -> None:
    text = run(trusting, "--trust", "--role", "deploy", "--format", "text").stdout
    assert "Role deploy may decrypt on data in KMS keys.\n" in text
    assert "partner" not in text
    assert "CloudWatch" not in run(trusting, "--trust", "--resource", "orders", "--format", "text").stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--role", "deploy"), "--role: shows a part of the trust map; add --trust."),
        (("--trust", "--vpc", "shop"), "--vpc: shows a part of the network; leave out --trust."),
        (("--trust", "--role", "deplyo"), "there is no role or principal 'deplyo' in this configuration. Did you mean"),
    ],
)
def test_refuses_parts_of_the_other_map(trusting: Path, options: tuple[str, ...], message: str) -> None:
    refused = run(trusting, *options)
    assert refused.exit_code == 2
    assert message in refused.output


def test_tall_trust_map_says_how_to_show_a_part(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text(json.dumps(woven()))
    assert "Show a part of it with --role NAME or --resource NAME." in run(tmp_path, "--trust").stderr
