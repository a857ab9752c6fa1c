"""Static site: a private bucket behind CloudFront, under your domains, with a web ACL, headers, logs and deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    AccountTrust,
    Arn,
    AwsProvider,
    BucketConfig,
    Certificate,
    CertificateConfig,
    Config,
    Construct,
    Distribution,
    DistributionConfig,
    ErrorPage,
    ExistingRole,
    ExistingRoleConfig,
    GitHubTrust,
    KeyConfig,
    LogRetention,
    Number,
    Problem,
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
)


class StaticSiteConfig(Config):
    """What a caller may choose about a static site."""

    domain_names: tuple[Text, ...] = ()
    """Domains of the site, e.g. `[www.example.com, example.com]`; keep the first one first, or the certificate is replaced.
    Having none needs waivers, since CloudFront's own certificate allows TLS 1.0."""
    zone_id: Text | None = None
    """Route 53 hosted zone of all the domains: it gets the certificate's validation records and the site's alias records.
    Without it, you create these records yourself. Another zone replaces the records."""
    certificate_arn: Arn | None = None
    """An existing certificate for the domains, in us-east-1; by default one is created."""
    key_algorithm: Literal["EC_prime256v1", "RSA_2048"] = "EC_prime256v1"
    """Key algorithm of the certificate; `RSA_2048` for clients from before 2014. Another one replaces the certificate, new one first."""
    default_root_object: Text = "index.html"
    """Object that is returned for `/`; folders have no index, so link to `about/index.html`."""
    error_pages: tuple[ErrorPage, ...] = ()
    """Pages to return instead of errors; the bucket returns 403 for missing objects:
    `{error_code: 403, response_page_path: /404.html, response_code: 404}`."""
    response_headers: ResponseHeadersConfig = ResponseHeadersConfig()
    """Security headers of every response; `content_security_policy` says where pages may load from, by default the site itself
    only."""
    allowed_countries: tuple[Text, ...] = ()
    """Only viewers in these countries are served, e.g. `[DE, AT, CH]`."""
    denied_countries: tuple[Text, ...] = ()
    """Viewers in these countries are not served."""
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """Which edge locations it uses: Europe and North America, more, or all; other viewers are served from farther away."""
    firewall: WebAclConfig = WebAclConfig(scope="CLOUDFRONT")
    """The web ACL in front of the site; start with `mode: count` to see what it would block."""
    deploy_trust: ServiceTrust | AccountTrust | GitHubTrust | SamlTrust | None = None
    """Trust for a separate deployment role: `{kind: github, repositories: [acme/site], environments: [production]}`."""
    deploy_role: ExistingRoleConfig | None = None
    """An existing deployment role: `{arn: "arn:aws:iam::111122223333:role/deploy"}`."""
    noncurrent_days: Annotated[Number, between(1, 36500, "days")] = 90
    """Days after which a replaced or deleted page expires and can no longer be restored."""
    log_retention_days: LogRetention = 365
    """How long requests and the web ACL's log are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Terraform refuses to destroy buckets and keys; the `sandbox` environment turns this off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What the parts would refuse, told at once with the rest."""
        yield from self.refusals(self.bucket(), self.distribution(), self.certificate(), self.web_acl())
        yield from self._domain_problems()
        if self.deploy_trust and self.deploy_role:
            given = "deploy_trust and deploy_role"
            yield Problem(
                "deploy_role", "exclude each other", "one role deploys", "Remove one of the two", subject=given
            )
        if self.firewall.scope != "CLOUDFRONT" and "scope" in self.firewall.model_fields_set:
            why = "a site takes 'CLOUDFRONT'"
            yield Problem(("firewall", "scope"), "guards load balancers", why, "Leave scope out")
        for number, waiver in enumerate(self.waivers):
            if not waiver.control.startswith(("acm-", "cloudfront-")):
                what = f"names {waiver.control!r}, which no setting here breaks"
                advice = "Remove it, or write it beside its part"
                yield Problem(("waivers", number), what, instead=advice, subject="waivers")

    def _domain_problems(self) -> Iterator[Problem]:
        for field in ("zone_id", "certificate_arn"):
            if getattr(self, field) is not None and not self.domain_names:
                what, advice = "without domain_names would do nothing", "Name the domains, or leave it out"
                yield Problem(field, what, instead=advice, subject=field)
        if self.certificate_arn is not None and "key_algorithm" in self.model_fields_set:
            given, why = "key_algorithm and certificate_arn", "that certificate has its key"
            yield Problem("key_algorithm", "exclude each other", why, "Remove one of the two", subject=given)

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
    """A static site over TLS behind a web ACL, from a private bucket that only CloudFront reads.

    Creates a private bucket with its key and access log in the stack's region; and in us-east-1, from where CloudFront
    is managed, the distribution with security headers and access control, the web ACL, the certificate, the logs of
    both and one key for them. With `zone_id` the records that validate the certificate and point to the site; for
    deployments, a role or grants on one, to read, put and delete pages and to invalidate the cache.

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
        self,
        scope: Construct,
        id: str,
        config: StaticSiteConfig,
        *,
        edge: Any = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        edge = edge or AwsProvider.for_region(self, "us-east-1")
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
        """Reference to the id of the distribution, for invalidations after a deployment."""
        return self.distribution.distribution_id

    @property
    def domain_name(self) -> str:
        """Reference to the name under which CloudFront serves the site, for records in DNS."""
        return self.distribution.domain_name

    @property
    def validation_records(self) -> str | None:
        """Reference to the certificate's validation records; empty if they are created here or the certificate is given."""
        if self.certificate is None or self.config.zone_id is not None:
            return None
        return self.certificate.validation_records

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
