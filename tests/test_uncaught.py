"""What somebody sees who made a mistake in main.py: their own line, one paragraph, and nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from secureinfra import uncaught
from secureinfra.errors import ConfigError

HEAD = """\
from secureinfra import *

app = App()
stack = TerraformStack(app, "prod")


def key(days):
    return SecureKey(stack, "data", KeyConfig(deletion_window_in_days=days))

"""


def run(folder: Path, program: str) -> tuple[int, list[str]]:
    (folder / "main.py").write_text(HEAD + program)
    done = subprocess.run(
        [sys.executable, "main.py"],
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()


def test_good_one_writes_and_says_so(tmp_path: Path) -> None:
    status, lines = run(tmp_path, "key(30)\napp.synth()\n")
    assert status == 0
    assert [line.partition(" ")[0] for line in lines] == ["secureinfra:"] * 2
    assert (tmp_path / "cdktf.out" / "stacks" / "prod" / "cdk.tf.json").exists()


def test_refused_config_shows_the_line_of_the_caller(tmp_path: Path) -> None:
    status, lines = run(tmp_path, "key(7)\napp.synth()\n")
    assert status == 1
    assert lines[0].endswith('main.py", line 8, in key')
    assert lines[1] == '    return SecureKey(stack, "data", KeyConfig(deletion_window_in_days=7))'.replace("7", "days")
    text = [line for line in lines[2:] if set(line.strip()) - set("^~")]
    assert text == [
        "ControlError: prod/data: KeyConfig deletion_window_in_days=7 breaks control kms-key-deletion-delayed: data "
        "encrypted with a deleted key is lost.",
        "  Remove it, or add Waiver(control='kms-key-deletion-delayed', reason=..., owner=..., until=...).",
    ]
    assert not list(tmp_path.glob("cdktf.out/**/*.json"))


def test_error_at_synthesis_is_one_paragraph(tmp_path: Path) -> None:
    program = (
        "from secureinfra.errors import ConfigError\n"
        "def late():\n"
        "    raise ConfigError('prod/data: too late: it is known at synthesis only. Look.')\n"
        "key(30).key.attributes['tags'] = late\n"
        "app.synth()\n"
    )
    status, lines = run(tmp_path, program)
    assert status == 1
    assert lines[0].endswith('main.py", line 14, in <module>')
    assert lines[1] == "    app.synth()"
    assert lines[-1] == "ConfigError: prod/data: too late: it is known at synthesis only. Look."
    assert len(lines) <= 4
    assert not list(tmp_path.glob("cdktf.out/**/*.json"))


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("SecureKey(stack, 'a b')\n", "ConfigError: prod/a b: id 'a b' may hold letters, digits"),
        ("KeyConfig('x')\n", "ConfigError: KeyConfig takes its fields by name"),
        ("KeyConfig(alia='x').alias\n", "ConfigError: KeyConfig has no field 'alia'. Did you mean 'alias'?"),
        ("key(30).allow_service('x')\n", "ConfigError: prod/data: allow_service('x') is unknown"),
        ("SecureKey(app, 'data')\n", "ConfigError: data: its scope is not inside a stack"),
        ("configure(stack, environment='prod')\n", "ConfigError: prod: environment='prod' is unknown"),
    ],
)
def test_no_line_of_the_library_is_shown(tmp_path: Path, program: str, message: str) -> None:
    status, lines = run(tmp_path, program)
    assert status == 1
    assert lines[-1].startswith(message)
    assert [line for line in lines if line.strip().startswith("File ")] == [lines[0]]
    assert 'main.py", line 10' in lines[0]


def test_caught_errors_are_ordinary(tmp_path: Path) -> None:
    program = "try:\n    key(7)\nexcept SecureInfraError as error:\n    assert 'prod/data' in str(error)\n"
    assert run(tmp_path, program) == (0, [])


def test_other_errors_are_printed_as_ever(tmp_path: Path) -> None:
    status, lines = run(tmp_path, "def f():\n    return 1 / 0\nf()\n")
    assert status == 1
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert len([line for line in lines if line.strip().startswith("File ")]) == 2


@pytest.fixture
def no_errors_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh program: errors of other tests, which a traceback may keep alive, are not counted here."""
    monkeypatch.setattr(uncaught, "_existing", set())
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)


@pytest.mark.usefixtures("no_errors_of_others")
def test_the_hook_of_the_program_is_back_when_the_error_is_gone() -> None:
    before = sys.excepthook
    error = ConfigError("x")
    assert sys.excepthook is not before
    other = ConfigError("y")
    del error
    assert sys.excepthook is not before
    del other
    assert sys.excepthook is before


@pytest.mark.usefixtures("no_errors_of_others")
def test_a_hook_that_the_program_sets_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    error = ConfigError("x")

    def own(*_: object) -> None:
        """What a program prints errors with."""

    sys.excepthook = own
    del error
    assert sys.excepthook is own


def test_an_error_of_ours_that_led_to_another_one_is_not_taken_for_it(tmp_path: Path) -> None:
    program = "try:\n    key(7)\nexcept SecureInfraError:\n    raise KeyError('mine')\n"
    status, lines = run(tmp_path, program)
    assert status == 1
    assert lines[-1] == "KeyError: 'mine'"


def test_importing_changes_no_hook() -> None:
    program = "import sys; before = sys.excepthook; import secureinfra.engine; assert sys.excepthook is before"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
