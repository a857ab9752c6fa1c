"""A module in HCL is read back as what the JSON format holds: the same resources with the same arguments."""

from pathlib import Path

import pytest

from secureinfra.generator.write import write_module
from secureinfra.terraform.configuration import Configuration
from tests.generator.cases import FULLER, NAMES, case
from tests.terraform.hcl_write.test_referee import arguments


@pytest.mark.parametrize("name", [*NAMES, *FULLER])
def test_hcl_holds_what_json_holds(name: str, tmp_path: Path) -> None:
    asked, settings = case(name)
    write_module(asked, settings, tmp_path / "hcl", name=name)
    write_module(asked, settings, tmp_path / "json", name=name, format="json")
    (read,), (written,) = Configuration.load(tmp_path / "hcl"), Configuration.load(tmp_path / "json")
    assert {block.address for block in read.blocks} == {block.address for block in written.blocks} != set()
    for block in written.blocks:
        other = read.block(block.address)
        assert other is not None
        assert arguments(other) == arguments(block), block.address
