"""Files that expressions read: below the root module and the modules it calls, and nothing else."""

import base64
import hashlib
from pathlib import Path

import pytest

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.expressions.files import LARGEST, SCOPE, Files
from secureinfra.terraform.unknown import is_unknown


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root module with files, and one beside it that it must not read."""
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "policies" / "inner").mkdir(parents=True)
    (root / "a.txt").write_text("text ${x}")
    (root / "policies" / "a.json").write_text('{"on": true}')
    (root / "policies" / "b.yaml").write_text("on: yes\nday: 2012-10-17\nsize: 0x1F\ntext: '5'\nmany: [1, ~]\n")
    (root / "policies" / "inner" / "c.json").write_text("{}")
    (root / "t.tpl").write_text("%{ for n in names }${upper(n)} %{ endfor }$${kept}")
    (root / "bytes").write_bytes(b"\xff\x00")
    (root / "large").write_bytes(b"x" * (LARGEST + 1))
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    return root


def read(root: Path, expression: str) -> object:
    return evaluate(f"${{{expression}}}", {SCOPE: Files(root)})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('file("a.txt")', "text ${x}"),
        ('file("./policies/../a.txt")', "text ${x}"),
        ('jsondecode(file("policies/a.json")).on', True),
        ('yamldecode(file("policies/b.yaml")).true', True),
        ('yamldecode(file("policies/b.yaml")).day', "2012-10-17T00:00:00Z"),
        ('yamldecode(file("policies/b.yaml")).size', 31),
        ('yamldecode(file("policies/b.yaml")).text', "5"),
        ('yamldecode(file("policies/b.yaml")).many', [1, None]),
        ('templatefile("t.tpl", {names = ["a", "b"]})', "A B ${kept}"),
        ('fileexists("a.txt")', True),
        ('fileexists("gone.txt")', False),
        ('try(file("gone.txt"), "none")', "none"),
        ('fileset("policies", "*.json")', ["a.json"]),
        ('fileset("policies", "**/*.json")', ["a.json", "inner/c.json"]),
        ('fileset("policies", "{a,b}.*")', ["a.json", "b.yaml"]),
        ('fileset("policies", "**")', ["a.json", "b.yaml", "inner/c.json"]),
        ('filebase64("bytes")', base64.b64encode(b"\xff\x00").decode()),
        ('filesha256("bytes")', hashlib.sha256(b"\xff\x00").hexdigest()),
        ('filebase64sha512("bytes")', base64.b64encode(hashlib.sha512(b"\xff\x00").digest()).decode()),
    ],
)
def test_below_the_root(root: Path, expression: str, value: object) -> None:
    assert read(root, expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        'file("../secret.txt")',
        'fileexists("../secret.txt")',
        'file("out.txt")',
        'file("/etc/passwd")',
        'fileset("..", "*")',
        'fileset(".", "**")',
        'templatefile("../secret.txt", {})',
        'file("/dev/zero")',
        'file("policies")',
        'file("large")',
        'file("bytes")',
        'file("gone.txt")',
        'templatefile("t.tpl", {names = var.names})',
    ],
)
def test_what_is_not_read_is_unknown(root: Path, expression: str) -> None:
    assert is_unknown(read(root, expression))


def test_a_module_elsewhere_may_read_its_own(root: Path) -> None:
    (root.parent / "module").mkdir()
    (root.parent / "module" / "m.txt").write_text("m")
    files = Files(root)
    expression = '${file("../module/m.txt")}'
    assert is_unknown(evaluate(expression, {SCOPE: files}))
    files.allow(root.parent / "module")
    assert evaluate(expression, {SCOPE: files}) == "m"
    assert is_unknown(evaluate('${file("../secret.txt")}', {SCOPE: files}))


def test_without_a_folder_nothing_is_read() -> None:
    assert is_unknown(evaluate('${file("a.txt")}', {}))
    assert is_unknown(evaluate('${file("a.txt")}', {SCOPE: Files(None)}))


def test_a_yaml_bomb_ends() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    text = "\\n".join(lines)
    assert is_unknown(evaluate(f'${{yamldecode("{text}")}}', {}))
