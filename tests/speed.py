"""What code costs, in processor time: a busy machine changes the wall clock, but hardly what one process uses."""

import time
from collections.abc import Callable


def cost(call: Callable[[], object], *, runs: int = 3) -> float:
    """The least processor time that a call took, in seconds."""
    return min(_once(call) for _ in range(runs))


def _once(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began
