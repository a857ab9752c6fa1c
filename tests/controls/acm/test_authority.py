"""Controls on certificate authorities."""

import pytest

from secureinfra.controls.acm import authority
from tests.controls.spec import Spec, switch

SPECS = [
    switch(
        authority.ROOT_DISABLED,
        "aws_acmpca_certificate_authority",
        "enabled",
        {"type": "ROOT"},
        value=False,
        wrong=[True],
        unknown=["type"],
        spared=[{"type": None}, {"type": "SUBORDINATE", "enabled": True}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
