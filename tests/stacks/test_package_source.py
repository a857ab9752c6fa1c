"""The source that generated files name: one that others can use too."""

import json
from typing import Any

import pytest

from secureinfra.stacks import package_source


@pytest.mark.parametrize(
    ("recorded", "requirement"),
    [
        (
            {"url": "https://git.example.com/x", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "secureinfra[node] @ git+https://git.example.com/x@abc",
        ),
        (
            {"url": "https://packages.example.com/s.whl", "archive_info": {}},
            "secureinfra[node] @ https://packages.example.com/s.whl",
        ),
        ({"url": "file:///srv/secureinfra", "dir_info": {"editable": True}}, None),
        ({"url": "file:///tmp/s.whl", "archive_info": {}}, None),
        (None, None),
    ],
)
def test_installed_from(
    recorded: dict[str, Any] | None, requirement: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if recorded is None else json.dumps(recorded)

    monkeypatch.setattr(package_source, "distribution", lambda name: Installed())
    assert package_source.installed_from() == requirement
