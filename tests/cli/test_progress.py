"""How far a check is stands on a terminal, and nowhere else."""

import sys

import pytest

from secureinfra.cli.progress import Progress


def test_a_shorter_text_takes_the_place_of_a_longer_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress() as progress:
        progress.say("Building 10 constructs")
        progress.say("Building 9 constructs")
    assert capsys.readouterr().err == "\rBuilding 10 constructs\r\x1b[KBuilding 9 constructs\r\x1b[K"


@pytest.mark.parametrize("terminal", [True, False])
def test_on_a_terminal_only(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with Progress() as progress:
        progress(1, 2)
    shown = "\r1 of 2 root modules checked\r\x1b[K" if terminal else ""
    assert capsys.readouterr().err == shown
