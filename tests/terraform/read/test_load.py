from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read import disk, json_text, load
from secureinfra.terraform.read.source import Module
from tests.speed import cost

BUCKET = {"resource": {"aws_s3_bucket": {"b": {"bucket": "name"}}}}
TEXT = json.dumps(BUCKET)


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, content: str | bytes | dict[str, Any]) -> str:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content) if isinstance(content, dict) else content
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def module(path: str) -> Module:
    (root,) = load.load(path)
    assert root.module is not None
    return root.module


def body(path: str) -> dict[str, Any]:
    (document,) = module(path).documents
    return dict(document.body)


def refusal(path: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load.load(path)
    return str(caught.value)


# What there is to judge


def test_one_file() -> None:
    write("app/other.tf", "locals {\n  a = 1\n}\n")
    write("app/terraform.tfvars", "a = 1\n")
    path = write("app/cdk.tf.json", BUCKET)
    (root,) = load.load(Path(path))
    assert (root.name, root.path, root.plan) == (path, path, None)
    assert root.module is not None
    assert root.module.directory == Path("app")
    assert root.module.tfvars == {}
    assert [(one.file, one.body) for one in root.module.documents] == [(path, BUCKET)]


def test_one_file_of_hcl() -> None:
    assert body(write("main.tf", 'resource "aws_s3_bucket" "b" {\n  bucket = "name"\n}\n')) == BUCKET


def test_a_folder_is_the_files_in_it_in_order() -> None:
    write("app/b.tf.json", {"locals": {"b": 1}})
    write("app/a.tf", "locals {\n  a = 1\n}\n")
    write("app/sub/c.tf", "locals {\n  c = 1\n}\n")
    for name in (".hidden.tf", "a.tf~", "#a.tf#", "#b.tf", ".terraform/x.tf", "a.tftest.hcl", "note.txt", "x.json"):
        write(f"app/{name}", "not read")
    Path("app/folder.tf").mkdir()
    (root,) = load.load("app")
    assert (root.name, root.path) == ("app", "app")
    assert [one.file for one in module("app").documents] == ["app/a.tf", "app/b.tf.json"]


def test_files_outside_of_the_working_directory_keep_their_path(monkeypatch: pytest.MonkeyPatch) -> None:
    write("app/a.tf.json", BUCKET)
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert module("../app").documents[0].file == "../app/a.tf.json"
    absolute = str(Path("../app").resolve())
    assert module(absolute).documents[0].file == f"{absolute}/a.tf.json"


def test_every_stack_of_cdktf_out_is_a_root() -> None:
    stacks = {name: {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"} for name in ("web", "data")}
    write("cdktf.out/manifest.json", {"version": "0.21", "stacks": stacks})
    for name in ("web", "data", "removed-from-the-program"):
        write(f"cdktf.out/stacks/{name}/cdk.tf.json", BUCKET)
    roots = load.load("cdktf.out")
    assert [(root.name, root.path) for root in roots] == [
        ("data", "cdktf.out/stacks/data/cdk.tf.json"),
        ("web", "cdktf.out/stacks/web/cdk.tf.json"),
    ]
    assert roots[0].module is not None
    assert roots[0].module.directory == Path("cdktf.out/stacks/data")


def test_stacks_without_a_manifest() -> None:
    for name in ("b", "a"):
        write(f"out/stacks/{name}/cdk.tf.json", BUCKET)
    assert [root.name for root in load.load("out")] == ["a", "b"]


@pytest.mark.parametrize("stack", [{}, {"synthesizedStackPath": "../../secret"}, {"synthesizedStackPath": "/etc"}, 1])
def test_a_stack_that_is_not_there(stack: Any) -> None:
    write("secret", "{}")
    write("cdktf.out/manifest.json", {"stacks": {"web": stack}})
    assert "names the stack 'web'" in refusal("cdktf.out")


def test_a_plan() -> None:
    plan = {"format_version": "1.2", "planned_values": {"root_module": {}}}
    (root,) = load.load(write("plan.json", plan))
    assert (root.module, root.plan, root.name) == (None, plan, "plan.json")


def test_a_configuration_by_another_name() -> None:
    assert body(write("stack.json", BUCKET)) == BUCKET


def test_tfvars_in_order_of_precedence() -> None:
    write("app/a.tf.json", BUCKET)
    write("app/terraform.tfvars", 'a = "1"\nb = "1"\nc = "1"\nd = [1, { x = null }]\ne = "$${literal}"\n')
    write("app/terraform.tfvars.json", {"b": "2", "c": "2", "//": "no"})
    write("app/b.auto.tfvars.json", {"c": "4"})
    write("app/a.auto.tfvars", 'c = "3"\nf = 60 * 60\n')
    write("app/other.tfvars", 'c = "never"\n')
    given = dict(module("app").tfvars)
    assert repr(given.pop("f")) == "Unknown('${60 * 60}')"
    assert given == {"a": "1", "b": "2", "c": "4", "d": [1, {"x": None}], "e": "${literal}"}


def test_tfvars_that_are_none() -> None:
    write("app/a.tf.json", BUCKET)
    write("app/terraform.tfvars.json", "[]")
    assert refusal("app").startswith("app/terraform.tfvars.json:1:1: is not a JSON object")
    Path("app/terraform.tfvars.json").unlink()
    write("app/terraform.tfvars", "a {\n}\n")
    assert refusal("app").startswith("app/terraform.tfvars:1:1: ")


# Modules


def test_a_module_is_read_once_until_it_changes() -> None:
    write("child/main.tf.json", BUCKET)
    first = load.load_module(Path("child"))
    assert load.load_module(Path("../" + Path.cwd().name) / "child") is first
    assert first.tfvars == {}
    write("child/more.tf.json", {"locals": {"a": 1}})
    assert len(load.load_module(Path("child")).documents) == 2


@pytest.mark.parametrize("path", ["absent", "empty"])
def test_a_module_that_is_not_there(path: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(ConfigurationError, match=f"^{path}: "):
        load.load_module(Path(path))


# Override files


def test_override_files() -> None:
    base = {
        "resource": {
            "t": {
                "kept": {"a": 1},
                "r": {
                    "a": 1,
                    "b": {"x": 1},
                    "rule": [{"id": 1}, {"id": 2}],
                    "other": [{"id": 1}],
                    "dynamic": {"third": [{"for_each": []}]},
                    "lifecycle": {"prevent_destroy": True, "ignore_changes": ["a"]},
                },
            }
        },
        "locals": {"x": 1, "y": {"a": 1}},
        "provider": {"aws": [{"region": "a", "profile": "p"}, {"alias": "w", "region": "w"}]},
        "terraform": {"required_version": "1", "required_providers": {"aws": {"version": "5"}, "x": {}}},
    }
    first = {
        "resource": {
            "t": {
                "r": {
                    "a": 2,
                    "b": {"y": 2},
                    "rule": [{"id": 3}],
                    "dynamic": {"other": [{"for_each": [1]}]},
                    "third": [{"id": 4}],
                    "lifecycle": {"prevent_destroy": False},
                }
            }
        },
        "locals": {"y": {"b": 2}},
        "provider": {"aws": [{"alias": "w", "region": "v"}, {"profile": "q"}], "random": [{}]},
        "terraform": {"required_providers": {"aws": {"version": "6"}}},
    }
    write("app/main.tf.json", base)
    write("app/override.tf.json", first)
    write("app/z_override.tf", 'resource "t" "r" {\n  a = 3\n}\n')
    documents = module("app").documents
    assert [one.file for one in documents] == ["app/main.tf.json", "app/override.tf.json"]
    assert documents[1].body == {"provider": {"random": [{}]}}
    body = documents[0].body
    assert body["resource"]["t"]["kept"] == {"a": 1}
    assert body["resource"]["t"]["r"] == {
        "a": 3,
        "b": {"y": 2},
        "rule": [{"id": 3}],
        "third": [{"id": 4}],
        "dynamic": {"other": [{"for_each": [1]}]},
        "lifecycle": {"prevent_destroy": False, "ignore_changes": ["a"]},
    }
    assert body["locals"] == {"x": 1, "y": {"b": 2}}
    assert body["provider"] == {"aws": [{"region": "a", "profile": "q"}, {"alias": "w", "region": "v"}]}
    assert body["terraform"] == {"required_version": "1", "required_providers": {"aws": {"version": "6"}, "x": {}}}


def test_an_override_of_nothing() -> None:
    write("app/main.tf.json", {"locals": {"a": 1}})
    write("app/override.tf.json", TEXT)
    assert refusal("app").startswith("app/override.tf.json:1: overrides resource.aws_s3_bucket.b, which no other")


def test_one_address_in_two_files() -> None:
    write("app/a.tf", '\nresource "aws_s3_bucket" "b" {}\n')
    write("app/b.tf.json", TEXT)
    assert refusal("app").startswith("app/b.tf.json:1: resource.aws_s3_bucket.b is in app/a.tf:2 too.")


# The forms of labels


@pytest.mark.parametrize(
    "text",
    [
        '[{"resource": {"t": {"a": {}}}}, {"resource": {"t": {"b": {}}}}]',
        '{"resource": {"t": {"a": {}}}, "resource": {"t": {"b": {}}}}',
        '{"resource": [{"t": {"a": {}}}, {"t": {"b": {}}}]}',
        '{"resource": {"t": {"a": {}}, "t": {"b": {}}}}',
        '{"resource": {"t": [{"a": {}}, {"b": [{}]}], "//": "comment"}}',
    ],
)
def test_labels_in_lists_and_repeated_labels_are_one_object(text: str) -> None:
    assert body(write("x.tf.json", text)) == {"resource": {"t": {"a": {}, "b": {}}}}


def test_forms_of_other_blocks() -> None:
    assert body(
        write(
            "x.tf.json",
            '{"//": {"a": 1}, "provider": {"aws": {"a": 1}, "b": [{}, {}]}, "locals": [{"a": 1}, {"b": 2}],'
            '"terraform": [{"a": 1}], "moved": [{"from": "a"}, {"from": "b"}], "data": null, "variable": {"v": {}}}',
        )
    ) == {
        "//": {"a": 1},
        "provider": {"aws": [{"a": 1}], "b": [{}, {}]},
        "locals": {"a": 1, "b": 2},
        "terraform": {"a": 1},
        "moved": [{"from": "a"}, {"from": "b"}],
        "data": {},
        "variable": {"v": {}},
    }


# What is refused

DEEP = '{"locals":{"a":' + "[" * 198 + "]" * 198 + "}}"
DEEPER = '{"locals":{"a":' + "[" * 199 + "]" * 199 + "}}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ":1:1: is empty"),
        ("  \n", ":1:1: is empty"),
        ("not json", ":1:1: is not JSON: expecting value"),
        ('{"a":\n 1 2}', ":2:4: is not JSON"),
        (TEXT[:-3], f":1:{len(TEXT) - 2}: ends in the middle of the JSON value"),
        (TEXT[:20], ":1:15: this string is never closed. Was the file cut off?"),
        (TEXT + "x", f":1:{len(TEXT) + 1}: has something after the end"),
        ("[1]", ":1: an item of the whole file is a number"),
        ('"text"', ":1: the whole file is a string"),
        ('{"resource": {"t":\n"s"}}', ":1: resource.t is a string"),
        ('{"resource": {\n"t": {"r": 5}}}', ":2: resource.t.r is a number"),
        ('{"resource": {"t": {"r": [[]]}}}', ":1: an item of resource.t.r is a list"),
        ('{"provider": {"aws": true}}', ":1: provider.aws is true or false"),
        ('{"locals": {},\n"resources": {}}', ":2: Terraform has no block 'resources'. Did you mean 'resource'?"),
        ('{"resource": {"t": {"r": {}, "r": {}}}}', ":1: resource.t.r is there more than once"),
        ('{"resource": {"t": {"r": [{}, {}]}}}', ":1: resource.t.r is there more than once"),
        ('{"resource": {"t": {"r":\n{"a": 1, "a": 2}}}}', ":2: resource.t.r.a is there more than once"),
        ('{"locals": {"a": {"b": [{"c": 1, "c": 2}]}}}', ":1: locals.a.b.0.c is there more than once"),
        ('{"locals": {"a": 1, "a": 2}}', ":1: locals.a is there more than once"),
        ('{"locals": {\n"a": NaN}}', ":2:6: NaN is not a number"),
        ('{"locals": {"a": [-Infinity]}}', ":1:19: -Infinity is not a number"),
        ('{"locals": {"NaN": 1e999}}', ":1:20: 1e999 is not a number"),
        ('{"locals": {"a": ' + "1" * 5000 + "}}", ":1:18: 11111111111111111111 is not a number"),
        ("[" * 100_000, ":1:201: has more than 200 lists and objects"),
        ('{"a":' * 100_000, ":1:1001: has more than 200 lists and objects"),
        (DEEPER, ":1:214: has more than 200 lists and objects"),
        (b'{"locals": {\n"a": "\xff"}}', ":2:7: byte 0xff is not UTF-8"),
        (TEXT.encode("utf-16"), ":1:1: is UTF-16 text"),
        (b"PK\x03\x04 and so on", ": is a plan in Terraform's own binary form"),
        (b"\x00\x01", ":1:1: is not JSON"),
    ],
)
def test_refuses_broken_json(content: str | bytes, said: str) -> None:
    started = time.process_time()
    message = refusal(write("x.tf.json", content))
    assert message.startswith(f"x.tf.json{said}")
    assert message.endswith((".", "?"))
    assert len(message) < 400
    assert time.process_time() - started < 5


def test_accepts_what_is_odd_but_no_error() -> None:
    assert body(write("a.tf.json", b"\xef\xbb\xbf" + TEXT.encode())) == BUCKET
    assert "locals" in body(write("b.tf.json", DEEP))
    assert body(write("c.tf.json", '{"locals": {"a": "\\ud800x\\ud83d\\ude00\\\\ud800"}}')) == {
        "locals": {"a": "\ufffdx\U0001f600\\ud800"}
    }


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("package.json", '{"name": "x", "version": "1"}', "is JSON, but no Terraform: it has 'name', 'version'"),
        ("empty.json", "{}", "is JSON, but no Terraform: it has nothing"),
        ("list.json", "[1]", "the whole file is a number"),
        ("terraform.tfstate", '{"version": 4, "serial": 1, "lineage": "x"}', "is a state"),
        ("state.json", '{"format_version": "1.0", "values": {}}', "is a state"),
        ("log.json", '{"@level":"info"}\n{"@level":"info"}\n', "is a log of Terraform"),
        ("tfplan", b"PK\x03\x04", "terraform show -json tfplan > plan.json"),
        ("main.tf", b"PK\x03\x04", "terraform show -json main.tf > plan.json"),
        ("note.txt", "hello", "is neither *.tf, *.tf.json nor the JSON of a plan"),
    ],
)
def test_refuses_what_is_something_else(name: str, content: str | bytes, said: str) -> None:
    message = refusal(write(name, content))
    assert message.startswith(f"{name}:")
    assert said in message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.tf.json", "{}"),
        ("x.tf.json", '{"resource": []}'),
        ("x.tf.json", '{"//": {"a": 1}}'),
        ("empty.tf", ""),
        ("comment.tf", "# nothing\n"),
    ],
)
def test_what_declares_nothing_is_noted(name: str, content: str) -> None:
    path = write(name, content)
    assert module(path).notes == (f"{path}: declares nothing, so there is nothing to check.",)


def test_an_empty_file_beside_others_is_fine() -> None:
    write("app/variables.tf", "")
    write("app/main.tf.json", BUCKET)
    assert [one.body for one in module("app").documents] == [BUCKET, {}]


def test_refuses_a_large_file_before_reading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write("x.tf.json", "")
    os.truncate("x.tf.json", 200 * 1024 * 1024)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the file was opened"))
    assert "x.tf.json: is larger than 64 MB" in refusal("x.tf.json")


def test_refuses_a_file_that_says_it_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LARGEST", 1024 * 1024)
    path = write("x.tf.json", " " * (1024 * 1024 + 1))
    monkeypatch.setattr(Path, "stat", lambda *_, **__: os.stat_result((0o100644, *[0] * 9)))
    with pytest.raises(ConfigurationError, match="larger than 1 MB"):
        disk.read(Path(path))


def test_refuses_paths_that_lead_nowhere() -> None:
    Path("loop.tf").symlink_to("loop.tf")
    Path("gone.tf").symlink_to("absent")
    os.mkfifo("pipe.tf")
    for name in ("loop.tf", "gone.tf", "absent.tf", "pipe.tf", "/dev/zero", "a\0b"):
        assert refusal(name).endswith(("may be read.", "of Terraform."))
    assert "Too many levels of symbolic links" in refusal("loop.tf")
    assert refusal("pipe.tf") == "pipe.tf: is not a plain file. Give a file or a folder of Terraform."


def test_refuses_a_folder_with_a_file_that_leads_nowhere() -> None:
    Path("app").mkdir()
    Path("app/x.tf").symlink_to("x.tf")
    assert refusal("app").startswith("app/x.tf: cannot be read: Too many levels")
    Path("app/x.tf").unlink()
    Path("app/x.tf").symlink_to("absent")
    assert refusal("app").startswith("app/x.tf: cannot be read: No such file")


def test_refuses_what_it_may_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("x.tf.json", BUCKET)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path).startswith("x.tf.json: cannot be read: Permission denied.")


def test_a_folder_without_terraform() -> None:
    write("app/notes/readme.md", "x")
    Path("app/self").symlink_to("../app")
    message = refusal("app")
    assert message.startswith("app: has no *.tf, *.tf.json, *.tofu, or stacks/*/cdk.tf.json. Give ")


def test_a_folder_of_folders() -> None:
    write("all/one/main.tf", "")
    write("all/one/modules/m/main.tf", "")
    write("all/two/deeper/x.tf.json", "{}")
    write("all/.terraform/modules/x/main.tf", "")
    write("all/node_modules/x/main.tf", "")
    message = refusal("all")
    assert message.endswith("these have some: all/one, all/two/deeper. Give each as a path of its own.")


def test_a_program_with_its_output_below() -> None:
    write("app/main.py", "")
    write("app/cdktf.out/manifest.json", {"stacks": {"a": {}}})
    write("app/cdktf.out/stacks/a/cdk.tf.json", BUCKET)
    assert refusal("app").endswith("these have some: app/cdktf.out. Give that.")


def test_many_folders_are_not_all_named() -> None:
    for index in range(8):
        write(f"all/f{index}/main.tf", "")
    assert "all/f4 and 3 more." in refusal("all")


# Speed and what is loaded


def test_ten_thousand_resources_load_as_quickly_as_json() -> None:
    block = {"bucket": "x" * 200, "tags": {"a": "b"}, "rule": [{"apply": {"x": 1}}], "policy": "y" * 500}
    blocks = {f"b{index}": block for index in range(10_000)}
    text = json.dumps({"resource": {"aws_s3_bucket": blocks}}, indent=2)
    path = write("x.tf.json", text)
    assert len(body(path)["resource"]["aws_s3_bucket"]) == 10_000
    # Measured: 6 times.
    assert cost(lambda: load.load(path)) < 20 * cost(lambda: json.loads(text))


def test_deep_is_counted_on_lists_and_objects_alike() -> None:
    nested: Any = 1
    for _ in range(json_text.DEEPEST - 1):
        nested = {"a": nested}
    assert json_text.values(json.dumps([nested]), "x") == [nested]
    with pytest.raises(ConfigurationError, match="more than 200"):
        json_text.values(json.dumps([[nested]]), "x")


def test_json_needs_no_hcl_parser() -> None:
    write("x.tf.json", BUCKET)
    code = (
        "import sys; from secureinfra.terraform.read.load import load; load('x.tf.json');"
        "print([name for name in ('hcl2', 'lark', 'cdktf', 'pydantic', 'jsonschema') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(load.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout == "[]\n", done.stderr
