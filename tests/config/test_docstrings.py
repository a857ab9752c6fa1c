"""What is read from docstrings."""

from secureinfra.config.docstrings import arguments_of, fields_of, paragraphs_of


class Described:
    """What it
    guarantees.

    What it creates.

    Args:
        first: said in
            two lines.
        second: in one: with a colon.

    Raises:
        third: never.
    """

    first: int = 1
    """What follows
    from it."""
    second: int = 2


class Silent(Described):
    third: int = 3
    """Its own."""


def test_paragraphs() -> None:
    assert paragraphs_of(Described) == ("What it guarantees.", "What it creates.")
    assert paragraphs_of(Silent) == ()


def test_arguments() -> None:
    assert arguments_of(Described) == {"first": "said in two lines.", "second": "in one: with a colon."}
    assert arguments_of(Silent) == {}


def test_fields() -> None:
    assert fields_of(Described) == {"first": "What follows from it."}
    assert fields_of(Silent) == {"first": "What follows from it.", "third": "Its own."}
    assert fields_of(int) == {}
