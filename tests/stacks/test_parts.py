"""What is refused in the parts of a settings file, beside what is refused in the file itself."""

from typing import Any

import pytest

from secureinfra.files.yaml import Places
from secureinfra.stacks.parts import problems_beside

PROVIDER = {"region": "nowhere", "owner": "data", "environment": "sandbox"}


def test_problems_of_each_part() -> None:
    values = {"blueprint": "network-hub", "provider": PROVIDER, "settings": {"zones": 9}, "permissions_boundary": "x"}
    assert len(problems_beside(values, Places("settings.yaml"))) == 3


@pytest.mark.parametrize(
    "values",
    [
        {"blueprint": "network-hub", "provider": PROVIDER, "targets": []},
        {"blueprint": "no-such", "provider": PROVIDER},
        {"provider": PROVIDER},
        {"blueprint": "network-hub", "provider": 3},
    ],
)
def test_nothing_is_said_of_what_cannot_be_known(values: dict[str, Any]) -> None:
    assert problems_beside(values, Places("settings.yaml")) == []
