"""What importing the engine does to the garbage collector."""

import gc
from collections.abc import Iterator

import pytest

from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.loading import kept_for_good


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_engine_is_not_looked_at_again() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000
    assert all(found is not TerraformStack for found in gc.get_objects())


def test_nothing_is_collected_meanwhile_and_everything_afterwards() -> None:
    with kept_for_good():
        assert not gc.isenabled()
        kept = ["kept"]
    assert gc.isenabled()
    made_later = ["made later"]
    tracked = {id(found) for found in gc.get_objects()}
    assert id(kept) not in tracked
    assert id(made_later) in tracked


def test_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with kept_for_good():
        pass
    assert not gc.isenabled()


def test_import_that_fails_leaves_the_collector_on() -> None:
    frozen = gc.get_freeze_count()
    with pytest.raises(ImportError), kept_for_good():
        raise ImportError("no such engine")
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
