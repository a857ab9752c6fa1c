"""How far a check is stands on a terminal, and nowhere else."""

import sys

import pytest

from secureinfra.cli.progress import Progress


@pytest.mark.parametrize("terminal", [True, False])
def test_on_a_terminal_only(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with Progress() as progress:
        progress(1, 2)
    shown = "\r1 of 2 root modules checked\r\x1b[K" if terminal else ""
    assert capsys.readouterr().err == shown
