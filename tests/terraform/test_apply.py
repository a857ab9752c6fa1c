"""Real applies on an emulated AWS: everything is made, a second plan is empty, everything can be destroyed."""

from collections.abc import Callable
from pathlib import Path

from tests.terraform.limits import LEFT_OUT
from tests.terraform.runner import Terraform, for_emulator
from tests.terraform.stacks import document_of


def test_apply_stays_and_goes(emulator: str, tmp_path: Path) -> None:
    # One after the other: the emulator lists every trail of the account, whichever stack asks.
    for name in ("quickstart", "everything"):
        runner = Terraform(
            tmp_path / name, for_emulator(document_of(name, tmp_path / f"{name}-out")), endpoint=emulator
        )
        runner.init()
        runner.apply()
        assert runner.changes_of_second_plan() == "", name
        runner.destroy()


def test_what_is_left_out_is_validated(terraform: Callable[..., Terraform], tmp_path: Path) -> None:
    document = document_of("everything", tmp_path / "out")
    assert set(LEFT_OUT) <= set(document["resource"])
    terraform(document).validate()
