"""Blueprints by name: ours, third parties', broken ones, and names that two packages claim."""

import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from secureinfra import ConfigError, SecureConstruct
from secureinfra import blueprints as registry
from secureinfra.blueprints import GROUP, Blueprint, blueprints, find

ROOT = Path(__file__).parents[1]
OWN = {name: one for name, one in blueprints().items() if one.path.startswith("secureinfra_blueprints.")}


def publish(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    found = [EntryPoint(name.replace("_", "-"), value, GROUP) for name, value in points.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group == GROUP else [])


def test_own_blueprints_are_the_entry_points_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {name: one.path for name, one in OWN.items()} == project["entry-points"][GROUP]


def test_own_blueprints_are_found_without_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch)
    assert "data-lake" in blueprints()
    assert set(blueprints()) == set(OWN)


@pytest.mark.parametrize("name", OWN)
def test_own_blueprints_load(name: str) -> None:
    cls = find(name).load()
    assert issubclass(cls, SecureConstruct)
    assert f"{cls.__name__}Config" == find(name).config_type().__name__


def test_a_third_party_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, shop="secureinfra_blueprints.data_lake:DataLake [extra]", zebra="nowhere:X")
    assert find("shop") == Blueprint("shop", "secureinfra_blueprints.data_lake:DataLake", "an unknown package")
    assert list(blueprints()) == sorted([*OWN, "shop", "zebra"])


def test_two_packages_claim_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, data_lake="evil:DataLake")
    with pytest.raises(
        ConfigError, match=r"'data-lake' is published twice: secureinfra_blueprints\.data_lake:DataLake of"
    ):
        find("data-lake").load()
    assert find("secureinfra_blueprints.data_lake:DataLake").load().__name__ == "DataLake"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere:X", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
        ("secureinfra_blueprints.data_lake:Lake", "cannot be loaded: AttributeError"),
        ("secureinfra_blueprints.data_lake:Layer", "is not a blueprint: Layer is not a SecureConstruct"),
        ("tests.stacks.broken:Anything", "cannot be loaded: RuntimeError: broken on purpose"),
        ("secureinfra:SecureConstruct", "is not a blueprint: its constructor has no `config: SomeConfig`"),
    ],
)
def test_refuses_what_is_none(path: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        find(path).load()
    assert said in str(error.value)


@pytest.mark.parametrize(("name", "hint"), [("data-lak", "Did you mean 'data-lake'?"), ("../x", "List them")])
def test_refuses_an_unknown_name(name: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=f"there is no blueprint '{name}'") as error:
        find(name)
    assert hint in str(error.value)


def test_own_class_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_blueprint_of_test.py").write_text(
        "from secureinfra import SecureBucket as Bucket, SecureConstruct, BucketConfig\n"
        "class Mine(SecureConstruct):\n"
        "    def __init__(self, scope, id, config: BucketConfig):\n"
        "        super().__init__(scope, id, config)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    assert find("own_blueprint_of_test:Mine").config_type().__name__ == "BucketConfig"
