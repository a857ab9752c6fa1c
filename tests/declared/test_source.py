"""Declarations are read from the source, and nothing is imported for it."""

import sys
from pathlib import Path

import pytest

from secureinfra.declared.declaration import Declaration
from secureinfra.declared.source import classes_in, constructs_below, find_class, public_names
from secureinfra.errors import ConfigError

SOURCE = '''
import nowhere_to_be_found
from secureinfra import SecureConstruct, declares

__all__ = ["Vault", "VaultConfig"]


class Base(SecureConstruct):
    ...


@declares(module="vault", page="storage", asks=("name",), examples={"name": "acme"})
class Vault(library.Base):
    """A vault that
    nobody opens.

    Creates things.
    """


class VaultConfig(Config): ...
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme_vault.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_a_class_with_its_summary_and_declaration(file: Path) -> None:
    vault = classes_in(file)["Vault"]
    assert vault.summary == "A vault that nobody opens."
    assert vault.declaration == Declaration(module="vault", page="storage", asks=("name",), examples={"name": "acme"})
    assert classes_in(file)["VaultConfig"].declaration is None


def test_a_construct_is_what_leads_to_the_base_of_all(file: Path) -> None:
    assert [cls.name for cls in constructs_below(file.parent)] == ["Base", "Vault"]


def test_public_names_are_those_of_all(file: Path, tmp_path: Path) -> None:
    assert public_names(file) == ("Vault", "VaultConfig")
    (tmp_path / "none.py").write_text("x = 1\n", encoding="utf-8")
    assert public_names(tmp_path / "none.py") == ()


@pytest.mark.parametrize("written", ["module=NAME", "modul='vault'", "**{'module': 'vault'}"])
def test_refuses_what_cannot_be_read(written: str, file: Path) -> None:
    file.write_text(f"@declares({written})\nclass Vault: ...\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"acme_vault\.py:1: what Vault declares cannot be read: .* Write literals"):
        classes_in(file)


def test_a_class_is_found_and_not_imported(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(file.parent)
    found = find_class("acme_vault:Vault")
    assert found is not None
    assert found.file == file
    assert "acme_vault" not in sys.modules


def test_what_cannot_be_found_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(file.parent)
    (file.parent / "acme_broken").mkdir()
    (file.parent / "acme_broken" / "__init__.py").write_text("raise RuntimeError", encoding="utf-8")
    for path in (
        "acme_vault:Other",
        "acme_nowhere:Vault",
        "acme_nowhere.vault:Vault",
        "acme_broken.vault:Vault",
        "sys:Vault",
    ):
        assert find_class(path) is None
