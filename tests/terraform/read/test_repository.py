"""Which folders of a tree have Terraform, what is left out, and which call which."""

import os
from pathlib import Path

import pytest

from secureinfra.terraform.read.repository import Tree, called_folders, tree_below


@pytest.fixture(autouse=True)
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*files: str, text: str = "locals {}\n") -> None:
    for file in files:
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(tree: Tree) -> list[str]:
    return [folder.as_posix() for folder in tree.folders]


def test_every_folder_with_terraform_in_order() -> None:
    write("b/main.tf", "a/deep/x.tf.json", "a/readme.md", "c/.hidden.tf", "d/main.tofu", "main.tf")
    assert names(tree_below(Path())) == [".", "a/deep", "b", "d"]
    assert names(tree_below(Path(), tool="terraform")) == [".", "a/deep", "b"]
    assert names(tree_below(Path("a"))) == ["a/deep"]


@pytest.mark.parametrize("folder", [".terraform/modules/m", ".git", "node_modules/x", "a/.cache"])
def test_hidden_folders_and_packages_are_left_out(folder: str) -> None:
    write("a/main.tf", f"{folder}/main.tf")
    assert names(tree_below(Path())) == ["a"]


def test_tests_are_left_out_and_named() -> None:
    write("a/main.tf", "a/tests/setup/main.tf", "test/x/main.tf", "latest/main.tf")
    tree = tree_below(Path())
    assert names(tree) == ["a", "latest"]
    assert [one.as_posix() for one in tree.tests] == ["a/tests", "test"]
    assert names(tree_below(Path("a/tests"))) == ["a/tests/setup"], "what is given itself is looked at"


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("legacy", ["envs/dev", "envs/prod"]),
        ("leg*", ["envs/dev", "envs/prod"]),
        ("envs/dev", ["envs/prod", "old/legacy/x"]),
        ("./envs/dev/", ["envs/prod", "old/legacy/x"]),
        ("envs/d*", ["envs/prod", "old/legacy/x"]),
        ("envs/**", ["old/legacy/x"]),
        ("**/legacy", ["envs/dev", "envs/prod"]),
        ("old", ["envs/dev", "envs/prod"]),
    ],
)
def test_exclude(pattern: str, left: list[str]) -> None:
    write("envs/dev/main.tf", "envs/prod/main.tf", "old/legacy/x/main.tf")
    tree = tree_below(Path(), [pattern])
    assert names(tree) == left
    assert tree.excluded
    assert tree.unused == ()
    assert tree_below(Path(), ["nothing"]).unused == ("nothing",)


def test_output_of_synth_is_one_place() -> None:
    write("app/cdktf.out/stacks/a/cdk.tf.json", text="{}")
    write("web/manifest.json", text="not json")
    assert names(tree_below(Path())) == ["app/cdktf.out"]


def test_links_are_named_and_not_followed() -> None:
    write("a/main.tf")
    Path("link").symlink_to("a")
    Path("loop").symlink_to("loop")
    tree = tree_below(Path())
    assert names(tree) == ["a"]
    assert tree.links == (Path("link"),)


def test_a_folder_that_may_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a/main.tf", "shut/main.tf")
    scan = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    tree = tree_below(Path())
    assert names(tree) == ["a"]
    assert tree.unreadable == (Path("shut"),)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.tf", 'module "m" {\n  source = "../mod"\n}\n'),
        ("main.tf", 'module "m" { source="../x/../mod/" }\n'),
        ("main.tf", 'module "m" {\n  source = "${path.module}/../mod"\n}\n'),
        ("main.tf.json", '{"module": {"m": {"source": "../mod"}}}'),
    ],
)
def test_called_folders(top: Path, name: str, text: str) -> None:
    write("mod/main.tf")
    write(f"a/{name}", text=text)
    assert list(called_folders(Path("a"))) == [top / "mod"]


def test_what_is_no_folder_is_not_called() -> None:
    write("a/main.tf", text='resource "aws_s3_object" "o" {\n  source = "./index.html"\n}\n')
    assert list(called_folders(Path("a"))) == []
