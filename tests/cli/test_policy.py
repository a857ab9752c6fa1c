"""`secureinfra policy`: what it writes and says; the examples of its help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program


def policy(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["policy", *arguments])


def test_the_examples_of_the_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"^    secureinfra (policy.*)$", policy("--help").stdout, re.MULTILINE)
    assert len(examples) == 4
    counts = []
    for example in examples:
        done = CliRunner().invoke(program, example.split())
        assert done.exit_code == 0, done.output
        counts.append(len(list((tmp_path / "policies").rglob("*.policy.hcl"))))
    assert counts[0] > counts[1] > counts[2] > counts[3] == 1
    assert "cluster_endpoint_encryption_type" in (tmp_path / "policies" / "dax.policy.hcl").read_text()


def test_says_how_many_it_could_not_write(tmp_path: Path) -> None:
    done = policy("--out", str(tmp_path / "p"), "--pack", "cis-v5")
    assert re.search(
        r"\d+ policies for \d+ of \d+ controls, in \d+ files, each with its tests\.\nThe others need more", done.stdout
    )


def test_refuses_an_unknown_control_and_writes_nothing(tmp_path: Path) -> None:
    assert policy("--out", str(tmp_path / "p"), "--control", "s3-bucket-tls").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_leaves_out_what_is_skipped(tmp_path: Path) -> None:
    assert policy("--out", str(tmp_path), "--pack", "fsbp", "--skip", "dax-cluster-tls").exit_code == 0
    assert "dax_cluster_tls" not in (tmp_path / "dax.policy.hcl").read_text()
    assert "dax_cluster_encrypted" in (tmp_path / "dax.policy.hcl").read_text()
