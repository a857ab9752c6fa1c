"""Controls on Service Catalog portfolios."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, not_one_of

SHARED_WITHIN = Control(
    id="servicecatalog-portfolio-shared-within",
    title="Service Catalog portfolios are shared within the organization only",
    why="an account that leaves the organization would keep what was shared with it",
    row="servicecatalog-share-in-organization",
    fix='Set type to "ORGANIZATION", "ORGANIZATIONAL_UNIT" or "ORGANIZATION_MEMBER_ACCOUNT".',
)
SHARED_WITHIN.check("aws_servicecatalog_portfolio_share")(
    argument("type", not_one_of("ACCOUNT", None), 'type = "ORGANIZATIONAL_UNIT"')
)
