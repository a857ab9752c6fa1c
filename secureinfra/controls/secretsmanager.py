"""Controls on secrets in Secrets Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true, number
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.resource_policies import not_public
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

SECRET, ROTATION, POLICY = (
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_rotation",
    "aws_secretsmanager_secret_policy",
)

ENCRYPTED = Control(
    id="secret-encrypted",
    title="Secrets are encrypted with a customer managed key",
    why="permission to read the secret would be enough; a customer managed key needs a second one and shows who used it",
    row="secrets-cmk",
    fix="Set kms_key_id to the ARN of a customer managed key, in every replica block too.",
)


@ENCRYPTED.check(SECRET)
def _encrypted(secret: Block, configuration: Configuration) -> Iterator[Failure]:
    checks = (customer_key("kms_key_id"), customer_key("replica[].kms_key_id"))
    return each(checks, lambda check: check(secret, configuration))


ROTATED = Control(
    id="secret-rotated",
    title="Secrets are rotated at least every 90 days",
    why="a leaked secret would stay valid forever",
    row="secrets-rotation",
    fix="Write an aws_secretsmanager_secret_rotation for the secret with rotation_rules { automatically_after_days = 90 } or less.",
)
_MOST_DAYS = 90


@ROTATED.check(SECRET)
def _has_rotation(secret: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.attached(secret, ROTATION, "secret_id"):
        yield Failure("no aws_secretsmanager_secret_rotation for the secret", "an aws_secretsmanager_secret_rotation")


@ROTATED.check(ROTATION)
def _often_enough(rotation: Block, configuration: Configuration) -> Iterator[Failure]:
    days, schedule = "rotation_rules.automatically_after_days", "rotation_rules.schedule_expression"
    expected = f"automatically_after_days = {_MOST_DAYS} or less"
    value = rotation.get(schedule)
    if value not in (None, ""):
        if not _is_often(value):
            yield Failure(written(schedule, value), "a schedule of 90 days or less", at=schedule)
        return
    value = rotation.get(days)
    known = number(value)
    if known is None or not 0 < known <= _MOST_DAYS:
        yield Failure(written(days, value), expected, at=days)


def _is_often(schedule: Any) -> bool:
    """Whether a schedule runs at least every 90 days.

    docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html: `rate(10 days)`, `rate(4 hours)`,
    `cron(minutes hours day month weekday year)`.
    """
    if is_unknown(schedule):
        raise UnknownValueError(schedule)
    rate = re.fullmatch(r"rate\((\d+) (hour|day)s?\)", str(schedule).strip())
    if rate:
        return int(rate[1]) <= _MOST_DAYS * (24 if rate[2] == "hour" else 1)
    cron = re.fullmatch(r"cron\((.*)\)", str(schedule).strip())
    fields = cron[1].split() if cron else []
    return len(fields) == 6 and fields[5] == "*" and _most_months_between(fields[3]) <= 2


_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()


def _most_months_between(field: str) -> int:
    """The longest gap, in months, between two months of a cron expression's month field; 99 if the field cannot be read."""
    months: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        first, _, last = ("1", "-", "12") if span == "*" else span.partition("-")
        try:
            start, end = _month(first), _month(last) if last else 12 if step else _month(first)
            months.update(range(start, end + 1, int(step or 1)))
        except ValueError:
            return 99
    held = sorted(months)
    return max((b - a for a, b in zip(held, [*held[1:], held[0] + 12], strict=True)), default=99) if held else 99


def _month(text: str) -> int:
    return _MONTHS.index(text) + 1 if text in _MONTHS else int(text)


POLICY_NOT_PUBLIC = Control(
    id="secret-policy-not-public",
    title="Secret policies do not allow anonymous access",
    why="any AWS account could read the secret",
    row="secrets-policy-no-public",
    waivable=False,
    fix="Name the principals, or limit Principal '*' by a condition with a fixed value such as aws:PrincipalOrgID.",
)

POLICY_NOT_PUBLIC.check(POLICY, SECRET)(not_public("policy"))

PUBLIC_POLICY_BLOCKED = Control(
    id="secret-public-policy-blocked",
    title="Secrets block public resource policies",
    why="a mistake in the policy would be noticed only after the secret was read",
    row="secrets-policy-no-public",
    fix="Set block_public_policy = true.",
)

PUBLIC_POLICY_BLOCKED.check(POLICY)(
    argument("block_public_policy", is_true, "block_public_policy = true", absent=False)
)
