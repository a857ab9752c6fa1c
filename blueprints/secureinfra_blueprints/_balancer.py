"""The load balancer of a blueprint: its certificate, the records of its domains, and the networks that may reach it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from secureinfra import (
    Certificate,
    CertificateConfig,
    Construct,
    LoadBalancerConfig,
    Peer,
    Problem,
    Resource,
    SecureLoadBalancer,
    SecureVpc,
    Waiver,
    WebAcl,
    is_token,
)


def client_problems(allowed_cidrs: tuple[str, ...], internal: bool) -> Iterator[Problem]:
    """What is wrong with the networks that may reach it.

    Args:
        allowed_cidrs: the networks.
        internal: whether only networks can reach it.
    """
    if allowed_cidrs and not internal:
        what, why, subject = "exclude each other", "every address can reach it", "allowed_cidrs and internal=False"
        yield Problem("allowed_cidrs", what, why, "Remove one of the two", subject=subject)
    for number, cidr in enumerate(allowed_cidrs):
        if is_token(cidr) and "TfToken[" in cidr:
            what = f"holds {cidr!r}, from which no stable address can be made"
            advice = "Write e.g. '${var.vpn_cidr}'"
            yield Problem(("allowed_cidrs", number), what, instead=advice, subject="allowed_cidrs")


def sign_in_problems(internal: bool) -> Iterator[Problem]:
    """An internal load balancer without a way to the identity provider.

    Args:
        internal: whether it is one.
    """
    if internal:
        yield Problem(
            "authentication",
            "with internal=True and nat='none'",
            "the load balancer could not ask the identity provider",
            lambda words: f"Set {words.setting('nat', 'single')} or 'per_zone'",
            subject="authentication",
        )


def domain_problems(
    field: str, domains: tuple[str, ...], zone_id: str | None, certificate_arn: str | None
) -> Iterator[Problem]:
    """What is missing of a certificate, a domain and its zone.

    Args:
        field: the setting that holds the domains.
        domains: the domains.
        zone_id: their hosted zone.
        certificate_arn: a certificate that is there.
    """
    if not certificate_arn and not domains:
        why = "there is no TLS without a certificate"
        yield Problem((), f"has neither certificate_arn nor {field}", why, "Add one of the two")
    several = field.endswith("s")
    if bool(domains) != bool(zone_id):
        why = (
            "records are written for the names in the zone"
            if several
            else "a record is written for the name in the zone"
        )
        at, subject = field if domains else "zone_id", f"{field} and zone_id"
        yield Problem(at, "go together", why, "Add the one that is missing", subject=subject)
    for number, name in enumerate(domains if several else ()):
        if "TfToken[" in name:
            what = f"holds {name!r}, from which no stable address can be made"
            yield Problem((field, number), what, instead="Write e.g. '${var.domain}'", subject=field)


def waiver_problems(waivers: tuple[Waiver, ...], *kinds: str) -> Iterator[Problem]:
    """Waivers for what no setting can break.

    Args:
        waivers: those of the blueprint.
        kinds: how ids of controls begin that a setting can break.
    """
    for number, waiver in enumerate(waivers):
        if not waiver.control.startswith(kinds):
            what, advice = (
                f"names {waiver.control!r}, which no setting here breaks",
                "Remove it, or write it beside its part",
            )
            yield Problem(("waivers", number), what, instead=advice, subject="waivers")


def certificate_of(domains: tuple[str, ...], zone_id: str | None, tags: dict[str, str]) -> CertificateConfig:
    """The certificate that is made where none is given.

    Args:
        domains: the domains, the first of which names it.
        zone_id: where their validation records are written.
        tags: of the blueprint.
    """
    first, *others = domains
    return CertificateConfig(domain_name=first, subject_alternative_names=tuple(others), zone_id=zone_id, tags=tags)


def make_balancer(
    scope: Construct,
    config: LoadBalancerConfig,
    *,
    vpc: SecureVpc,
    web_acl: WebAcl,
    certificate: str | CertificateConfig,
    allowed_cidrs: tuple[str, ...],
) -> SecureLoadBalancer:
    """The load balancer behind its web ACL, which the named networks may reach.

    Args:
        scope: the blueprint.
        config: the load balancer's part.
        vpc: its network.
        web_acl: in front of it.
        certificate: the ARN of one, or the part of one that is made.
        allowed_cidrs: networks that may reach an internal one.
    """
    used = certificate if isinstance(certificate, str) else Certificate(scope, "certificate", certificate)
    balancer = SecureLoadBalancer(scope, "balancer", config, vpc=vpc, certificate=used, web_acl=web_acl)
    for cidr in allowed_cidrs:
        balancer.allow_from(Peer.cidr(cidr))
    return balancer


def lead_to(balancer: SecureLoadBalancer, zone_id: str | None, domains: Iterable[tuple[str, str]]) -> None:
    """Alias records that lead domains to a load balancer; they cost nothing to ask for.

    Args:
        balancer: the load balancer.
        zone_id: the domains' hosted zone.
        domains: id of the record, and its domain.
    """
    alias = {"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}
    for id, name in domains:
        Resource(balancer, id, "aws_route53_record", zone_id=zone_id, name=name, type="A", alias=alias)


def record_id(domain: str) -> str:
    """The id of a domain's record, where there are several.

    Args:
        domain: the domain.
    """
    return "record-" + re.sub(r"[^a-z0-9]+", "-", domain.lower()).strip("-")
