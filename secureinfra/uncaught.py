"""How an error of ours reaches the terminal: the caller's own line and one paragraph, no tour of this library.

Python prints an error that the program does not catch through `sys.excepthook`. It is ours only while an error of ours exists: it is
put in place when the first one comes into being, and what was there before is back when the last one is gone.
"""

from __future__ import annotations

import sys
import weakref
from types import TracebackType

_LIBRARY = __name__.partition(".")[0]
_ENGINES = ("jsii", "cdktf", "cdktn")

_existing: set[weakref.ref[BaseException]] = set()
_before = sys.excepthook


def tell(error: BaseException) -> None:
    """Have an error printed as one paragraph if the program does not catch it."""
    global _before
    if sys.excepthook is not _print:
        _before, sys.excepthook = sys.excepthook, _print
    _existing.add(weakref.ref(error, _gone))


def _gone(reference: weakref.ref[BaseException]) -> None:
    _existing.discard(reference)
    if not _existing and sys.excepthook is _print:
        sys.excepthook = _before


def original(error: BaseException) -> BaseException | None:
    """Our error behind one that the engine raised, or the error itself where it is ours; `None` for any other.

    What Python raises while the engine calls back reaches the engine as a text. The error that the engine answers with is
    raised while ours is being handled, so that Python links the two.
    """
    found: BaseException | None = error
    while found is not None and not any(known() is found for known in _existing.copy()):
        found = found.__context__
    return found


def _print(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    ours = original(error)
    if ours is None or (ours is not error and not _from_engine(trace)):
        _before(kind, error, trace)
        return
    import traceback  # noqa: PLC0415 - only who prints an error reads frames

    callers = []
    for entry, (frame, _) in zip(traceback.extract_tb(trace), traceback.walk_tb(trace), strict=True):
        if _part(frame.f_globals) in (_LIBRARY, *_ENGINES):
            break
        callers.append(entry)
    sys.stderr.write("".join((*traceback.format_list(callers[-1:]), f"{type(ours).__name__}: {ours}\n")))


def _from_engine(trace: TracebackType | None) -> bool:
    """Whether an error was raised by the engine: the innermost frame is one of its own."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and _part(trace.tb_frame.f_globals) in _ENGINES


def _part(names: dict[str, object]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]
