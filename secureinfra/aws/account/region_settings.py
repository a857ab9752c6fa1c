"""Settings of services that a region has once: nothing is shared publicly, and what automations run is logged."""

from __future__ import annotations

from typing import Any, Literal

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Data, Resource, SecureConstruct

__all__ = ["RegionSettings", "RegionSettingsConfig"]


class RegionSettingsConfig(Config):
    """What a caller may choose about a region's settings."""

    emr: bool = True
    """Set EMR's block; `False` where AWS does not offer EMR in the region."""
    default_security_groups: Literal["leave", "close"] = "leave"
    """`close` removes every rule of the default VPC's default security group, as EC2.2 and CIS 5.5 require. Whatever still uses
    the group loses its connections at once, and the plan does not list the rules: look before you choose it."""
    protect: bool = True
    """Terraform refuses to destroy the settings; the `sandbox` environment turns it off."""


@declares(module="region-settings", page="account")
class RegionSettings(SecureConstruct):
    """No document of Systems Manager is shared publicly, and EMR refuses clusters that are open to the internet.

    Creates the region's block of public sharing for Systems Manager documents (SSM.7), the destination for logs of scripts that
    its automations run (SSM.6), EMR's block of public access without exceptions (EMR.2) and, on request, a default security
    group without rules in the default VPC (EC2.2), if there is one.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        provider: an additional provider, for another region: each region has settings of its own.

    Raises:
        ConfigError: a value is refused, or the stack has these settings for the region already.

    Example:
        `RegionSettings(stack, "settings", RegionSettingsConfig(default_security_groups="close"))`
    """

    config: RegionSettingsConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: RegionSettingsConfig = RegionSettingsConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "a region has each setting once, and each would overwrite the other's", "Remove one.")
        # docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html#block-public-access
        self.documents = self._set("documents", "documents/console/public-sharing-permission", "Disable")
        # docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-logging.html
        self.automations = self._set("automations", "automation/customer-script-log-destination", "CloudWatch")
        if config.emr:
            # docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html: without ranges, port 22 too.
            self.emr = Resource(
                self,
                "emr",
                "aws_emr_block_public_access_configuration",
                protect=config.protect,
                block_public_security_group_rules=True,
            )
        if config.default_security_groups == "close":
            self._close_default_groups()

    def _set(self, id: str, setting: str, value: str) -> Resource:
        # By ARN, which the provider stores whichever form is given (`internal/service/ssm/service_setting.go`).
        arn = f"arn:{self.partition}:ssm:{self.region}:{self.account_id}:servicesetting/ssm/{setting}"
        return Resource(
            self,
            id,
            "aws_ssm_service_setting",
            protect=self.config.protect,
            setting_id=arn,
            setting_value=value,
        )

    def _close_default_groups(self) -> None:
        """An account may have deleted its default VPC: then there is no group, and nothing is created."""
        found = Data(self, "default-vpcs", "aws_vpcs", filter=[{"name": "isDefault", "values": ["true"]}])
        Resource(
            self,
            "default-group",
            "aws_default_security_group",
            for_each=f"${{toset({found.ref('ids')[2:-1]})}}",
            vpc_id="${each.value}",
            ingress=[],
            egress=[],
        )
