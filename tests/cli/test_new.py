"""`secureinfra new`: every blueprint's project works as it is written, tells every setting, and is written whole or not at all."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from secureinfra.blueprints import blueprints
from secureinfra.cli.program import program
from secureinfra.config.config import Config
from secureinfra.config.docstrings import fields_of
from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.files.output import umask
from secureinfra.files.yaml import parse
from secureinfra.stacks.new import new
from secureinfra.stacks.new.example import example_of
from secureinfra.stacks.new.settings import configs_in, plain
from secureinfra.stacks.settings import project_of
from tests.referees.runner import PRESENT, Terraform

ROOT = Path(__file__).parents[2]
NAMES = tuple(blueprints())
FILES = {
    ".secureinfra.json",
    "main.py",
    "cdktf.json",
    "settings.yaml",
    "README.md",
    "requirements.txt",
    ".gitignore",
    "tests/test_stack.py",
    ".github/workflows/terraform.yml",
}


def run_new(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["new", *map(str, arguments)])


def project(name: str, folder: Path) -> Path:
    result = run_new(name, folder, "--name", f"acme-{name}")
    assert result.exit_code == 0, result.output
    return folder


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def within(folder: Path, *command: str) -> str:
    """What a command prints that a user runs in the project."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "blueprints")))
    environment = {**os.environ, "PYTHONPATH": paths, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("CDKTF_OUTDIR", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def all_configs(config: type[Config], found: set[type[Config]]) -> set[type[Config]]:
    if config not in found:
        found.add(config)
        for field in config.model_fields.values():
            for part in configs_in(field.annotation):
                all_configs(part, found)
    return found


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
@pytest.mark.parametrize("name", NAMES)
def test_a_new_user_gets_from_nothing_to_valid_terraform(name: str, tmp_path: Path) -> None:
    folder = project(name, tmp_path / "project")
    check = read((folder / ".github/workflows/terraform.yml").read_text())["jobs"]["check"]
    commands = [step["run"] for step in check["steps"] if "run" in step and not step["run"].startswith("pip ")]
    assert commands == ["pytest", "python main.py", "secureinfra check cdktf.out --format github"]
    for command in commands:
        said = within(folder, *command.split())
    assert "::error" not in said
    stack = Terraform.within(folder / "cdktf.out" / "stacks" / f"acme-{name}")
    stack.init()
    stack.validate()


@pytest.mark.parametrize("name", NAMES)
def test_settings_tell_every_setting(name: str, tmp_path: Path) -> None:
    text = (project(name, tmp_path / "project") / "settings.yaml").read_text()
    prose = " ".join(re.sub(r"^[# -]+", "", line) for line in text.splitlines())
    config = blueprints()[name].config_type()
    for part in all_configs(config, set()):
        for field in set(part.model_fields) - {"waivers"}:
            if part is config:
                assert re.search(rf"^  (# )?{field}:", text, re.MULTILINE), field
            assert re.search(rf"\b{field}\b", text), f"{part.__name__}.{field}"
            assert fields_of(part)[field] in prose, f"{part.__name__}.{field}"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_in_force_is_the_blueprints_example(name: str, tmp_path: Path) -> None:
    settings = read((project(name, tmp_path / "project") / "settings.yaml").read_text())
    blueprint = blueprints()[name]
    assert settings["settings"] == plain(example_of(blueprint.load(), blueprint.config_type()))
    assert (settings["blueprint"], settings["name"]) == (name, f"acme-{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_comment_holds_what_holds_without_it(name: str, tmp_path: Path) -> None:
    """Each default, taken out of its comment, changes nothing."""
    text = (project(name, tmp_path / "project") / "settings.yaml").read_text()
    config = blueprints()[name].config_type()
    values = read(text)["settings"]
    before = config.of(values)
    settings = text.partition("\nsettings:\n")[2]
    for field, info in config.model_fields.items():
        found = re.search(rf"^  # {field}:.*\n((?:  #   .*\n)*)", settings, re.MULTILINE)
        if found and not info.is_required() and field != "waivers":
            default = read(re.sub(r"^  # ", "", found.group(), flags=re.MULTILINE))
            assert config.of({**values, **default}) == before, field


def test_project_holds_these_files_and_no_placeholder(tmp_path: Path) -> None:
    folder = project("data-lake", tmp_path / "lake")
    files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert set(files) == FILES
    assert not [place for place, text in files.items() if re.search(r"@[A-Z_]+@", text)]
    assert json.loads(files["cdktf.json"])["app"] == "python main.py"
    assert "# secureinfra[node] @ https://" in files["requirements.txt"]
    assert len(files["main.py"].splitlines()) < 12
    assert list(tmp_path.iterdir()) == [folder]
    assert folder.stat().st_mode & 0o777 == 0o777 & ~umask()


def test_says_what_starts_to_cost(tmp_path: Path) -> None:
    done = CliRunner().invoke(program, ["new", "data-lake", str(tmp_path / "lake")])
    assert "Starts to cost, at list prices" in done.stdout
    assert "USD 1 a month" in done.stdout.partition("KMS key")[2]


def test_backend_out_of_its_comment_is_accepted(tmp_path: Path) -> None:
    folder = project("data-lake", tmp_path / "lake")
    text = (folder / "settings.yaml").read_text()
    block = re.search(r"^# backend:\n(?:#.*\n)+", text, re.MULTILINE)
    assert block is not None
    uncommented = re.sub(r"^# ?", "", block.group(), flags=re.MULTILINE)
    (folder / "settings.yaml").write_text(text.replace(block.group(), uncommented))
    within(folder, "python", "main.py")
    (written,) = folder.glob("cdktf.out/stacks/*/cdk.tf.json")
    assert json.loads(written.read_text())["terraform"]["backend"]["s3"]["use_lockfile"] is True
    # What the workflow looks for before it plans.
    assert '"s3": {' in written.read_text()


def test_main_py_refuses_what_breaks_a_control(tmp_path: Path) -> None:
    folder = project("network-hub", tmp_path / "hub")
    text = (folder / "settings.yaml").read_text()
    (folder / "settings.yaml").write_text(text.replace("  # zones: 3\n", "  zones: 1\n"))
    with pytest.raises(AssertionError, match=r"settings.yaml:[0-9]+:.*zones=1 breaks control vpc-several-zones"):
        within(folder, "python", "main.py")
    assert not list(folder.glob("cdktf.out/stacks/*/cdk.tf.json"))


def test_workflow_takes_on_roles_by_oidc_and_stores_no_key(tmp_path: Path) -> None:
    text = (project("data-lake", tmp_path / "lake") / ".github/workflows/terraform.yml").read_text()
    workflow = YAML(typ="safe").load(text)
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions", {}).get("id-token") for name, job in jobs.items()} == {
        "check": None,
        "plan": "write",
        "apply": "write",
    }
    assert jobs["apply"]["environment"] == "production"
    assert (jobs["plan"]["needs"], jobs["apply"]["needs"]) == ("check", "plan")
    assert "github.event_name == 'push'" in jobs["plan"]["if"]
    roles = [step["with"]["role-to-assume"] for job in jobs.values() for step in job["steps"] if "role" in str(step)]
    assert roles == ["${{ vars.PLAN_ROLE_ARN }}", "${{ vars.APPLY_ROLE_ARN }}"]
    assert "secrets." not in text
    assert "aws-access-key" not in text


def test_name_comes_from_the_folder(tmp_path: Path) -> None:
    assert run_new("data-lake", tmp_path / "My Lake").exit_code == 0
    assert read((tmp_path / "My Lake" / "settings.yaml").read_text())["name"] == "my-lake"


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    assert run_new("data-lake", tmp_path / "lake").exit_code == 0
    assert (tmp_path / "lake" / "settings.yaml").exists()


def test_refuses_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = run_new("data-lake", tmp_path)
    assert result.exit_code == 2
    assert "is not empty (notes.txt): its files could be lost. Name a new folder." in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_refuses_what_is_no_folder(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "lake"
    if kind == "file":
        target.write_text("mine")
    else:
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    result = run_new("data-lake", target)
    assert result.exit_code == 2
    assert "is not a folder" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("data-lak",), "there is no blueprint 'data-lak'. Did you mean 'data-lake'?"),
        (("data-lake", "--name", "My Lake"), "is not a name"),
        (("data-lake", "--region", "moon-1"), "is not an AWS region"),
    ],
)
def test_refused_arguments_leave_nothing_behind(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    name, *rest = arguments
    result = run_new(name, tmp_path / "deep" / "lake", *rest)
    assert result.exit_code == 2
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    def files() -> Iterator[tuple[str, str]]:
        yield "settings.yaml", "name: lake\n"
        yield "settings.yaml/impossible", ""

    with pytest.raises(ConfigurationError, match="cannot be written: .* Nothing was changed"):
        new.write_new(tmp_path / "lake", dict(files()))
    assert list(tmp_path.iterdir()) == []


def test_blueprint_without_an_example_is_refused() -> None:
    class Lacking(Config):
        cidr: str

    class Blueprint:
        """Has no example."""

    class Wrong:
        """Has one that is refused.

        Example:
            `Wrong(stack, "id", Lacking(cid="10.0.0.0/16"))`
        """

    with pytest.raises(ConfigError, match="blueprint Blueprint has no Example: with Lacking"):
        example_of(Blueprint, Lacking)
    Wrong.__module__ = __name__
    globals()["Lacking"] = Lacking
    with pytest.raises(ConfigError, match=r"shows in its Example: a Lacking.*has no field 'cid'"):
        example_of(Wrong, Lacking)


def test_an_example_is_read_and_not_run(tmp_path: Path) -> None:
    class Written(Config):
        name: str

    class Blueprint:
        """Calls something.

        Example:
            `Blueprint(stack, "id", Written(name=print("called")))`
        """

    Blueprint.__module__ = __name__
    globals()["Written"] = Written
    with pytest.raises(ConfigError, match="contains more than values and configurations"):
        example_of(Blueprint, Written)


def test_a_blueprint_whose_settings_all_have_defaults(tmp_path: Path) -> None:
    result = run_new("tests.stacks.test_synth:OpenTopic", tmp_path / "project", "--name", "topics")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "project" / "settings.yaml").read_text()
    assert read(text)["settings"] is None
    (stack,) = project_of(parse(text, "settings.yaml")).stacks
    assert stack.values["settings"] == {}


def test_a_project_names_the_source_of_the_library(tmp_path: Path) -> None:
    source = "secureinfra[node] @ https://packages.example.com/secureinfra-0.1.0-py3-none-any.whl"
    result = run_new("network-hub", tmp_path / "My Hub", "--name", "hub", "--package", source)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "My Hub" / "requirements.txt").read_text() == f"{source}\npytest>=8.3\n"
    assert f"cd '{tmp_path}/My Hub' && pip install" in result.output


def test_without_a_source_no_stranger_s_package_is_installed(tmp_path: Path) -> None:
    result = run_new("network-hub", tmp_path / "hub", "--name", "hub")
    requirements = [
        line for line in (tmp_path / "hub" / "requirements.txt").read_text().splitlines() if line[:1] != "#"
    ]
    assert requirements == ["pytest>=8.3"]
    assert "requirements.txt: name where secureinfra is installed from" in result.output
