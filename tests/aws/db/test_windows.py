"""Windows of backups and maintenance: whether they overlap."""

import pytest

from secureinfra.aws.db.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW, overlap


@pytest.mark.parametrize(
    ("backup", "maintenance", "together"),
    [
        ("01:00-02:00", "sun:03:00-sun:04:00", False),
        ("01:00-02:00", "sun:02:00-sun:03:00", False),
        ("01:00-02:01", "sun:02:00-sun:03:00", True),
        ("02:30-02:45", "sun:02:00-sun:03:00", True),
        ("01:00-04:00", "sun:02:00-sun:03:00", True),
        ("23:30-00:30", "mon:00:00-mon:00:30", True),
        ("23:30-00:30", "sun:23:00-mon:01:00", True),
        ("23:30-00:30", "mon:00:30-mon:01:00", False),
        ("10:00-11:00", "sat:23:30-sun:00:30", False),
        ("00:00-00:30", "sat:23:30-sun:00:30", True),
    ],
)
def test_overlap(backup: str, maintenance: str, together: bool) -> None:
    assert overlap(backup, maintenance) is together


@pytest.mark.parametrize(
    ("rule", "value"), [(BACKUP_WINDOW, "24:00-01:00"), (MAINTENANCE_WINDOW, "sunday:03:00-04:00")]
)
def test_refuses_other_text(rule: object, value: str) -> None:
    assert rule.complaint(value)  # type: ignore[attr-defined]
