"""How an error of ours reaches the terminal: the caller's own lines and one paragraph, no tour of this library."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from secureinfra.errors import SecureInfraError

_LIBRARY = __name__.split(".")[0]
_raised_in_callback: list[SecureInfraError] = []


def remember(error: SecureInfraError) -> None:
    """Keep an error raised while the engine called back: the engine reports it as an error of its own."""
    _raised_in_callback.append(error)


def original(error: BaseException) -> SecureInfraError | None:
    """Our error behind one that the engine raised, if that is what it was."""
    if isinstance(error, SecureInfraError):
        return error
    return next((ours for ours in reversed(_raised_in_callback) if str(ours) in str(error)), None)


def _print(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    ours = original(error)
    if ours is None:
        _previous(kind, error, trace)
        return
    frames = traceback.extract_tb(trace)
    callers = []
    for entry, (frame, _) in zip(frames, traceback.walk_tb(trace), strict=True):
        if frame.f_globals.get("__name__", "").split(".")[0] in {_LIBRARY, "jsii", "cdktf", "cdktn"}:
            break
        callers.append(entry)
    if callers:
        print("".join(traceback.format_list(callers[-1:])), end="", file=sys.stderr)
    print(f"{type(ours).__name__}: {ours}", file=sys.stderr)


_previous = sys.excepthook


def install() -> None:
    """Print our errors as one paragraph when nobody catches them; every other error is printed as before."""
    global _previous
    if sys.excepthook is not _print:
        _previous, sys.excepthook = sys.excepthook, _print
