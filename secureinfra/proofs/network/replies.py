"""Whether what arrives can be answered: each part of a path between points that replace addresses, the other way."""

from __future__ import annotations

from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.packets import TCP
from secureinfra.proofs.network.walk import Goal, State, Walk, best

__all__ = ["returned"]


def returned(walk: Walk, state: State, replier: Interface) -> tuple[str, ...] | None:
    """What it depends on whether replies get from an interface that replaces addresses back to where packets came from.

    Args:
        walk: the walk of the packets.
        state: the packets at that interface.
        replier: the interface.

    Returns:
        `None` if none gets back.
    """
    if state.packets.protocol != TCP or state.start is None:
        return ()
    back = walk.fork(Goal(state.start), walk.mode._replace(reply=True))
    reply = State(state.packets.reply(), start=replier)
    found = best(back.run(lambda held: held.emit(replier.subnet, reply)).arrived)
    if found is None:
        for stop in back.stops:
            walk.stop(stop)
    return found.doubts if found is not None else None
