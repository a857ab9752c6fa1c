"""A misspelled name is answered with the nearest, or with other advice."""

from secureinfra.suggest import did_you_mean, hint, nearest

KNOWN = ("versioned", "protect", "tags")


def test_nearest() -> None:
    assert nearest("versoned", KNOWN) == "versioned"
    assert nearest("region", KNOWN) is None
    assert nearest("protected", KNOWN, cutoff=0.95) is None


def test_did_you_mean() -> None:
    assert did_you_mean("tag", KNOWN, "Remove it.") == "Did you mean 'tags'?"
    assert did_you_mean("region", KNOWN, "Remove it.") == "Remove it."
    assert did_you_mean("region", KNOWN) == ""


def test_hint() -> None:
    assert hint("tag", KNOWN) == " Did you mean 'tags'?"
    assert hint("region", KNOWN) == ""
