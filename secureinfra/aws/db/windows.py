"""Windows of backups and of maintenance, which AWS refuses if they overlap."""

from __future__ import annotations

from secureinfra.config.rule import matches

_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_DAY = 24 * 60

BACKUP_WINDOW = matches(f"{_TIME}-{_TIME}", "is not a window", example="01:00-02:00")
MAINTENANCE_WINDOW = matches(f"{_DAY}:{_TIME}-{_DAY}:{_TIME}", "is not a window", example="sun:03:00-sun:04:00")


def overlap(backup: str, maintenance: str) -> bool:
    """Whether a daily window and a weekly one have a minute in common.

    Args:
        backup: `hh:mm-hh:mm`, each day.
        maintenance: `ddd:hh:mm-ddd:hh:mm`, once a week.
    """
    begins, ends = (_minute(one) for one in backup.split("-"))
    length = (ends - begins) % _A_DAY or _A_DAY
    first, last = (_DAYS.index(one[:3]) * _A_DAY + _minute(one[4:]) for one in maintenance.split("-"))
    within = (last - first) % (7 * _A_DAY)
    return any(
        (day * _A_DAY + begins - first) % (7 * _A_DAY) < within
        or (first - day * _A_DAY - begins) % (7 * _A_DAY) < length
        for day in range(7)
    )


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
