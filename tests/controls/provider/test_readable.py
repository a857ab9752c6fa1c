"""What cannot be read is never less than critical, and cannot be waived."""

from secureinfra.check.finding import READABLE as ID
from secureinfra.check.finding import Finding
from secureinfra.controls.provider.readable import READABLE


def test_readable() -> None:
    assert READABLE.id == ID
    assert not READABLE.waivable
    assert Finding(READABLE, "failed", None).severity == "critical"
