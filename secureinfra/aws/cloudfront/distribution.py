"""CloudFront distribution: TLS 1.2, a web ACL, security headers, logs, and buckets that only it can read."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.cloudfront.attachments import (
    certificate_arn,
    demand_attachments,
    refuse_certificate_elsewhere,
    refuse_unused,
    web_acl_arn,
)
from secureinfra.aws.cloudfront.behavior import PATH_PATTERN, BehaviorConfig, complaint_about_methods
from secureinfra.aws.cloudfront.distribution_config import DISTRIBUTION_NAME, DistributionConfig
from secureinfra.aws.cloudfront.logging import deliver_logs, make_log_bucket
from secureinfra.aws.cloudfront.origin import BucketOrigin, HttpsOrigin, Origin
from secureinfra.aws.cloudfront.origins import GROUP, Origins
from secureinfra.aws.cloudfront.response_headers import add_security_headers
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.s3.let_go import let_go_of_bucket
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig
from secureinfra.aws.wiring.edge_region import demand_edge_region, refuse_other_region
from secureinfra.config.rules import is_token
from secureinfra.controls.cloudfront import distribution as cloudfront
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Distribution"]

_WHAT = "a distribution with its web ACL and log delivery"
_Given = SecureBucket | BucketOrigin | HttpsOrigin


@declares(within="static-site", page="web")
class Distribution(SecureConstruct):
    """A CloudFront distribution that viewers reach over TLS 1.2 through a web ACL, and that alone can read its buckets.

    Creates the distribution, the policy with its security headers, the origin access control for buckets, and the
    delivery of its access logs; a web ACL when none is given; a log bucket with a key when none is given. Buckets and
    their keys allow the distribution to read, by its ARN. Log delivery needs provider 5.83 or newer.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        origin: where it fetches content: a bucket, part of one, or a server.
        failover: the secondary origin, used when the first one fails.
        certificate: for the aliases: an ARN, or an object with `arn`, in us-east-1. Going without one needs waivers,
            because CloudFront's own certificate allows TLS 1.0.
        web_acl: of scope `CLOUDFRONT`: an ARN or a `WebAcl`; by default one of its own.
        log_bucket: bucket for the access logs, in any region; by default one of its own.
        key: key of the log bucket and the web ACL's log where they are its own; by default one of their own.
        provider: an additional provider; the distribution's must be one of us-east-1.

    Raises:
        ConfigError: a value is refused; at synthesis, the provider has another region.
        ControlError: there is no certificate, and no waiver for it.

    Example:
        `Distribution(stack, "site", DistributionConfig(aliases=("www.example.com",)), origin=bucket, certificate=certificate)`
    """

    # CloudFront is global: what it needs in us-east-1 is checked where it is used.
    same_region = frozenset[str]()
    config: DistributionConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DistributionConfig = DistributionConfig(),
        *,
        origin: _Given,
        failover: _Given | None = None,
        certificate: HasArn | str | None = None,
        web_acl: WebAcl | HasArn | str | None = None,
        log_bucket: LogBucket | None = None,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._name = config.name or derived_name(self, DISTRIBUTION_NAME)
        self._behaviors: dict[str, dict[str, Any]] = {}
        self._certificate = certificate
        self._key = key
        if key is not None:
            self.let_go("aws_kms_key", "key", given=key)
        refuse_unused(self.path, config, web_acl=web_acl, log_bucket=log_bucket)
        certificate_ = self._certificate_or_waivers()
        web_acl_ = self._web_acl_arn(web_acl)
        self.distribution = self._make_distribution(certificate_, web_acl_)
        self._origins = Origins(self.distribution)
        demand_edge_region(self.distribution, _WHAT)
        demand_attachments(self.distribution, certificate_, None if _knows_its_scope(web_acl) else web_acl_)
        self._access_control = self._make_access_control()
        self._headers = add_security_headers(self, config.response_headers, self._name)
        first = self._origins.take(origin)
        if failover is not None:
            self._origins.stand_in(first, failover)
        self._default = self._behavior(first, config.default_behavior, fails_over=failover is not None)
        if log_bucket is not None or not config.logged:
            let_go_of_bucket(self, "logs", key=("key",), given=log_bucket)
        if config.logged:
            self.log_bucket = log_bucket or make_log_bucket(self, config, self._shared_key())
            deliver_logs(self, self.distribution, self._name, self.log_bucket)

    @property
    def arn(self) -> str:
        """Reference to the distribution's ARN."""
        return self.distribution.ref("arn")

    @property
    def distribution_id(self) -> str:
        """Reference to the distribution's id."""
        return self.distribution.ref("id")

    @property
    def domain_name(self) -> str:
        """Reference to the name under which CloudFront serves it, for alias records."""
        return self.distribution.ref("domain_name")

    @property
    def hosted_zone_id(self) -> str:
        """Reference to the hosted zone of `domain_name`, for alias records."""
        return self.distribution.ref("hosted_zone_id")

    def add_behavior(self, path_pattern: str, origin: _Given, config: BehaviorConfig = BehaviorConfig()) -> None:
        """Serve some paths from another origin, or with other settings; the first pattern that matches applies.

        Args:
            path_pattern: e.g. `/api/*`.
            origin: where these paths are fetched from.
            config: how they are served.

        Raises:
            ConfigError: the pattern is invalid or already used, or the methods do not fit the origin.
        """
        if complaint := PATH_PATTERN.complaint(path_pattern):
            raise ConfigError(f"{self.path}: add_behavior({path_pattern!r}) {complaint}.")
        if path_pattern in self._behaviors:
            raise ConfigError(
                f"{self.path}: add_behavior({path_pattern!r}) is the second for this pattern: it would never apply. Remove one."
            )
        behavior = self._behavior(self._origins.take(origin), config, fails_over=False)
        self.distribution.conditions.extend(config.conditions())
        if is_token(path_pattern):
            self.distribution.demand(
                "path-pattern", path_pattern, PATH_PATTERN.expression, f"path {PATH_PATTERN.message}"
            )
        self._behaviors[path_pattern] = {"path_pattern": path_pattern, **behavior}

    def grant_invalidate(self, grantee: Grantee) -> None:
        """Let a role invalidate the cache, as a deployment must, and nothing else.

        Args:
            grantee: a `SecureRole`; distributions have no policy of their own for an ARN.

        Raises:
            ConfigError: the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_invalidate({grantee!r}) cannot be written: a distribution has no policy of its own. Pass a SecureRole."
            )
        actions = ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation")
        grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,)))

    def document(self) -> dict[str, Any]:
        """As every construct's, once its provider and its certificate's are ones that fit."""
        refuse_other_region(self, _WHAT)
        refuse_certificate_elsewhere(self.path, self._certificate)
        return super().document()

    def _certificate_or_waivers(self) -> str | None:
        if self._certificate is not None:
            return certificate_arn(self.path, self._certificate)
        if self.config.aliases:
            raise ConfigError(
                f"{self.path}: aliases={self.config.aliases} without certificate: CloudFront's own fits none of your domains, and "
                "AWS refuses it. Pass certificate=..., of us-east-1."
            )
        for control in (cloudfront.CUSTOM_CERTIFICATE, cloudfront.TLS_POLICY):
            self.require(control, self.config.waiver(control.id), "no certificate")
        return None

    def _web_acl_arn(self, web_acl: WebAcl | HasArn | str | None) -> str | None:
        if web_acl is not None or not self.config.firewalled:
            # Its own web ACL's record of requests stays, with the key.
            self.let_go("aws_cloudwatch_log_group", "firewall", "log", "log-group", given=web_acl)
            self.let_go("aws_kms_key", "key", given=web_acl)
        if not self.config.firewalled:
            return None
        if web_acl is None:
            chosen = WebAclConfig(name=self._name, scope="CLOUDFRONT", tags=self.config.tags)
            web_acl = WebAcl(self, "firewall", chosen, key=self._shared_key())
        return web_acl_arn(self.path, web_acl)

    def _shared_key(self) -> SecureKey:
        """One key for all logs that are the distribution's own, made on first use."""
        if self._key is None:
            config = self.config
            description = f"{self.path}: logs of a distribution"
            self._key = SecureKey(
                self, "key", KeyConfig(description=description, protect=config.protect, tags=config.tags)
            )
        return self._key

    def _make_access_control(self) -> Resource:
        """Origin access control for buckets; the older origin access identity supports neither KMS nor new regions."""
        return Resource(
            self,
            "access-control",
            "aws_cloudfront_origin_access_control",
            when=lambda: self._origins.has_bucket,
            name=self._name,
            description=f"{self.path}: signs requests to buckets"[:256],
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        )

    def _make_distribution(self, certificate: str | None, web_acl: str | None) -> Resource:
        config = self.config
        return Resource(
            self,
            "distribution",
            "aws_cloudfront_distribution",
            enabled=True,
            comment=self.path[:128],
            aliases=list(config.aliases) or None,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=config.price_class,
            default_root_object=self._root_object,
            web_acl_id=web_acl,
            origin=lambda: self._origins.blocks(self._access_control.ref("id")),
            origin_group=lambda: self._origins.groups(config.failover_status_codes),
            default_cache_behavior=lambda: self._default,
            ordered_cache_behavior=lambda: list(self._behaviors.values()) or None,
            custom_error_response=[page.block() for page in config.error_pages] or None,
            restrictions={"geo_restriction": config.geo_restriction},
            viewer_certificate=_viewer_certificate(certificate),
            tags=config.tags or None,
        )

    def _root_object(self) -> str | None:
        if self._origins.has_bucket or "default_root_object" in self.config.model_fields_set:
            return self.config.default_root_object
        return None

    def _behavior(self, origin: Origin, config: BehaviorConfig, *, fails_over: bool) -> dict[str, Any]:
        config = config.require(self.path)
        if complaint := complaint_about_methods(config, origin, fails_over=fails_over):
            raise ConfigError(
                f"{self.path}: BehaviorConfig allowed_methods={config.allowed_methods!r} does not go {complaint}"
            )
        target = GROUP if fails_over else origin.origin_id
        return config.block(origin, target, self._headers.ref("id"))


def _knows_its_scope(web_acl: object) -> bool:
    return web_acl is None or isinstance(web_acl, WebAcl)


def _viewer_certificate(certificate: str | None) -> dict[str, Any]:
    if certificate is None:
        return {"cloudfront_default_certificate": True}
    # The newest that every provider from 5.92 on takes; 5.100 refuses TLSv1.2_2025 and TLSv1.3_2025.
    return {
        "acm_certificate_arn": certificate,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }
