"""Real applies on an emulated AWS: everything is made, a second plan is empty, everything can be destroyed."""

import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.terraform.limits import LEFT_OUT
from tests.terraform.runner import Terraform, for_emulator
from tests.terraform.stacks import document_of


def test_apply_stays_and_goes(emulator: str, tmp_path: Path) -> None:
    for name in ("quickstart", "everything"):
        # Each in an empty account: the emulator keeps deleted trails, and lists every one whichever is asked for.
        urllib.request.urlopen(urllib.request.Request(f"{emulator}/moto-api/reset", method="POST"), timeout=30).close()
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
