"""The theorems: each is complete, ids are unique, and every family is listed."""

import re
from pathlib import Path

import pytest

import secureinfra.proofs.theorems as package
from secureinfra.errors import ConfigError
from secureinfra.proofs.theorems.registry import FAMILIES, theorem, theorems

FRAME = {"registry", "theorem"}


def test_every_theorem_is_complete() -> None:
    for held in theorems():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", held.id)
        assert held.title
        assert held.scope.endswith(".")
        assert not held.title.endswith(".")
        assert held.why[0].islower()
        assert not held.why.endswith(".")
        assert not held.assumes or held.assumes.endswith(".")


def test_ids_are_unique() -> None:
    ids = [held.id for held in theorems()]
    assert len(ids) == len(set(ids))


def test_every_family_is_listed() -> None:
    files = {path.stem for path in Path(package.__path__[0]).glob("[a-z]*.py")}
    families = {name for name in files if "THEOREMS =" in (Path(package.__path__[0]) / f"{name}.py").read_text()}
    assert set(FAMILIES) == families
    assert files >= FRAME


def test_a_theorem_is_found_by_its_id() -> None:
    assert theorem("no-outside-access").id == "no-outside-access"


def test_refuses_a_misspelt_id() -> None:
    with pytest.raises(
        ConfigError, match=r"theorem 'no-outside-acess' does not exist\. Did you mean 'no-outside-access'"
    ):
        theorem("no-outside-acess")
