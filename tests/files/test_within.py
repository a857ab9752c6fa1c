"""A limit to what is read: held for links and `..`, and only while it is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.files.within import only_below, refuse_outside


def test_what_lies_outside_is_refused_and_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    with only_below(tmp_path / "in"):
        refuse_outside(tmp_path / "in" / "main.tf")
        for outside in ("out", "in/../out/main.tf", "in/link/main.tf", "inside"):
            with pytest.raises(ConfigurationError, match="lies outside"):
                refuse_outside(tmp_path / outside)
        with pytest.raises(ConfigurationError, match="lies outside"):
            refuse_outside(Path("\0"))
    refuse_outside(tmp_path / "out")
