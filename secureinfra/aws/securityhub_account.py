"""Security Hub: the account is held against chosen standards, one finding for each control, in one place for all regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import Region

Standard = Literal["cis-v3", "nist-800-53-v5", "nist-800-171-v2", "pci-dss-v4"]
# docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
# registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/securityhub_standards_subscription
_STANDARDS = {
    "fsbp": "aws-foundational-security-best-practices/v/1.0.0",
    "cis-v5": "cis-aws-foundations-benchmark/v/5.0.0",
    "cis-v3": "cis-aws-foundations-benchmark/v/3.0.0",
    "nist-800-53-v5": "nist-800-53/v/5.0.0",
    "nist-800-171-v2": "nist-800-171/v/2.0.0",
    "pci-dss-v4": "pci-dss/v/4.0.1",
}
_ALWAYS = ("fsbp", "cis-v5")


class SecurityHubConfig(Config):
    """What a caller may choose about Security Hub."""

    further_standards: tuple[Standard, ...] = ()
    """Standards besides AWS's best practices and version 5 of the CIS benchmark; checks that several share cost once."""
    linking_mode: Literal["ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS"] | None = None
    """Show the findings of other regions in this one too: of all, now and in future, or of some. Set it in one region of the
    account only, the home region."""
    specified_regions: tuple[Region, ...] = ()
    """The regions that `linking_mode` takes or leaves out."""
    administrator: Literal["self", "organization"] = "self"
    """`organization` in a member account: that every control has one finding (`control_finding_generator`) and where
    findings are gathered, only the organisation's administrator account for Security Hub may decide."""
    protect: bool = True
    """Terraform refuses to switch Security Hub off; in the `sandbox` environment it does not."""

    def problems(self) -> Iterator[str]:
        """Regions are named where the mode speaks of them, and nothing twice."""
        for field in ("further_standards", "specified_regions"):
            values = getattr(self, field)
            if len(set(values)) < len(values):
                yield f"{field}={values!r} names one twice: remove it."
        if self.linking_mode and self.administrator == "organization":
            # docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-enable.html; AWS answers "A finding
            # aggregator cannot be created by a member account".
            yield (
                f"linking_mode={self.linking_mode!r} and administrator='organization' exclude each other: AWS lets no member "
                "account gather findings. Remove linking_mode."
            )
        wanted = "SPECIFIED" in (self.linking_mode or "")
        if wanted and not self.specified_regions:
            yield f"linking_mode={self.linking_mode!r} has no regions: AWS would refuse it. Add specified_regions=(...)."
        if self.specified_regions and not wanted:
            yield (
                f"specified_regions={self.specified_regions!r} and linking_mode={self.linking_mode!r} exclude each other: "
                "nobody would look at the regions. Set linking_mode='SPECIFIED_REGIONS'."
            )


class SecurityHub(SecureConstruct):
    """The account is held against AWS's best practices and the CIS benchmark, each control with one finding.

    Creates the account's Security Hub (CSPM), a subscription for each standard and, in the home region, the aggregator that
    gathers the findings of others. New controls of a standard are switched on by themselves. It works in one region; make
    one for each. Security Hub reads AWS Config, so that a `ConfigRecorder` belongs beside it.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `SecurityHub(stack, "hub", SecurityHubConfig(further_standards=("pci-dss-v4",), linking_mode="ALL_REGIONS"))`
    """

    config: SecurityHubConfig

    def __init__(
        self, scope: Construct, id: str, config: SecurityHubConfig = SecurityHubConfig(), *, provider: Any = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.account = Resource(
            self,
            "account",
            "aws_securityhub_account",
            # Without it AWS deletes the findings after 90 days.
            # docs.aws.amazon.com/securityhub/latest/userguide/securityhub-disable.html
            protect=config.protect,
            enable_default_standards=False,
            auto_enable_controls=True,
            # docs.aws.amazon.com/securityhub/latest/userguide/controls-findings-create-update.html#consolidated-control-findings
            # AWS takes it from administrators alone:
            # docs.aws.amazon.com/securityhub/1.0/APIReference/API_UpdateSecurityHubConfiguration.html
            control_finding_generator="SECURITY_CONTROL" if config.administrator == "self" else None,
        )
        for standard in (*_ALWAYS, *config.further_standards):
            self._subscribe(standard)
        if config.linking_mode:
            self._aggregate()

    def _subscribe(self, standard: str) -> None:
        Resource(
            self,
            standard,
            "aws_securityhub_standards_subscription",
            depends_on=[self.account],
            standards_arn=f"arn:{self.partition}:securityhub:{self.region}::standards/{_STANDARDS[standard]}",
        )

    def _aggregate(self) -> None:
        Resource(
            self,
            "aggregator",
            "aws_securityhub_finding_aggregator",
            depends_on=[self.account],
            linking_mode=self.config.linking_mode,
            specified_regions=list(self.config.specified_regions) or None,
        )
