"""Spans of numbers are joined and subtracted exactly, at both of their ends."""

from secureinfra.facts.spans import merged, without


def test_merged() -> None:
    assert merged([(5, 9), (0, 3), (3, 4), (7, 12)]) == [(0, 4), (5, 12)]
    assert merged([(3, 3)]) == []


def test_without() -> None:
    assert without([(0, 10), (20, 30)], [(3, 5), (8, 22)]) == [(0, 3), (5, 8), (22, 30)]
    assert without([(0, 10)], [(0, 10)]) == []
