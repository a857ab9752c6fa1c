"""Spans of whole numbers, such as the addresses of a network or the ports of a rule: joined and subtracted."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
"""The numbers from the first up to, but not including, the last."""


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in as few spans as possible, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The numbers of these spans that are not in any of the others."""
    left = merged(spans)
    for start, end in merged(others):
        halves = (half for held in left for half in ((held[0], min(held[1], start)), (max(held[0], end), held[1])))
        left = [half for half in halves if half[0] < half[1]]
    return left
