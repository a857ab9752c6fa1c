"""A waiver: written, dated permission to break one control in one place."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from secureinfra.config.problem import Problem
from secureinfra.controls import find
from secureinfra.errors import ConfigError

_WRITTEN = {
    "control": ...,
    "reason": "why it cannot be met here",
    "owner": "the person or team responsible",
    "until": "YYYY-MM-DD",
}


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Permission to break one control: why, on whose responsibility, and until when.

    A waiver is written into the Terraform JSON of the resource it excuses, so that readers of the output see it.
    It expires: from the day after `until`, synthesis fails until the waiver is renewed or removed. An invalid
    waiver is reported by the construct that receives it, with that construct's path.

    Args:
        control: id of the control, as the error names it, e.g. `s3-bucket-versioned`.
        reason: why the control cannot be met here, in a sentence an auditor can follow.
        owner: the person or team responsible for it.
        until: the last day on which it is valid (a `date`, or `YYYY-MM-DD`).

    Example:
        >>> Waiver(control="kms-key-rotated", reason="imported material", owner="crypto-team", until="2099-12-31").problem()
    """

    control: str
    reason: str = ""
    owner: str = ""
    until: datetime.date | str = ""

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it is valid; `None` if `until` is not a date."""
        if isinstance(self.until, datetime.date):
            return self.until
        try:
            return datetime.date.fromisoformat(str(self.until))
        except ValueError:
            return None

    @property
    def ended(self) -> bool:
        """Whether its last day has passed."""
        return self.last_day is not None and self.last_day < datetime.date.today()

    def problem(self) -> str | None:
        """Why this waiver is not accepted, and what to do; `None` for a valid one."""
        refusal = self.refusal()
        return refusal.text if refusal else None

    def refusal(self) -> Problem | None:
        """The same as data."""
        subject = f"Waiver(control={self.control!r})"
        try:
            control = find(self.control)
        except ConfigError as error:
            return Problem((), str(error), subject=f"{subject}:")
        if not control.waivable:
            return Problem((), "is never accepted", control.why, "Build it without the weakening", subject)
        lacking = [name for name in ("reason", "owner") if not str(getattr(self, name)).strip()]
        if self.last_day is None:
            lacking.append("until")
        if lacking:
            what = f"has no usable {' and '.join(lacking)}"
            why = "an exception is accepted only with a reason, an owner and an end date"
            return Problem((), what, why, lambda words: f"Write {words.part('Waiver', _WRITTEN)}", subject)
        if self.ended:
            what = f"expired on {self.last_day}"
            why = f"{self.owner} accepted it only until then"
            return Problem((), what, why, "Meet the control, or ask its owner to renew the date", subject)
        return None

    def to_json(self, construct: str = "") -> dict[str, str]:
        """The waiver as it is written on a resource.

        Args:
            construct: path of the construct that it applies to; empty if it applies to that one resource.
        """
        written = {"control": self.control, "reason": self.reason, "owner": self.owner, "until": str(self.last_day)}
        return {**written, "construct": construct} if construct else written
