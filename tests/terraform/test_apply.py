"""Real applies on an emulated AWS: everything is made, a second plan is empty, everything can be destroyed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terraform.limits import LEFT_OUT
from tests.terraform.runner import Terraform, for_emulator
from tests.terraform.stacks import document_of

# One after the other: the emulator lists every trail of the account, whichever stack asks.
pytestmark = pytest.mark.xdist_group("emulator")


@pytest.mark.parametrize("name", ["quickstart", "everything"])
def test_applies_and_stays(name: str, terraform: Callable[..., Terraform], emulator: str, tmp_path: Path) -> None:
    runner = terraform(for_emulator(document_of(name, tmp_path / "out")), endpoint=emulator)
    runner.apply()
    assert runner.changes_of_second_plan() == ""
    runner.destroy()


def test_what_is_left_out_is_validated(terraform: Callable[..., Terraform], tmp_path: Path) -> None:
    document = document_of("everything", tmp_path / "out")
    assert set(LEFT_OUT) <= set(document["resource"])
    terraform(document).validate()
