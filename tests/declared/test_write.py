"""What is derived from the source is what lies there, and says what is public and what can be a module."""

import ast
import json
from pathlib import Path

import pytest

import secureinfra
from secureinfra.declared.source import constructs_below
from secureinfra.declared.write import texts

PACKAGE = Path(secureinfra.__file__).parent


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A library of one construct that is a module by a recipe, and one that is written out with a blueprint."""
    (tmp_path / "aws" / "vault").mkdir(parents=True)
    (tmp_path / "modules" / "entries").mkdir(parents=True)
    (tmp_path / "aws" / "vault" / "vault.py").write_text(
        '__all__ = ["Vault", "VaultConfig"]\n'
        '@declares(module="vault", page="storage", yours=("The key.",))\n'
        "class Vault(SecureConstruct): ...\n"
        '@declares(within="bank", page="storage")\n'
        "class Door(SecureConstruct): ...\n",
        encoding="utf-8",
    )
    (tmp_path / "modules" / "entries" / "recipes.py").write_text("class VaultModule(Vault): ...\n", encoding="utf-8")
    return tmp_path


def test_files_are_what_the_source_says() -> None:
    for path, text in texts().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date. Run: make names"


def test_a_construct_is_a_module_under_the_name_it_declares(package: Path) -> None:
    modules = json.loads(texts(package)[package / "declared" / "modules.json"])
    assert modules == {
        "modules": {
            "vault": {
                "path": "secureinfra.modules.entries.recipes:VaultModule",
                "extends": "secureinfra.aws.vault.vault:Vault",
                "public": "secureinfra.Vault",
                "yours": ["The key."],
            }
        },
        "within": {"Door": "bank"},
    }


def test_public_names_are_those_that_modules_list(package: Path) -> None:
    written = texts(package)
    (table,) = ast.parse(written[package / "declared" / "names.py"]).body[1:]
    assert isinstance(table, ast.Assign)
    homes = ast.literal_eval(table.value)
    assert homes["VaultConfig"] == "aws.vault.vault"
    assert homes["SecureConstruct"] == "engine.construct"
    assert "Door" not in homes
    assert "from secureinfra.aws.vault.vault import Vault as Vault\n" in written[package / "__init__.pyi"]


def test_every_construct_of_the_library_is_public_or_apart() -> None:
    public = set(secureinfra.__all__)
    for construct in constructs_below(PACKAGE / "aws"):
        declared = construct.declaration
        assert declared is not None, f"{construct.name} declares nothing"
        # A public one that is no module has a page, which says how it is used.
        assert (construct.name in public) != (bool(declared.apart) and not declared.page), construct.name
