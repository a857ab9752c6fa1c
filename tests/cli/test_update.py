"""`secureinfra update`: a project of an earlier version becomes one of this version, and no edit is lost."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from secureinfra.files.generated import digest
from secureinfra.stacks.new.manifest import FILE

LAKE = "data-lake"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, arguments)))


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("created") / "lake"
    assert run("new", LAKE, folder, "--package", "secureinfra[node] @ https://example.com/x.whl").exit_code == 0
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def project(created: dict[str, str], tmp_path: Path) -> Path:
    for place, text in created.items():
        (tmp_path / "lake" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lake" / place).write_text(text)
    return tmp_path / "lake"


def earlier(project: Path, **texts: str) -> None:
    """Make files of the project what an earlier version generated."""
    manifest = json.loads((project / FILE).read_text())
    for stem, text in texts.items():
        place = stem.replace("_py", ".py")
        (project / place).write_text(text)
        manifest["files"][place] = digest(text)
    manifest["version"] = "0.0.9"
    (project / FILE).write_text(json.dumps(manifest))


def state(project: Path) -> dict[str, str]:
    return {str(path.relative_to(project)): path.read_text() for path in project.rglob("*") if path.is_file()}


def test_a_new_project_is_up_to_date(project: Path, created: dict[str, str]) -> None:
    result = run("update", project, "--check")
    assert (result.exit_code, result.output) == (0, f"{project}: up to date.\n")
    assert state(project) == created


def test_an_outdated_file_is_written_and_its_difference_is_shown(project: Path, created: dict[str, str]) -> None:
    earlier(project, main_py="old = True\n")
    before = state(project)
    checked = run("update", project, "--check")
    assert checked.exit_code == 1
    assert "main.py: outdated" in checked.output
    assert "-old = True" in checked.output
    assert state(project) == before
    result = run("update", project)
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        0,
        f"{project}: 1 files written. Look at them with `git diff`, then run: pytest",
    )
    assert state(project) == created
    assert run("update", project, "--check").exit_code == 0


def test_a_file_of_an_earlier_version_without_edits_goes(project: Path) -> None:
    earlier(project, setup_py="old\n")
    assert "setup.py: left over" in run("update", project).output
    assert not (project / "setup.py").exists()


def test_an_edited_file_is_kept_and_told_once(project: Path, created: dict[str, str]) -> None:
    earlier(project, main_py="old = True\n")
    (project / "main.py").write_text("mine = True\n")
    result = run("update", project)
    assert result.exit_code == 0
    assert "main.py: edited by hand; kept. What this version would change:" in result.output
    assert "-mine = True" in result.output
    assert (project / "main.py").read_text() == "mine = True\n"
    again = run("update", project, "--check")
    assert (again.exit_code, again.output) == (0, f"{project}: up to date.\n")


def test_an_edit_whose_template_is_the_same_is_not_told(project: Path) -> None:
    (project / "main.py").write_text("mine = True\n")
    assert run("update", project, "--check").exit_code == 0


def test_a_deleted_file_does_not_come_back(project: Path) -> None:
    (project / ".github/workflows/terraform.yml").unlink()
    earlier(project, main_py="old = True\n")
    assert run("update", project).exit_code == 0
    assert not (project / ".github/workflows/terraform.yml").exists()


def test_force_writes_over_an_edit(project: Path, created: dict[str, str]) -> None:
    earlier(project, main_py="old = True\n")
    (project / "main.py").write_text("mine = True\n")
    assert run("update", project, "--force").exit_code == 0
    assert state(project) == created


def test_settings_are_the_users_and_new_ones_are_listed(project: Path) -> None:
    manifest = json.loads((project / FILE).read_text())
    manifest["settings"] = [*manifest["settings"][1:], "gone"]
    (project / FILE).write_text(json.dumps({**manifest, "version": "0.0.9"}))
    text = (project / "settings.yaml").read_text() + "# mine\n"
    (project / "settings.yaml").write_text(text)
    first = json.loads((project / FILE).read_text())["settings"]
    output = run("update", project).output
    assert "settings.yaml: stays as it is. New settings since secureinfra 0.0.9: " in output
    assert f"Their descriptions: secureinfra schema {LAKE}" in output
    assert "Settings that no longer exist: gone." in output
    assert (project / "settings.yaml").read_text() == text
    assert first != json.loads((project / FILE).read_text())["settings"]
    assert run("update", project, "--check").exit_code == 0


def test_the_package_stays_unless_another_is_named(project: Path) -> None:
    result = run("update", project, "--package", "secureinfra[node] @ https://example.com/y.whl")
    assert result.exit_code == 0
    assert "https://example.com/y.whl" in (project / "requirements.txt").read_text()
    assert run("update", project, "--check").exit_code == 0


def drop_manifest(project: Path) -> None:
    (project / FILE).unlink()


def link_main(project: Path) -> None:
    (project / "other.py").write_text("old = True\n")
    earlier(project, main_py="old = True\n")
    (project / "main.py").unlink()
    (project / "main.py").symlink_to("other.py")


def drop_region(project: Path) -> None:
    (project / "settings.yaml").write_text("blueprint: data-lake\nname: lake\n")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (drop_manifest, "has no .secureinfra.json, so it was not created by `secureinfra new`"),
        (link_main, "main.py: is a link, and what it leads to would be changed. Nothing was changed."),
        (drop_region, "settings.yaml: names no region. Add `provider: {region: ...}`."),
    ],
)
def test_what_cannot_be_updated_is_refused_and_left_alone(
    project: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(project)
    before = state(project)
    result = run("update", project)
    assert result.exit_code == 2
    assert message in result.stderr
    assert state(project) == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert run("update", tmp_path / "none").exit_code == 2
