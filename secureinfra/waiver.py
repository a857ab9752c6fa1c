"""A waiver: the written, dated permission to break one control in one place."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from secureinfra.controls import find
from secureinfra.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Permission to break one control: why, who answers for it, and until when.

    A waiver is written into the Terraform JSON beside the resource it excuses, so that whoever reads the output
    sees it. It ends by itself: the day after `until`, synthesis fails until the waiver is renewed or removed.
    What is wrong with a waiver is said by the construct it is given to, with that construct's path.

    Args:
        control: id of the control, as the error names it, e.g. `s3-bucket-versioned`.
        reason: why the control cannot be met here, in a sentence an auditor can follow.
        owner: the person or team who answers for it.
        until: the last day on which it holds (a `date`, or `YYYY-MM-DD`).

    Example:
        >>> Waiver(control="kms-key-rotated", reason="imported material", owner="crypto-team", until="2099-12-31").problem()
    """

    control: str
    reason: str = ""
    owner: str = ""
    until: datetime.date | str = ""

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it holds; `None` when `until` is no date."""
        if isinstance(self.until, datetime.date):
            return self.until
        try:
            return datetime.date.fromisoformat(str(self.until))
        except ValueError:
            return None

    @property
    def ended(self) -> bool:
        """Whether its last day is over."""
        return self.last_day is not None and self.last_day < datetime.date.today()

    def problem(self) -> str | None:
        """Why this waiver excuses nothing, and the way out; `None` for a good one."""
        try:
            control = find(self.control)
        except ConfigError as error:
            return f"Waiver(control={self.control!r}): {error}"
        if not control.waivable:
            return f"Waiver(control={self.control!r}) is never accepted: {control.why}. Build it without the weakening."
        lacking = [name for name in ("reason", "owner") if not str(getattr(self, name)).strip()]
        if self.last_day is None:
            lacking.append("until")
        if lacking:
            return (
                f"Waiver(control={self.control!r}) has no usable {' and '.join(lacking)}: a weakening is accepted only "
                "with a reason, an owner and an end date. Write Waiver(control=..., reason='why it cannot be met here', "
                "owner='who answers for it', until='YYYY-MM-DD')."
            )
        if self.ended:
            return (
                f"Waiver(control={self.control!r}) ran out on {self.last_day}: {self.owner} accepted it only until then. "
                "Meet the control, or let its owner renew the date."
            )
        return None

    def to_json(self, construct: str = "") -> dict[str, str]:
        """The waiver as it is written beside a resource.

        Args:
            construct: path of the construct that it speaks for; empty where it speaks for that one resource.
        """
        written = {"control": self.control, "reason": self.reason, "owner": self.owner, "until": str(self.last_day)}
        return {**written, "construct": construct} if construct else written
