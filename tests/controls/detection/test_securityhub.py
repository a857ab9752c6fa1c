"""Controls on Security Hub."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.detection import securityhub
from tests.controls.judge import failure, status

FSBP = "aws-foundational-security-best-practices/v/1.0.0"
CIS = "cis-aws-foundations-benchmark/v/5.0.0"


def hub(*standards: str, **arguments: Any) -> dict[str, Any]:
    prefix = "arn:${data.aws_partition.current.partition}:securityhub:eu-central-1::standards/"
    subscriptions = {
        f"s{position}": {"standards_arn": standard if standard.startswith("$") else f"{prefix}{standard}"}
        for position, standard in enumerate(standards)
    }
    return {
        "data": {"aws_partition": {"current": {}}},
        "aws_securityhub_account": {"h": arguments},
        "aws_securityhub_standards_subscription": subscriptions,
    }


def test_standards_chosen() -> None:
    control = securityhub.STANDARDS_CHOSEN
    assert status(control, **hub(enable_default_standards=False)) == "passed"
    assert "enable_default_standards is not set (AWS defaults to True)" in failure(control, **hub())
    assert status(control, **hub(enable_default_standards=True)) == "failed"
    assert status(control, variable={"x": {}}, **hub(enable_default_standards="${var.x}")) == "unknown"


def test_best_practices_checked() -> None:
    control = securityhub.BEST_PRACTICES_CHECKED
    assert status(control, **hub(FSBP, enable_default_standards=False)) == "passed"
    assert status(control, **hub()) == "passed"  # among the default ones
    assert "no subscription to AWS Foundational" in failure(control, **hub(CIS, enable_default_standards=False))


@pytest.mark.parametrize(
    ("standard", "answer"),
    [
        (CIS, "passed"),
        ("cis-aws-foundations-benchmark/v/7.0.0", "passed"),
        ("cis-aws-foundations-benchmark/v/10.0.0", "passed"),
        ("cis-aws-foundations-benchmark/v/3.0.0", "failed"),
        ("cis-aws-foundations-benchmark/v/1.4.0", "failed"),
        (FSBP, "failed"),
        ("nist-800-53/v/5.0.0", "failed"),
    ],
)
def test_benchmark_checked(standard: str, answer: str) -> None:
    assert status(securityhub.BENCHMARK_CHECKED, **hub(standard)) == answer


def test_benchmark_checked_without_subscriptions() -> None:
    assert "no subscription to the CIS benchmark" in failure(securityhub.BENCHMARK_CHECKED, **hub())


BOTH = [securityhub.BEST_PRACTICES_CHECKED, securityhub.BENCHMARK_CHECKED]


@pytest.mark.parametrize("control", BOTH)
@pytest.mark.parametrize("standard", ["${var.x}", "${data.aws_partition.current.partition}/${var.x}", "x/${var.x}"])
def test_standard_nobody_knows(control: Control, standard: str) -> None:
    found = hub(standard, enable_default_standards=False)
    assert status(control, variable={"x": {}}, **found) == "unknown"


@pytest.mark.parametrize("control", BOTH)
def test_central_policy_of_the_organisation(control: Control) -> None:
    arns = [f"arn:aws:securityhub:eu-central-1::standards/{standard}" for standard in (FSBP, CIS)]
    central = {"p": {"name": "p", "configuration_policy": [{"service_enabled": True, "enabled_standard_arns": arns}]}}
    held = hub(enable_default_standards=False)
    assert status(control, **held, aws_securityhub_configuration_policy=central) == "passed"
    central["p"]["configuration_policy"][0]["enabled_standard_arns"] = []  # type: ignore[index]
    assert status(control, **held, aws_securityhub_configuration_policy=central) == "failed"


@pytest.mark.parametrize("arns", [None, 1, [None]])
def test_central_policy_without_standards(arns: Any) -> None:
    central = {"p": {"configuration_policy": [{"service_enabled": True, "enabled_standard_arns": arns}]}}
    assert status(securityhub.BENCHMARK_CHECKED, **hub(), aws_securityhub_configuration_policy=central) == "failed"
