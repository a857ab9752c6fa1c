"""Paths in reports are never those of this machine."""

from pathlib import Path

import pytest

from secureinfra.reports.paths import Paths


def test_below_what_was_read(tmp_path: Path) -> None:
    paths = Paths([str(tmp_path / "infra"), str(tmp_path / "more" / "edge")])
    assert paths.of(str(tmp_path / "infra" / "main.tf")) == "infra/main.tf"
    assert paths.of(str(tmp_path / "more" / "edge" / "main.tf")) == "more/edge/main.tf"
    assert paths.of("/somewhere/else/main.tf") == "main.tf"


def test_below_the_working_folder_and_relative_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths([]).of(str(tmp_path / "infra" / "main.tf")) == "infra/main.tf"
    assert Paths(["infra"]).of("infra/main.tf") == "infra/main.tf"


def test_sentences_and_places(tmp_path: Path) -> None:
    paths = Paths([str(tmp_path / "infra")])
    assert paths.within(f"{tmp_path}/infra/waivers.yaml:2:3") == "infra/waivers.yaml:2:3"
    assert paths.within(f"{tmp_path}/infra: has no Terraform.") == "infra: has no Terraform."
    assert paths.within("aws_vpc.main") == "aws_vpc.main"
