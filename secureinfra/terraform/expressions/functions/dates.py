"""Functions of points in time that are given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from secureinfra.terraform.expressions.functions.registry import TEXT, function
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError

if TYPE_CHECKING:
    import datetime

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DURATION = re.compile(r"([0-9]*\.?[0-9]+)(h|ms|m|s|us|µs|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def _moment(text: str) -> datetime.datetime:
    import datetime  # noqa: PLC0415 - few configurations need it

    found = _MOMENT.fullmatch(text)
    if found is None:
        raise RefusedError("no point in time")
    if found.group(3):
        raise NotKnownError
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise RefusedError("no point in time") from None


@function(TEXT, TEXT)
def timeadd(moment: str, duration: str) -> str:
    """A point in time and a duration later."""
    import datetime  # noqa: PLC0415 - as above

    sign = -1 if duration.startswith("-") else 1
    parts = _DURATION.findall(duration)
    if "".join(number + unit for number, unit in parts) != duration.lstrip("+-") or not parts:
        raise RefusedError("no duration")
    seconds = sign * sum(float(number) * _SECONDS[unit] for number, unit in parts)
    try:
        later = _moment(moment) + datetime.timedelta(seconds=seconds)
    except OverflowError:
        raise NotKnownError from None
    if later.microsecond:
        raise NotKnownError
    return later.isoformat().replace("+00:00", "Z")


@function(TEXT, TEXT)
def timecmp(first: str, second: str) -> int:
    """-1, 0 or 1: which of two points in time comes first."""
    a, b = _moment(first), _moment(second)
    return (a > b) - (a < b)


@function(TEXT, TEXT)
def formatdate(layout: str, moment: str) -> str:
    """A point in time, written by a layout."""
    at = _moment(moment)
    pieces = []
    for quoted, letters, rest in _words(layout):
        pieces.append(quoted.replace("''", "'") if quoted else _field(letters, at) if letters else rest)
    return "".join(pieces)


def _words(layout: str) -> list[tuple[str, str, str]]:
    found = []
    at = 0
    word = re.compile(
        r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>(?P<one>[A-Za-z])(?P=one)*)|(?P<rest>[^A-Za-z'])", re.DOTALL
    )
    while at < len(layout):
        match = word.match(layout, at)
        if match is None:
            raise RefusedError("a quote does not end")
        found.append((match["quoted"] or "", match["letters"] or "", match["rest"] or ""))
        at = match.end()
    return found


def _field(letters: str, at: datetime.datetime) -> str:
    hour = at.hour % 12 or 12
    zone = at.strftime("%z") or "+0000"
    utc = zone == "+0000"
    fields = {
        "YYYY": f"{at.year:04}",
        "YY": f"{at.year % 100:02}",
        "MMMM": _MONTHS[at.month - 1],
        "MMM": _MONTHS[at.month - 1][:3],
        "MM": f"{at.month:02}",
        "M": str(at.month),
        "DD": f"{at.day:02}",
        "D": str(at.day),
        "EEEE": _DAYS[at.weekday()],
        "EEE": _DAYS[at.weekday()][:3],
        "hh": f"{at.hour:02}",
        "h": str(at.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": "AM" if at.hour < 12 else "PM",
        "aa": "am" if at.hour < 12 else "pm",
        "mm": f"{at.minute:02}",
        "m": str(at.minute),
        "ss": f"{at.second:02}",
        "s": str(at.second),
        "ZZZZZ": f"{zone[:3]}:{zone[3:]}",
        "ZZZZ": zone,
        "ZZZ": "UTC" if utc else zone,
        "Z": "Z" if utc else f"{zone[:3]}:{zone[3:]}",
    }
    if letters not in fields:
        raise RefusedError(f"no field {letters!r}")
    return fields[letters]
