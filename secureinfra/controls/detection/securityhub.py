"""Controls on Security Hub."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_false, is_true
from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_ACCOUNT = "aws_securityhub_account"
_FSBP = re.compile(r"/aws-foundational-security-best-practices/v/1\.\d+\.\d+$")
# Version 5 and later.
_CIS = re.compile(r"/cis-aws-foundations-benchmark/v/(?:[5-9]|\d\d+)\.\d+\.\d+$")

STANDARDS_CHOSEN = Control(
    id="securityhub-standards-chosen",
    title="Security Hub standards are chosen explicitly, without the defaults",
    why="the defaults include an outdated version of the CIS benchmark and change without notice",
    row="securityhub-enabled",
    fix="Set enable_default_standards = false, and write an aws_securityhub_standards_subscription for each standard.",
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
    title="Security Hub checks AWS Foundational Security Best Practices",
    why="insecure settings of resources would not be reported",
    row="securityhub-enabled",
    fix="Write an aws_securityhub_standards_subscription for aws-foundational-security-best-practices/v/1.0.0.",
)


# The configuration that enables Security Hub also subscribes to the standards; a central policy of the organization
# would be in the same configuration.
@BEST_PRACTICES_CHECKED.check(_ACCOUNT)
def _best_practices_checked(account: Block, configuration: Configuration) -> Iterator[Failure]:
    # They are among the default standards.
    if not is_true(account.get("enable_default_standards", True)) and not _subscribed(_FSBP, account, configuration):
        yield Failure(
            "no subscription to AWS Foundational Security Best Practices",
            'standards_arn = "arn:aws:securityhub:REGION::standards/aws-foundational-security-best-practices/v/1.0.0"',
        )


BENCHMARK_CHECKED = Control(
    id="securityhub-benchmark-checked",
    title="Security Hub checks the current CIS AWS Foundations Benchmark",
    why="deviations from the benchmark that auditors use would not be reported",
    row="securityhub-enabled",
    fix="Write an aws_securityhub_standards_subscription for cis-aws-foundations-benchmark/v/5.0.0.",
)


@BENCHMARK_CHECKED.check(_ACCOUNT)
def _benchmark_checked(account: Block, configuration: Configuration) -> Iterator[Failure]:
    if not _subscribed(_CIS, account, configuration):
        yield Failure(
            "no subscription to the CIS benchmark, version 5.0.0 or later",
            'standards_arn = "arn:aws:securityhub:REGION::standards/cis-aws-foundations-benchmark/v/5.0.0"',
        )


def _subscribed(standard: re.Pattern[str], account: Block, configuration: Configuration) -> bool:
    ways: tuple[tuple[str, Callable[[Block], bool]], ...] = (
        ("aws_securityhub_standards_subscription", lambda block: _names(block.get("standards_arn"), standard)),
        (
            "aws_securityhub_configuration_policy",
            lambda policy: any_of(_standards_of(policy), lambda arn: _names(arn, standard)),
        ),
    )
    return any_of(ways, lambda way: configuration.is_there(way[0], test=way[1], beside=account))


def _standards_of(policy: Block) -> list[Any]:
    arns = policy.get("configuration_policy.enabled_standard_arns")
    return arns if isinstance(arns, list) else [arns]


def _names(arn: Any, standard: re.Pattern[str]) -> bool:
    # Partition and region may be references; the end of the ARN decides.
    text = text_of(arn)
    if standard.search(text):
        return True
    if is_unknown(arn) and (text.endswith("}") or not text.startswith("arn:")):
        raise UnknownValueError(arn)
    return False
