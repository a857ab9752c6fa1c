"""Security Hub: the account is checked against chosen standards, with one finding for each control, for all regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rules import Region
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["SecurityHub", "SecurityHubConfig"]

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
# Controls on what an account has once, by standard: docs.aws.amazon.com/securityhub/latest/userguide/controls-to-disable.html
# ("Controls that use global resources"), and the page of each standard. IAM.28 is about each region.
_CIS_ON_THE_ACCOUNT = "Account.1 IAM.2 IAM.3 IAM.4 IAM.5 IAM.6 IAM.9 IAM.15 IAM.16 IAM.18 IAM.22 IAM.26 IAM.27".split()
_ON_THE_ACCOUNT = {
    "fsbp": "Account.1 IAM.1 IAM.2 IAM.3 IAM.4 IAM.5 IAM.6 IAM.7 IAM.8 IAM.21".split(),
    "cis-v5": _CIS_ON_THE_ACCOUNT,
    "cis-v3": _CIS_ON_THE_ACCOUNT,
}


class SecurityHubConfig(Config):
    """What a caller may choose about Security Hub."""

    further_standards: tuple[Standard, ...] = ()
    """Standards in addition to AWS's best practices and version 5 of the CIS benchmark; shared checks are charged once."""
    linking_mode: Literal["ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS"] | None = None
    """Show findings of other regions in this one too: of all, current and future, or of some. Set it only in the home
    region of the account."""
    specified_regions: tuple[Region, ...] = ()
    """The regions that `linking_mode` includes or excludes."""
    account_controls: bool = True
    """Check what an account has once, such as its root user, IAM users and contacts. In the other regions of an account
    `False`: each would report the same, at each check, and Config.1 would fail there for IAM, which AWS Config records in one
    region only. Of `further_standards`, `cis-v3` follows it."""
    administrator: Literal["self", "organization"] = "self"
    """`organization` in a member account: only the organization's administrator account for Security Hub may set
    `control_finding_generator` (one finding for each control) and where findings are aggregated."""
    protect: bool = True
    """Terraform refuses to switch Security Hub off; in the `sandbox` environment it does not."""

    def problems(self) -> Iterator[Problem]:
        """Regions are named if the mode needs them, and nothing is named twice."""
        for field in ("further_standards", "specified_regions"):
            values = getattr(self, field)
            if len(set(values)) < len(values):
                yield Problem(field, "names one twice", instead="Remove it")
        if self.linking_mode and self.administrator == "organization":
            # docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-enable.html; AWS answers "A finding
            # aggregator cannot be created by a member account".
            given = f"linking_mode={self.linking_mode!r} and administrator='organization'"
            why = "AWS does not allow a member account to aggregate findings"
            yield Problem("linking_mode", "exclude each other", why, "Remove linking_mode", subject=given)
        wanted = "SPECIFIED" in (self.linking_mode or "")
        if wanted and not self.specified_regions:
            yield Problem(
                "linking_mode",
                "has no regions",
                "AWS would refuse it",
                lambda words: f"Add {words.setting('specified_regions')}",
            )
        if self.specified_regions and not wanted:
            yield Problem(
                "specified_regions",
                "exclude each other",
                "the regions would have no effect",
                lambda words: f"Set {words.setting('linking_mode', 'SPECIFIED_REGIONS')}",
                subject=f"specified_regions={self.specified_regions!r} and linking_mode={self.linking_mode!r}",
            )


@declares(module="security-hub", page="detection")
class SecurityHub(SecureConstruct):
    """The account is checked against AWS's best practices and the CIS benchmark, with one finding for each control.

    Creates the account's Security Hub (CSPM), a subscription for each standard and, in the home region, the aggregator
    for findings of other regions. New controls of a standard are enabled automatically. It works in one region; create
    one for each. Security Hub reads AWS Config, so each region needs a `ConfigRecorder` too.

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
        self,
        scope: Construct,
        id: str,
        config: SecurityHubConfig = SecurityHubConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(
            self, "AWS allows one Security Hub in a region", "Remove one, or pass the provider of another region."
        )
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
            # AWS accepts it from administrators only:
            # docs.aws.amazon.com/securityhub/1.0/APIReference/API_UpdateSecurityHubConfiguration.html
            control_finding_generator="SECURITY_CONTROL" if config.administrator == "self" else None,
        )
        for standard in (*_ALWAYS, *config.further_standards):
            self._subscribe(standard)
        if config.linking_mode:
            self._aggregate()

    def _subscribe(self, standard: str) -> None:
        arn = f"arn:{self.partition}:securityhub:{self.region}::standards/{_STANDARDS[standard]}"
        subscription = Resource(
            self,
            standard,
            "aws_securityhub_standards_subscription",
            depends_on=[self.account],
            standards_arn=arn,
        )
        for control in () if self.config.account_controls else _ON_THE_ACCOUNT.get(standard, ()):
            Resource(
                self,
                f"{standard}-{control.lower().replace('.', '-')}",
                "aws_securityhub_standards_control_association",
                depends_on=[subscription],
                standards_arn=arn,
                security_control_id=control,
                association_status="DISABLED",
                updated_reason="checked in the region where AWS Config records IAM",
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
