"""Web ACL of AWS WAF: common attacks, bad senders and floods of requests are stopped, counted and logged."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.wafv2.association import GUARDED, arn_to_guard, association_id
from secureinfra.aws.wafv2.logging import log_requests
from secureinfra.aws.wafv2.rules import rules, visibility
from secureinfra.aws.wafv2.web_acl_config import WEB_ACL_NAME, WebAclConfig
from secureinfra.aws.wiring.edge_region import demand_edge_region, refuse_other_region
from secureinfra.config.rules import is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import HasArn, Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError

__all__ = ["WebAcl"]

_WHAT = "a web ACL of scope CLOUDFRONT"


@declares(module="web-acl", page="web")
class WebAcl(SecureConstruct):
    """A web ACL that blocks common attacks, known bad inputs and floods of requests.

    Creates the web ACL with AWS's rules against common attacks, known bad inputs, SQL injection and senders of bad
    reputation, and a limit on the requests of each address; IP sets for the networks that are named; a log group
    `aws-waf-logs-...` with a key when none is given, in which every request is written without its credentials; and,
    once in a stack, the policy that lets AWS write there. AWS charges 5 USD a month for it, 1 USD for each rule (6 here)
    and 0.60 USD for a million requests.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key of the log group; by default one of its own (1 USD a month, 3 after two rotations).
        provider: an additional provider; one of us-east-1 for scope `CLOUDFRONT`.

    Raises:
        ConfigError: a value is refused; at synthesis, scope `CLOUDFRONT` has a provider of another region.

    Example:
        `WebAcl(stack, "firewall", WebAclConfig(mode="count")).associate(load_balancer)`
    """

    config: WebAclConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: WebAclConfig = WebAclConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._name = config.name or derived_name(self, WEB_ACL_NAME)
        self._ip_sets: dict[str, str] = {}
        self.web_acl = Resource(
            self,
            "web-acl",
            "aws_wafv2_web_acl",
            name=self._name,
            scope=config.scope,
            default_action={"allow": {}},
            rule=lambda: rules(config, self._ip_sets),
            visibility_config=visibility(self._name),
            tags=config.tags or None,
        )
        if config.scope == "CLOUDFRONT":
            demand_edge_region(self.web_acl, _WHAT)
        self._make_ip_sets()
        self.log_group = log_requests(self, config, self.web_acl, self._name, key)

    @property
    def arn(self) -> str:
        """Reference to the web ACL's ARN."""
        return self.web_acl.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the web ACL's name, under which CloudWatch counts."""
        return self.web_acl.ref("name")

    def associate(self, resource: HasArn | str, *, id: str | None = None) -> None:
        """Protect an application load balancer, a stage of a REST API, a GraphQL API or a user pool.

        Args:
            resource: an object with `arn`, or an ARN, in the web ACL's region; AWS lets it have one web ACL.
            id: what the association is called in its address; by default what it guards, in words. A token of the engine
                needs one.

        Raises:
            ConfigError: a web ACL of this scope cannot guard it, or it is guarded already.
        """
        arn = arn_to_guard(self.path, self.config.scope, resource)
        id = association_id(self.path, resource, id)
        if id in self.resources:
            raise ConfigError(
                f"{self.path}: associate({arn!r}) would be the second {id!r}: each needs an id of its own. Add id='...'."
            )
        association = Resource(self, id, "aws_wafv2_web_acl_association", web_acl_arn=self.arn, resource_arn=arn)
        if is_token(arn):
            association.demand(f"{id}-resource", arn, GUARDED.expression, f"{id} {GUARDED.message}")

    def document(self) -> dict[str, Any]:
        """As every construct's, once its provider is one that fits."""
        if self.config.scope == "CLOUDFRONT":
            refuse_other_region(self, _WHAT)
        return super().document()

    def _make_ip_sets(self) -> None:
        for kind in ("allowed", "denied"):
            for version in ("ipv4", "ipv6"):
                field = f"{kind}_{version}_cidrs"
                if cidrs := getattr(self.config, field):
                    self._ip_sets[field] = self._ip_set(f"{kind}-{version}", version.upper(), cidrs).ref("arn")

    def _ip_set(self, id: str, version: str, cidrs: tuple[str, ...]) -> Resource:
        return Resource(
            self,
            id,
            "aws_wafv2_ip_set",
            name=f"{self._name}-{id}"[-128:],
            scope=self.config.scope,
            ip_address_version=version,
            addresses=list(cidrs),
            tags=self.config.tags or None,
        )
