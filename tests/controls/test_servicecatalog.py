"""Controls on Service Catalog portfolios."""

import pytest

from secureinfra.controls import servicecatalog
from tests.controls.spec import Spec, switch

SHARE = "aws_servicecatalog_portfolio_share"
THIS = {"portfolio_id": "p", "principal_id": "o"}
SPECS = [switch(servicecatalog.SHARED_WITHIN, SHARE, "type", THIS, value="ORGANIZATIONAL_UNIT", wrong=["ACCOUNT"])]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
