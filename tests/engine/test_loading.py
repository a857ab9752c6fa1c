"""What importing the engine does to the garbage collector of the program that imports it: nothing that lasts."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from secureinfra.engine.loading import without_collections

STATE = "(gc.isenabled(), gc.get_threshold(), gc.get_freeze_count() > 0, len(gc.callbacks))"


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


class Circle:
    """What only the collector frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("prepare", ["pass", "gc.disable()", "gc.set_threshold(90, 5, 5)", "gc.freeze()"])
def test_import_of_the_engine_leaves_the_collector_as_it_was(prepare: str) -> None:
    text = f"import gc\n{prepare}\nbefore = {STATE}\nfrom secureinfra import App\nprint([before, {STATE}])"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    before, after = eval(run.stdout)
    assert before == after


def test_program_can_end_whatever_it_holds() -> None:
    # The collector is told at the end that nothing is to be freed; what is registered to run at exit still runs.
    text = "import atexit\nfrom secureinfra import App\natexit.register(print, 'ended')\na = []\na.append(a)"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("ended\n", "")


def test_nothing_is_collected_meanwhile_and_all_is_old_afterwards() -> None:
    with without_collections():
        assert not gc.isenabled()
        kept = ["kept"]
    assert gc.isenabled()
    assert any(found is kept for found in gc.get_objects(generation=2))


def test_garbage_of_before_is_still_collected() -> None:
    garbage = weakref.ref(Circle())
    with without_collections():
        pass
    gc.collect()
    assert garbage() is None


def test_import_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ImportError), without_collections():
        raise ImportError("no such engine")
    assert gc.isenabled()
