"""A module in HCL is read back as what the JSON format holds: the same resources with the same arguments."""

import pytest

from secureinfra.terraform.model.configuration import Configuration
from tests.referees.modules import ALL, module_of
from tests.terraform.hcl_write.test_referee import arguments


@pytest.mark.parametrize("name", ALL)
def test_hcl_holds_what_json_holds(name: str) -> None:
    (read,) = Configuration.load(module_of(name, "hcl").folder)
    (written,) = Configuration.load(module_of(name, "json").folder)
    assert {block.address for block in read.blocks} == {block.address for block in written.blocks} != set()
    for block in written.blocks:
        other = read.block(block.address)
        assert other is not None
        assert arguments(other) == arguments(block), block.address
