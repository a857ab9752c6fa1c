"""ACM certificate: validated by DNS, so that AWS renews it, with a strong key and without wildcard names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, last_of
from secureinfra.config.rule import Predicate, matches
from secureinfra.config.rules import TOKEN, Text
from secureinfra.controls.acm import certificate
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["Certificate", "CertificateConfig"]

# docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: no underscore, `*` only as the whole first label.
_DOMAIN = matches(
    r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
    "is not a domain",
    "write it in lower case",
    example="www.example.com",
)
# "The length of the domain name (technically, the Common Name) that you provide cannot exceed 64 octets": ibid.
_SHORT = Predicate(
    lambda name: len(name) <= 64,
    "is longer than the 64 characters of a first name",
    "length({value}) <= 64",
    "name a shorter one here, and this in subject_alternative_names",
)
_LONG = Predicate(
    lambda name: len(name) <= 253,
    "is longer than the 253 characters of a domain",
    "length({value}) <= 253",
    "shorten it",
)
# docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html: up to 32 characters.
_ZONE = matches(r"[A-Z0-9]{1,32}", "is not an id of a hosted zone", example="Z0123456789ABCDEFGHIJ")
# docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
_MOST_NAMES = 100
_WRITTEN_OUT = '!startswith({value}, "*")'


def _written_out(*names: str) -> bool:
    return not any(name.startswith("*") for name in names)


_ONE_NAME = certificate.NO_WILDCARD.keeps(_written_out, _WRITTEN_OUT)


class CertificateConfig(Config):
    """What a caller may choose about a certificate."""

    domain_name: Annotated[str, TOKEN, _DOMAIN, _SHORT, _ONE_NAME]
    """The certificate's primary domain, e.g. `www.example.com`, up to 64 characters. Another one replaces the
    certificate, the new one first."""
    subject_alternative_names: Annotated[
        tuple[Annotated[str, TOKEN, _DOMAIN, _LONG, _ONE_NAME], ...],
        certificate.NO_WILDCARD.keeps(lambda names: _written_out(*names)),
    ] = ()
    """Additional domains; more than 10 in all need a higher quota, up to 100. A change replaces the certificate, the new one first."""
    zone_id: Annotated[Text, _ZONE] | None = None
    """Route 53 hosted zone of all its domains, in which the validation records are created. Without one, create them
    yourself (`validation_records`)."""
    key_algorithm: Literal["EC_prime256v1", "EC_secp384r1", "RSA_2048"] = "EC_prime256v1"
    """Key algorithm; `RSA_2048` for clients from before 2014. CloudFront does not accept `EC_secp384r1`. Another one replaces the
    certificate, the new one first."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Each name once, and not too many."""
        names = self.names
        for twice in sorted({name for name in names if names.count(name) > 1}):
            what = f"hold {twice!r}, which the certificate already covers"
            at = ("subject_alternative_names", last_of(self.subject_alternative_names, twice))
            yield Problem(at, what, "AWS takes each name once", "Remove one", subject="subject_alternative_names")
        if len(names) > _MOST_NAMES:
            what, why = f"make {len(names)} names", f"AWS takes {_MOST_NAMES} at most"
            field = "subject_alternative_names"
            yield Problem(field, what, why, "Make several certificates", subject=field)

    @property
    def names(self) -> tuple[str, ...]:
        """All domains of the certificate."""
        return (self.domain_name, *self.subject_alternative_names)


@declares(module="certificate", page="web")
class Certificate(SecureConstruct):
    """A public certificate that AWS renews automatically, because DNS records validate its domains.

    Creates the certificate, logged to certificate transparency logs and replaced before it is removed. With `zone_id`
    it also creates one validation record for each domain (a wildcard shares the record of its parent domain) and waits
    until AWS has issued the certificate. Public certificates are free. Keep the records: AWS checks them at each
    renewal.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its domains, and where they are validated.
        provider: an additional provider; one of us-east-1 where the certificate is for CloudFront.

    Raises:
        ConfigError: a value is refused.
        ControlError: a name is a wildcard, and no waiver covers it.

    Example:
        `Certificate(stack, "site", CertificateConfig(domain_name="www.example.com", zone_id="Z0123456789ABCDEFGHIJ"))`
    """

    config: CertificateConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: CertificateConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.certificate = Resource(
            self,
            "certificate",
            "aws_acm_certificate",
            create_before_destroy=True,
            domain_name=config.domain_name,
            subject_alternative_names=list(config.subject_alternative_names) or None,
            validation_method="DNS",
            key_algorithm=config.key_algorithm,
            options={"certificate_transparency_logging_preference": "ENABLED"},
            tags=config.tags or None,
        )
        self.validation = self._prove(config.zone_id) if config.zone_id else None

    @property
    def arn(self) -> str:
        """Reference to its ARN, available once AWS has issued it; without `zone_id`, once it is requested."""
        if self.validation is not None:
            return self.validation.ref("certificate_arn")
        return self.certificate.ref("arn")

    @property
    def validation_records(self) -> str:
        """Reference to the records that validate its domains: objects with `resource_record_name`,
        `resource_record_type` and `resource_record_value`, one for each `domain_name`."""
        return self.certificate.ref("domain_validation_options")

    def _prove(self, zone_id: str) -> Resource:
        records = Resource(
            self,
            "record",
            "aws_route53_record",
            for_each=_proven(self.config.names),
            zone_id=zone_id,
            name=self._of_record("resource_record_name"),
            type=self._of_record("resource_record_type"),
            records=[self._of_record("resource_record_value")],
            ttl=300,
            # The record of a name is the same for all certificates of an account, in whichever region and stack:
            # docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
            allow_overwrite=True,
        )
        return Resource(
            self,
            "validation",
            "aws_acm_certificate_validation",
            certificate_arn=self.certificate.ref("arn"),
            validation_record_fqdns=f"${{[for record in {records.address} : record.fqdn]}}",
        )

    def _of_record(self, attribute: str) -> str:
        options = f"{self.certificate.address}.domain_validation_options"
        return f"${{one([for option in {options} : option.{attribute} if option.domain_name == each.value])}}"


def _proven(names: tuple[str, ...]) -> dict[str, str]:
    """Domains whose record is created: the record of `example.com` also validates `*.example.com`."""
    proven: dict[str, str] = {}
    for name in names:
        proven.setdefault(name.removeprefix("*."), name)
    return proven
