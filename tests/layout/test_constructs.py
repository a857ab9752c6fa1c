"""What a construct needs besides its module, and what is missing, told for each: adding one is following this list."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from secureinfra.declared.source import Class, constructs_below

ROOT = Path(__file__).parents[2]


def missing(root: Path) -> list[str]:
    """Everything that a construct of the library below a folder lacks, a sentence each."""
    called = set(calls(root))
    return [
        f"{one.name}: {what}"
        for one in constructs_below(root / "secureinfra" / "aws")
        for what in lacks(one, root, called)
    ]


def lacks(construct: Class, root: Path, called: set[str]) -> Iterator[str]:
    home = construct.file.relative_to(root / "secureinfra")
    test = Path("tests") / home.parent / f"test_{home.name}"
    if not (root / test).exists():
        yield f"{test} tests it"
    declared = construct.declaration
    if declared is None:
        yield "@declares(module=..., page=...) above the class; within=... or apart=... where it is not a module of its own"
        return
    if len([way for way in (declared.module, declared.within, declared.apart) if way]) != 1:
        yield "@declares has one of module=, within= and apart="
    if declared.apart and not declared.page:
        return
    if declared.within:
        blueprint = root / "blueprints" / "secureinfra_blueprints" / f"{declared.within.replace('-', '_')}.py"
        if construct.name not in text_of(blueprint):
            yield f"the blueprint {declared.within!r}, which @declares(within=...) names, builds it"
    yield from undescribed(construct, declared.page, root)
    if construct.name not in called:
        yield f"tests/referees/ or a blueprint builds it, so that Terraform and the emulator try it: {construct.name}(stack, ...)"


def undescribed(construct: Class, page: str, root: Path) -> Iterator[str]:
    if not page:
        yield "@declares(page=...) names the folder below examples/ that describes it"
        return
    readme = text_of(root / "examples" / page / "README.md")
    if not re.search(rf"\b{construct.name}\b", readme):
        yield f"examples/{page}/README.md describes `{construct.name}`"
    config = config_of(construct)
    if config and f"\n`{config}`:\n\n|" not in readme:
        yield f"examples/{page}/README.md has a table of options, below the line `{config}`:"
    row = re.search(rf"^\| \[{page}\]\(examples/{page}/README\.md\) \|.*", text_of(root / "README.md"), re.MULTILINE)
    if row is None or f"`{construct.name}`" not in row.group():
        yield f"README.md names `{construct.name}` in the row of {page!r} of its table of pages"
    if f"`{construct.name}`" not in text_of(root / "CHANGELOG.md"):
        yield f"CHANGELOG.md names `{construct.name}`"


def config_of(construct: Class) -> str | None:
    """The name of the configuration that its constructor takes."""
    for node in ast.walk(ast.parse(text_of(construct.file))):
        if isinstance(node, ast.ClassDef) and node.name == construct.name:
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    for argument in method.args.args:
                        if argument.arg == "config" and argument.annotation:
                            return ast.unparse(argument.annotation)
    return None


def calls(root: Path) -> Iterator[str]:
    """What the stacks of the referees and the blueprints call by a plain name."""
    for folder in ("tests/referees", "blueprints"):
        for file in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(text_of(file))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield node.func.id


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_every_construct_has_what_it_needs() -> None:
    assert missing(ROOT) == []


VAULT = '''
@declares(module="vault", page="storage")
class Vault(SecureConstruct):
    def __init__(self, scope: Construct, id: str, config: VaultConfig = VaultConfig()) -> None: ...


class Strongroom(Vault):
    """Extends a construct, and is one by that."""
'''


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "secureinfra" / "aws" / "vault").mkdir(parents=True)
    module = tmp_path / "secureinfra" / "aws" / "vault" / "vault.py"
    module.write_text(VAULT, encoding="utf-8")
    page = "examples/storage/README.md"
    assert missing(tmp_path) == [
        "Vault: tests/aws/vault/test_vault.py tests it",
        f"Vault: {page} describes `Vault`",
        f"Vault: {page} has a table of options, below the line `VaultConfig`:",
        "Vault: README.md names `Vault` in the row of 'storage' of its table of pages",
        "Vault: CHANGELOG.md names `Vault`",
        "Vault: tests/referees/ or a blueprint builds it, so that Terraform and the emulator try it: Vault(stack, ...)",
        "Strongroom: tests/aws/vault/test_vault.py tests it",
        "Strongroom: @declares(module=..., page=...) above the class; within=... or apart=... where it is not a module of its own",
    ]
    module.write_text('@declares(within="bank", apart="x")\nclass Vault(SecureConstruct): ...\n', encoding="utf-8")
    assert "Vault: @declares has one of module=, within= and apart=" in missing(tmp_path)
    module.write_text('@declares(within="bank")\nclass Vault(SecureConstruct): ...\n', encoding="utf-8")
    assert "Vault: @declares(page=...) names the folder below examples/ that describes it" in missing(tmp_path)
    assert "Vault: the blueprint 'bank', which @declares(within=...) names, builds it" in missing(tmp_path)
