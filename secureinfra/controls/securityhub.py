"""Controls on Security Hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_false, is_true
from secureinfra.controls.verdict import Failure, any_of
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_ACCOUNT = "aws_securityhub_account"
_FSBP = re.compile(r"/aws-foundational-security-best-practices/v/1\.\d+\.\d+$")
# The fifth version and those after it.
_CIS = re.compile(r"/cis-aws-foundations-benchmark/v/(?:[5-9]|\d\d+)\.\d+\.\d+$")

STANDARDS_CHOSEN = Control(
    id="securityhub-standards-chosen",
    title="The standards are chosen, not AWS's default ones",
    why="the default brings an outdated version of the CIS benchmark and changes without notice",
    row="securityhub-enabled",
    mend="Set enable_default_standards = false, and write an aws_securityhub_standards_subscription for each standard.",
)

STANDARDS_CHOSEN.check(_ACCOUNT)(
    argument(
        "enable_default_standards",
        lambda value: value is not None and is_false(value),
        "enable_default_standards = false",
        absent=True,
    )
)

BEST_PRACTICES_CHECKED = Control(
    id="securityhub-best-practices-checked",
    title="The account is held against AWS's best practices",
    why="nobody would be told that a resource is set up unsafely",
    row="securityhub-enabled",
    mend="Write an aws_securityhub_standards_subscription for aws-foundational-security-best-practices/v/1.0.0.",
)


# The configuration that switches Security Hub on says what it checks; where the organisation's central policy says so,
# that stands in the same configuration or the standards are not there.
@BEST_PRACTICES_CHECKED.check(_ACCOUNT)
def _best_practices_checked(account: Block, configuration: Configuration) -> Iterator[Failure]:
    # They are among the default standards.
    if not is_true(account.get("enable_default_standards", True)) and not _subscribed(_FSBP, configuration):
        yield Failure(
            "no subscription of the AWS Foundational Security Best Practices",
            'standards_arn = "arn:aws:securityhub:REGION::standards/aws-foundational-security-best-practices/v/1.0.0"',
        )


BENCHMARK_CHECKED = Control(
    id="securityhub-benchmark-checked",
    title="The account is held against the current CIS benchmark",
    why="nobody would be told where the account falls short of what auditors ask for",
    row="securityhub-enabled",
    mend="Write an aws_securityhub_standards_subscription for cis-aws-foundations-benchmark/v/5.0.0.",
)


@BENCHMARK_CHECKED.check(_ACCOUNT)
def _benchmark_checked(account: Block, configuration: Configuration) -> Iterator[Failure]:
    if not _subscribed(_CIS, configuration):
        yield Failure(
            "no subscription of the CIS benchmark of version 5.0.0 or later",
            'standards_arn = "arn:aws:securityhub:REGION::standards/cis-aws-foundations-benchmark/v/5.0.0"',
        )


def _subscribed(standard: re.Pattern[str], configuration: Configuration) -> bool:
    subscriptions = configuration.of_type("aws_securityhub_standards_subscription")
    if any_of(subscriptions, lambda block: _names(block.get("standards_arn"), standard)):
        return True
    return any_of(
        configuration.of_type("aws_securityhub_configuration_policy"),
        lambda policy: any_of(_standards_of(policy), lambda arn: _names(arn, standard)),
    )


def _standards_of(policy: Block) -> list[Any]:
    arns = policy.get("configuration_policy.enabled_standard_arns")
    return arns if isinstance(arns, list) else [arns]


def _names(arn: Any, standard: re.Pattern[str]) -> bool:
    # Partition and region may be references; the end is what counts.
    text = text_of(arn)
    if standard.search(text):
        return True
    if is_unknown(arn) and (text.endswith("}") or not text.startswith("arn:")):
        raise UnknownValueError(arn)
    return False
