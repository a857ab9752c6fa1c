"""Real applies on an emulated AWS: everything is made, a second plan is empty, everything can be destroyed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import LEFT_OUT as SAID
from tests.terraform import emulator
from tests.terraform.limits import FORGOTTEN, LEFT_OUT
from tests.terraform.runner import Terraform, for_emulator
from tests.terraform.stacks import WHOLE, document_of

APPLIED = ("quickstart", *WHOLE)


@pytest.mark.terraform
def test_apply_stays_and_goes(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    with ExitStack() as stopped, ThreadPoolExecutor() as pool:
        runners = {}
        for name in APPLIED:
            document, met = for_emulator(document_of(name, tmp_path / f"{name}-out"))
            for entry, reason in met.items():
                record_property(SAID, f"{'.'.join(dict.fromkeys(entry))}: {reason}")
            # Each in an account of its own: the emulator keeps deleted trails, and lists every one whichever is asked.
            aws = stopped.enter_context(emulator.running(tmp_path))
            runners[name] = Terraform(tmp_path / name, document, endpoint=aws.address)
            runners[name].init()
        # Side by side, since most of it is waiting: the provider watches a lifecycle for 50 s before it believes AWS.
        changes = dict(zip(runners, pool.map(Terraform.changes_after_apply, runners.values()), strict=True))
    assert changes == dict.fromkeys(APPLIED, "")


def test_every_limit_is_met_by_a_stack(tmp_path: Path) -> None:
    met = {entry for name in WHOLE for entry in for_emulator(document_of(name, tmp_path))[1]}
    assert met == {(type,) for type in LEFT_OUT} | set(FORGOTTEN), "limits that no stack meets any more"


def test_what_is_left_out_is_validated(terraform: Callable[..., Terraform], tmp_path: Path) -> None:
    for name in WHOLE:
        terraform(document_of(name, tmp_path / name), folder=f"validated-{name}").validate()
