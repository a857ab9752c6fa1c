"""Real applies on an emulated AWS: everything is made, a second plan is empty, everything can be destroyed."""

from collections.abc import Callable

import pytest

from tests.conftest import LEFT_OUT as SAID
from tests.referees.applied import APPLIED, results
from tests.referees.limits import FORGOTTEN, LEFT_OUT, NEVER_REPORTED
from tests.referees.runner import for_emulator
from tests.referees.stacks import WHOLE, document_of


@pytest.mark.terraform
def test_apply_stays_and_goes(record_property: Callable[[str, object], None]) -> None:
    for name in APPLIED:
        for entry, reason in for_emulator(document_of(name))[1].items():
            record_property(SAID, f"{'.'.join(dict.fromkeys(entry))}: {reason}")
    assert {name: found["changes"] for name, found in results().items()} == dict.fromkeys(APPLIED, "")


@pytest.mark.terraform
def test_no_state_has_a_secret() -> None:
    written = document_of("everything_data")["resource"]
    assert {"aws_secretsmanager_secret_version", "aws_ssm_parameter"} <= written.keys()
    assert {name: found["kept"] for name, found in results().items()} == {name: [] for name in APPLIED}


def test_every_limit_is_met_by_a_stack() -> None:
    met = {entry for name in WHOLE for entry in for_emulator(document_of(name))[1]}
    assert met == {(type,) for type in LEFT_OUT} | set(FORGOTTEN) | set(NEVER_REPORTED), (
        "limits that no stack meets any more"
    )
