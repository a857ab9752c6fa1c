"""Certificate of AWS Certificate Manager: proven by DNS, so that AWS renews it, with a strong key, for written-out names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config import Config
from secureinfra.controls import certificate
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import TOKEN, Rule, Text, matches

# docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: no underscore, `*` only as the whole first label.
_DOMAIN = matches(
    r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
    "is no domain: write it in lower case, e.g. 'www.example.com'",
)
# "The length of the domain name (technically, the Common Name) that you provide cannot exceed 64 octets": ibid.
_SHORT = Rule(
    lambda name: len(name) <= 64,
    "is longer than the 64 characters of a first name: name a shorter one here, and this in subject_alternative_names",
    "length({value}) <= 64",
)
_LONG = Rule(
    lambda name: len(name) <= 253, "is longer than the 253 characters of a domain: shorten it", "length({value}) <= 253"
)
# docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html: up to 32 characters.
_ZONE = matches(r"[A-Z0-9]{1,32}", "is no id of a hosted zone: write e.g. 'Z0123456789ABCDEFGHIJ'")
# docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
_MOST_NAMES = 100
_WRITTEN_OUT = '!startswith({value}, "*")'


def _written_out(*names: str) -> bool:
    return not any(name.startswith("*") for name in names)


_ONE_NAME = certificate.NO_WILDCARD.keeps(_written_out, _WRITTEN_OUT)


class CertificateConfig(Config):
    """What a caller may choose about a certificate."""

    domain_name: Annotated[str, TOKEN, _DOMAIN, _SHORT, _ONE_NAME]
    """The first name it is for, e.g. `www.example.com`, up to 64 characters."""
    subject_alternative_names: Annotated[
        tuple[Annotated[str, TOKEN, _DOMAIN, _LONG, _ONE_NAME], ...],
        certificate.NO_WILDCARD.keeps(lambda names: _written_out(*names)),
    ] = ()
    """Further names it is for; more than 10 names need a higher quota, up to 100."""
    zone_id: Annotated[Text, _ZONE] | None = None
    """Hosted zone of Route 53 that holds all its names, in which the records of the validation are written. Without one they
    are yours to write (`validation_records`)."""
    key_algorithm: Literal["EC_prime256v1", "EC_secp384r1", "RSA_2048"] = "EC_prime256v1"
    """Its key, of those that AWS issues; `RSA_2048` for clients from before 2014. CloudFront takes no `EC_secp384r1`."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Each name once, and not too many."""
        names = self.names
        for twice in sorted({name for name in names if names.count(name) > 1}):
            yield f"subject_alternative_names hold {twice!r}, which it is for already: AWS takes each name once. Remove one."
        if len(names) > _MOST_NAMES:
            yield f"subject_alternative_names make {len(names)} names: AWS takes {_MOST_NAMES} at most. Make several certificates."

    @property
    def names(self) -> tuple[str, ...]:
        """All names it is for."""
        return (self.domain_name, *self.subject_alternative_names)


class Certificate(SecureConstruct):
    """A public certificate that AWS renews by itself, since a record in DNS proves whose the names are.

    Creates the certificate, entered in the public logs of certificates and replaced before it is removed; with `zone_id`
    the records that prove the names, one for each (a wildcard has that of the domain below it), and a wait until AWS has
    issued it. Public certificates cost nothing. The records must stay: AWS asks for them at each renewal.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its names, and where they are proven.
        provider: an additional provider; one of us-east-1 where the certificate is for CloudFront.

    Raises:
        ConfigError: a value is refused.
        ControlError: a name is a wildcard, and no waiver covers it.

    Example:
        `Certificate(stack, "site", CertificateConfig(domain_name="www.example.com", zone_id="Z0123456789ABCDEFGHIJ"))`
    """

    config: CertificateConfig

    def __init__(self, scope: Construct, id: str, config: CertificateConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
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
        """Reference to its ARN, known once AWS has issued it; without `zone_id` already when it is asked for."""
        if self.validation is not None:
            return self.validation.ref("certificate_arn")
        return self.certificate.ref("arn")

    @property
    def validation_records(self) -> str:
        """Reference to the records that prove its names: objects with `resource_record_name`, `resource_record_type` and
        `resource_record_value`, one for each `domain_name`."""
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
    """Whose record is written, by the domain it proves: `*.example.com` is proven by the record of `example.com`."""
    proven: dict[str, str] = {}
    for name in names:
        proven.setdefault(name.removeprefix("*."), name)
    return proven
