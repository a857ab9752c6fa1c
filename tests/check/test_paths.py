"""Paths to reports: one root module as ever, several, and every one of a tree."""

import json
from pathlib import Path

import pytest

from secureinfra.check import paths as checked_paths
from secureinfra.check.checked import Asked
from secureinfra.check.paths import Answer, Task, check_paths
from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.inputs import Inputs

KEY = 'resource "aws_kms_key" "k" {\n  is_enabled = false\n}\n'


@pytest.fixture(autouse=True)
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**files: str) -> None:
    for folder, text in files.items():
        path = Path(folder.replace("__", "/"))
        path.mkdir(parents=True, exist_ok=True)
        (path / "main.tf").write_text(text)


def calls(source: str) -> str:
    return f'module "m" {{\n  source = "{source}"\n}}\n'


def check(*paths: str, **options: object) -> Answer:
    return check_paths(paths or (".",), Task(Asked(), Inputs()), **options)  # type: ignore[arg-type]


def names(answer: Answer) -> list[str]:
    return [one.name for one in answer.results]


def failures(answer: Answer) -> list[tuple[str, str, str, int | None]]:
    return [
        (one.configuration, one.control.id, one.file, one.line)
        for held in answer.results
        for one in held.findings
        if one.status == "failed" and one.control.id in ("kms-key-enabled", "configuration-readable")
    ]


def test_a_tree_is_its_root_modules_and_modules_are_checked_through_them() -> None:
    write(envs__dev=calls("../../modules/m"), envs__prod=calls("../../modules/m"), modules__m=KEY, modules__lonely=KEY)
    answer = check()
    assert names(answer) == ["envs/dev", "envs/prod", "modules/lonely"]
    assert failures(answer) == [
        ("envs/dev", "kms-key-enabled", "modules/m/main.tf", 2),
        ("envs/prod", "kms-key-enabled", "modules/m/main.tf", 2),
        ("modules/lonely", "kms-key-enabled", "modules/lonely/main.tf", 2),
    ]


def test_a_module_that_only_a_module_calls_is_checked_once() -> None:
    write(app=calls("../outer"), outer=calls("../inner"), inner=KEY)
    assert names(check()) == ["app"]


@pytest.mark.parametrize(
    "caller",
    [
        "# " + calls("../m").replace("\n", "\n# "),
        'resource "aws_s3_object" "o" {\n  source = "../m"\n}\n',
        'module "m" {\n  count = 0\n  source = "../m"\n}\n',
    ],
    ids=["comment", "another argument", "count 0"],
)
def test_what_only_seems_to_be_called_is_checked_by_itself(caller: str) -> None:
    write(app=caller, m=KEY)
    assert names(check()) == ["app", "m"]


def test_a_source_that_evaluation_tells_counts() -> None:
    write(app='locals {\n  where = "../m"\n}\n' + calls("${local.where}"), m=KEY)
    assert names(check()) == ["app"]


def test_modules_that_call_each_other_are_told() -> None:
    write(a=calls("../b"), b=calls("../a"))
    assert [one[:2] for one in failures(check())] == [("a", "configuration-readable"), ("b", "configuration-readable")]


def test_a_broken_root_is_a_failure_with_its_place_and_stops_nothing() -> None:
    write(bad='resource "a" {\n', good=KEY, mod=KEY, caller=calls("../mod") + "oops {\n")
    answer = check()
    assert names(answer) == ["bad", "caller", "good", "mod"], "a module of a broken caller is checked by itself"
    assert failures(answer)[0] == ("bad", "configuration-readable", "bad/main.tf", 1)
    assert [one.unread for one in answer.results] == [1, 1, 0, 0]


def test_a_folder_with_terraform_is_one_root_as_ever_and_names_what_is_below() -> None:
    write(app=KEY + calls("./inner"), app__inner="locals {}\n", app__examples__x=KEY)
    answer = check("app")
    assert names(answer) == ["app"]
    assert answer.notes == (
        "app: 1 folder below it is not checked, as it does not call them: app/examples/x. --recursive checks them too.",
    )
    assert names(check("app", recursive=True)) == ["app", "app/examples/x"]


def test_the_only_path_is_refused_as_ever() -> None:
    write(bad='resource "a" {\n')
    with pytest.raises(ConfigurationError, match=r"bad/main.tf:1:"):
        check("bad")
    Path("empty").mkdir()
    with pytest.raises(ConfigurationError, match=r"empty: has no \*.tf"):
        check("empty")


def test_several_paths_stop_at_none() -> None:
    write(a=KEY, b='resource "a" {\n')
    Path("docs").mkdir()
    Path("README.md").write_text("# Read me\n")
    answer = check("a", "b", "docs", "README.md")
    assert names(answer) == ["a", "b"]
    assert answer.unread == 2
    assert answer.notes[0] == "docs: has no Terraform, so nothing of it is checked."
    assert answer.notes[1].startswith("README.md: is neither *.tf")
    with pytest.raises(ConfigurationError, match="nowhere: cannot be read"):
        check("a", "nowhere")


def test_what_is_given_twice_is_checked_once() -> None:
    write(mods__app=calls("../mod"), mods__mod=KEY)
    answer = check("mods/app", "mods/mod", "mods", "./mods/app")
    assert names(answer) == ["mods/app"]
    assert answer.notes == ("mods/mod: a module, checked through what calls it.",)


def test_what_is_left_out_is_told() -> None:
    write(a=KEY, a__tests=KEY, old=KEY)
    Path("python/tests").mkdir(parents=True)
    answer = check(exclude=("old", "gone"))
    assert names(answer) == ["a"]
    assert answer.notes == (
        ".: 1 folder is left out, as tests: a/tests. Give one as a path to check it.",
        ".: 1 folder is left out by --exclude: old.",
        "--exclude gone: matches no folder below ..",
    )


def test_processes_and_none_answer_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    waived = '# secureinfra:waive kms-key-enabled until=2099-12-31 owner=me reason="retired"\n'
    for number in range(12):
        write(**{f"r{number}": KEY if number % 3 else KEY.replace("{\n", "{\n" + waived, 1)})
    write(broken="x {")
    seen: list[tuple[int, int]] = []
    alone = check(processes=1)
    monkeypatch.setattr(checked_paths, "FEWEST_FOR_PROCESSES", 2)
    assert check(processes=3, progress=lambda done, of: seen.append((done, of))) == alone
    assert seen == [(number + 1, 13) for number in range(13)]
    assert len(failures(alone)) == 8 + 1


def test_stacks_of_a_program_in_a_tree() -> None:
    for name in ("one", "two"):
        folder = Path("app/cdktf.out/stacks", name)
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps({"resource": {"aws_kms_key": {"k": {"is_enabled": False}}}}))
    write(infra=KEY)
    assert names(check()) == ["one", "two", "infra"]
