"""Attributes of users: decided when a pool is made, since AWS neither changes nor removes one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches

__all__ = ["UserAttribute"]

ATTRIBUTE_NAME = matches(
    r"[A-Za-z][A-Za-z0-9_]{0,19}", "is not a name of an attribute", "write up to 20 letters, digits and '_'"
)
# docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
STANDARD = frozenset(
    "address birthdate email family_name gender given_name locale middle_name name nickname phone_number picture "
    "preferred_username profile sub updated_at website zoneinfo".split()
)
_LONGEST = 2048


class UserAttribute(Config):
    """One attribute of your own. AWS never changes or removes an attribute of a pool: a new one may be added."""

    type: Literal["String", "Number", "DateTime", "Boolean"] = "String"
    """Type of its values."""
    mutable: bool = True
    """Its value may change after the user was made."""
    min_length: Annotated[int, between(0, _LONGEST, "characters")] = 0
    """Least number of characters of a string."""
    max_length: Annotated[int, between(0, _LONGEST, "characters")] = _LONGEST
    """Greatest number of characters of a string."""
    min_value: int | None = None
    """Least number."""
    max_value: int | None = None
    """Greatest number."""
    written_by_users: bool = False
    """Applications may let users change it; off for what decides on rights, such as a role or a tenant."""

    def problems(self) -> Iterator[Problem]:
        """Limits must leave room."""
        if self.min_length > self.max_length:
            yield Problem("min_length", f"is more than max_length={self.max_length}", "no value would fit", "Lower it")
        if self.min_value is not None and self.max_value is not None and self.min_value > self.max_value:
            yield Problem("min_value", f"is more than max_value={self.max_value}", "no value would fit", "Lower it")

    def block(self, name: str) -> dict[str, Any]:
        """The block of the pool, complete, since AWS answers with all of it and an endless difference would follow.

        Args:
            name: its name, without `custom:`.
        """
        written: dict[str, Any] = {
            "name": name,
            "attribute_data_type": self.type,
            "developer_only_attribute": False,
            "mutable": self.mutable,
            "required": False,
        }
        if self.type == "String":
            lengths = {"min_length": str(self.min_length), "max_length": str(self.max_length)}
            written["string_attribute_constraints"] = lengths
        if self.type == "Number" and (self.min_value is not None or self.max_value is not None):
            ends = {"min_value": self.min_value, "max_value": self.max_value}
            written["number_attribute_constraints"] = {
                end: str(value) for end, value in ends.items() if value is not None
            }
        return written
