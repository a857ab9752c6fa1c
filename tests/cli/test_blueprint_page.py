"""What the page on writing a blueprint says, compared with what the tool does."""

import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from secureinfra.cli.program import program
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack

EXAMPLE = Path(__file__).parents[2] / "examples" / "blueprint"
PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example in a folder of its own, whose package can be imported."""
    shutil.copytree(EXAMPLE, tmp_path / "own", ignore=shutil.ignore_patterns("cdktf.out", "__pycache__"))
    monkeypatch.chdir(tmp_path / "own")
    monkeypatch.syspath_prepend(str(tmp_path / "own"))
    for name in [name for name in sys.modules if name.startswith("acme_blueprints")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path / "own"


def test_the_commands_of_the_page(folder: Path) -> None:
    (block,) = blocks("console")
    for line in block.splitlines()[1:]:
        result = CliRunner().invoke(program, shlex.split(line)[1:])
        assert result.exit_code == 0, result.output
    assert (folder / "contracts" / "settings.yaml").exists()
    assert (folder / "documents.schema.json").exists()
    assert (folder / "modules" / "documents" / "main.tf").exists()


@pytest.mark.usefixtures("folder")
def test_the_snippet_and_the_error_of_the_page() -> None:
    names: dict[str, object] = {}
    (snippet,) = blocks("python")
    exec(compile(snippet, "README.md", "exec"), names)
    mistake = 'Documents(stack, "documents", DocumentsConfig(folders=("in", "out"), writable=("ouT",)))'
    from acme_blueprints.documents import DocumentsConfig  # type: ignore[import-not-found]

    with pytest.raises(ConfigError) as error:
        exec(mistake, {**names, "DocumentsConfig": DocumentsConfig, "stack": test_stack("stack")})
    assert [f"ConfigError: {error.value}\n"] == blocks("text")


def test_the_entry_point_is_the_packages() -> None:
    (shown,) = blocks("toml")
    held = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())
    assert tomllib.loads(shown)["project"]["entry-points"] == held["project"]["entry-points"]
