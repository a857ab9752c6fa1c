"""Which constructs meet which controls: the packaged file is what the constructs show."""

import pkgutil
from typing import Any

from secureinfra.controls.constructs import FILE
from secureinfra.controls.registry import every
from secureinfra.meets import derived, index


def test_the_packaged_file_is_what_the_constructs_show() -> None:
    packaged: Any = pkgutil.get_data("secureinfra.controls", FILE)
    assert packaged.decode() == index()


def test_a_setting_other_than_the_default_is_named() -> None:
    met = derived()
    assert met["kms-key-rotated"] == ["SecureKey"]
    assert met["cloudtrail-insights"] == ["SecureTrail(..., TrailConfig(insights=True))"]


def test_only_controls_are_met() -> None:
    assert set(derived()) <= {control.id for control in every()}
