"""Instance types by whether AWS optimizes their volumes."""

import pytest

from secureinfra.facts.ebs_optimized import cannot_be_ebs_optimized, is_ebs_optimized_by_default


@pytest.mark.parametrize(
    ("kind", "by_default", "never"),
    [
        ("t3.nano", True, False),
        ("m8i-flex.large", True, False),
        ("m3.xlarge", False, False),
        ("m3.medium", False, True),
        ("t2.micro", False, True),
        ("r3.4xlarge", False, False),
        ("newer9.large", False, False),
    ],
)
def test_support_by_type(kind: str, by_default: bool, never: bool) -> None:
    assert (is_ebs_optimized_by_default(kind), cannot_be_ebs_optimized(kind)) == (by_default, never)
