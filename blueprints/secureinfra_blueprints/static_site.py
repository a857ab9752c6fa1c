"""Static site: a private bucket behind CloudFront, under your domains, with a firewall, headers, logs and a way to deploy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra import (
    AccountTrust,
    Arn,
    AwsProvider,
    BucketConfig,
    Certificate,
    CertificateConfig,
    Config,
    ConfigError,
    Distribution,
    DistributionConfig,
    ErrorPage,
    ExistingRole,
    ExistingRoleConfig,
    GitHubTrust,
    KeyConfig,
    Number,
    Resource,
    ResponseHeadersConfig,
    RoleConfig,
    SamlTrust,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureRole,
    ServiceTrust,
    Text,
    Waiver,
    WebAcl,
    WebAclConfig,
    between,
    one_of,
)

EDGE_REGION = "us-east-1"
_YEAR_AND_LONGER = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


class StaticSiteConfig(Config):
    """What a caller may choose about a static site."""

    domain_names: tuple[Text, ...] = ()
    """Domains it is reached under, e.g. `[www.example.com, example.com]`; the first stays first, or the certificate is replaced.
    None takes waivers, since CloudFront's own certificate allows TLS 1.0."""
    zone_id: Text | None = None
    """Hosted zone of Route 53 that holds all the domains: the certificate is proven in it, and the domains lead to the site.
    Without one these records are yours to write."""
    certificate_arn: Arn | None = None
    """A certificate for the domains that is there already, of us-east-1; by default one is made."""
    key_algorithm: Literal["EC_prime256v1", "RSA_2048"] = "EC_prime256v1"
    """Key of the certificate; `RSA_2048` for clients from before 2014."""
    default_root_object: Text = "index.html"
    """What a request for `/` gets; folders have no such thing, so link to `about/index.html`."""
    error_pages: tuple[ErrorPage, ...] = ()
    """What visitors get instead of errors; the bucket answers 403 where it has no such object:
    `{error_code: 403, response_page_path: /404.html, response_code: 404}`."""
    response_headers: ResponseHeadersConfig = ResponseHeadersConfig()
    """What browsers are told with every answer; `content_security_policy` names where pages load from, by default from the site
    itself only."""
    allowed_countries: tuple[Text, ...] = ()
    """Only visitors of these countries are served, e.g. `[DE, AT, CH]`."""
    denied_countries: tuple[Text, ...] = ()
    """Visitors of these countries are not served."""
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """How far it reaches: Europe and North America, more, or everywhere; everybody is served, some from farther away."""
    firewall: WebAclConfig = WebAclConfig(scope="CLOUDFRONT")
    """What is stopped before it reaches the site; `mode: count` for a first look."""
    deploy_trust: ServiceTrust | AccountTrust | GitHubTrust | SamlTrust | None = None
    """Who deploys, as a role of its own: `{kind: github, repositories: [acme/site], environments: [production]}`."""
    deploy_role: ExistingRoleConfig | None = None
    """Who deploys, as a role that is there already: `{arn: "arn:aws:iam::111122223333:role/deploy"}`."""
    noncurrent_days: Annotated[Number, between(1, 36500, "days")] = 90
    """Days after which a replaced or deleted page expires, and can be restored no more."""
    log_retention_days: Annotated[Number, one_of(*_YEAR_AND_LONGER)] = 365
    """How long requests and the web ACL's log are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Nobody deletes buckets and keys by mistake; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """What the parts would refuse, told at once with the rest."""
        for part in (self.bucket(), self.distribution(), self.certificate(), self.web_acl()):
            try:
                _ = part.tags if part else None
            except ConfigError as error:
                # One problem a line; what to do about it may follow, indented.
                yield from re.split(r"\n(?! )", str(error))
        yield from self._domain_problems()
        if self.deploy_trust and self.deploy_role:
            yield "deploy_trust and deploy_role exclude each other: one role deploys. Remove one of the two."
        if self.firewall.scope != "CLOUDFRONT" and "scope" in self.firewall.model_fields_set:
            yield "firewall.scope='REGIONAL' guards load balancers: a site takes 'CLOUDFRONT'. Leave scope out."
        for waiver in self.waivers:
            if not waiver.control.startswith(("acm-", "cloudfront-")):
                yield f"waivers names {waiver.control!r}, which no setting here breaks. Remove it, or write it beside its part."

    def _domain_problems(self) -> Iterator[str]:
        for field in ("zone_id", "certificate_arn"):
            if getattr(self, field) is not None and not self.domain_names:
                yield f"{field} without domain_names would do nothing. Name the domains, or leave it out."
        if self.certificate_arn is not None and "key_algorithm" in self.model_fields_set:
            yield "key_algorithm and certificate_arn exclude each other: that certificate has its key. Remove one of the two."

    def bucket(self) -> BucketConfig:
        """The bucket's part."""
        return BucketConfig(
            key_required=True, noncurrent_days=self.noncurrent_days, protect=self.protect, tags=self.tags
        )

    def distribution(self) -> DistributionConfig:
        """The distribution's part."""
        return DistributionConfig(
            aliases=self.domain_names,
            default_root_object=self.default_root_object,
            response_headers=self.response_headers,
            error_pages=self.error_pages,
            allowed_countries=self.allowed_countries,
            denied_countries=self.denied_countries,
            price_class=self.price_class,
            log_retention_days=self.log_retention_days,
            protect=self.protect,
            tags=self.tags,
            waivers=self._waivers("cloudfront-"),
        )

    def certificate(self) -> CertificateConfig | None:
        """The certificate's part, where one is made."""
        if not self.domain_names or self.certificate_arn is not None:
            return None
        first, *others = self.domain_names
        return CertificateConfig(
            domain_name=first,
            subject_alternative_names=tuple(others),
            zone_id=self.zone_id,
            key_algorithm=self.key_algorithm,
            tags=self.tags,
            waivers=self._waivers("acm-"),
        )

    def web_acl(self) -> WebAclConfig:
        """The web ACL's part."""
        given = {name: getattr(self.firewall, name) for name in self.firewall.model_fields_set}
        days, tags = self.log_retention_days, {**self.tags, **self.firewall.tags}
        return WebAclConfig(**{"log_group_retention_days": days, **given, "scope": "CLOUDFRONT", "tags": tags})

    def _waivers(self, kind: str) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))


class StaticSite(SecureConstruct):
    """A site that visitors reach over TLS through a firewall, from a bucket that nobody else reads.

    Creates a private bucket with its key and access log in the stack's region; and in us-east-1, from where CloudFront is
    managed, the distribution with security headers and access control, the web ACL, the certificate, the logs of both and
    one key for them. With `zone_id` the records that prove the certificate and lead to the site; for whoever deploys, a role
    or grants on one, to read, put and delete pages and to have CloudFront forget old ones.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: domains, and what to choose.
        edge: a provider for us-east-1; by default one like the stack's, with the same account, role and tags.
        provider: an additional provider, for the region or account of the bucket.

    Raises:
        ConfigError: a value is refused, or the stack has no `AwsProvider` which that of us-east-1 could be like.
        ControlError: there is no domain, and no waiver for it.

    Example:
        `StaticSite(stack, "site", StaticSiteConfig(domain_names=("www.example.com",), zone_id="Z0123456789ABCDEFGHIJ"))`
    """

    config: StaticSiteConfig

    def __init__(
        self, scope: Construct, id: str, config: StaticSiteConfig, *, edge: Any = None, provider: Any = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        edge = edge or self._edge()
        self.bucket = SecureBucket(self, "pages", config.bucket())
        about = KeyConfig(description=f"{self.path}: logs of the site", protect=config.protect, tags=config.tags)
        logs_key = SecureKey(self, "edge-key", about, provider=edge)
        wanted = config.certificate()
        self.certificate = Certificate(self, "certificate", wanted, provider=edge) if wanted else None
        self.firewall = WebAcl(self, "firewall", config.web_acl(), key=logs_key, provider=edge)
        self.distribution = Distribution(
            self,
            "distribution",
            config.distribution(),
            origin=self.bucket,
            certificate=self.certificate or config.certificate_arn,
            web_acl=self.firewall,
            key=logs_key,
            provider=edge,
        )
        if config.zone_id:
            self._lead_to_the_site(config.zone_id)
        self.deployer = self._let_deploy()

    @property
    def bucket_name(self) -> str:
        """Reference to the name of the bucket that pages are put into."""
        return self.bucket.bucket_id

    @property
    def distribution_id(self) -> str:
        """Reference to the id of the distribution, by which a deployment has old pages forgotten."""
        return self.distribution.distribution_id

    @property
    def domain_name(self) -> str:
        """Reference to the name under which CloudFront serves the site, for records in DNS."""
        return self.distribution.domain_name

    @property
    def validation_records(self) -> str | None:
        """Reference to the records that prove the certificate's names; nothing where they are written, or it is none of ours."""
        if self.certificate is None or self.config.zone_id is not None:
            return None
        return self.certificate.validation_records

    def _edge(self) -> AwsProvider | str | None:
        """A provider of us-east-1: the construct's own where it is one, else a further one that is like it."""
        own = AwsProvider.of(self)
        if own is not None and own.config.region == EDGE_REGION:
            return own
        return AwsProvider.for_region(self, EDGE_REGION)

    def _lead_to_the_site(self, zone_id: str) -> None:
        """Alias records, which cost nothing to ask for, and work for the zone's own domain too."""
        for id, type in (("ipv4", "A"), ("ipv6", "AAAA")):
            Resource(
                self,
                id,
                "aws_route53_record",
                for_each={name: name for name in self.config.domain_names},
                zone_id=zone_id,
                name="${each.value}",
                type=type,
                alias={
                    "name": self.distribution.domain_name,
                    "zone_id": self.distribution.hosted_zone_id,
                    "evaluate_target_health": False,
                },
            )

    def _let_deploy(self) -> SecureRole | ExistingRole | None:
        config = self.config
        role: SecureRole | ExistingRole
        if config.deploy_role is not None:
            role = ExistingRole(self, "deploy", config.deploy_role)
        elif config.deploy_trust is not None:
            about = f"{self.path}: deploys pages"
            role = SecureRole(
                self, "deploy", RoleConfig(trust=config.deploy_trust, description=about, tags=config.tags)
            )
        else:
            return None
        self.bucket.grant_read_write(role)
        self.bucket.grant_delete(role)
        self.distribution.grant_invalidate(role)
        return role
