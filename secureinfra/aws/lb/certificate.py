"""The certificates of a load balancer: of its region, by ARN or as a construct."""

from __future__ import annotations

import re

from secureinfra.config.rules import CERTIFICATE, is_token
from secureinfra.engine import AwsProvider, HasArn, Resource, SecureConstruct, arn_of
from secureinfra.errors import ConfigError
from secureinfra.facts import arns

_REGION_OF_ACM = re.compile(arns.arn("acm", ".*", region="([a-z0-9-]+)"))


def certificate_arn(path: str, certificate: HasArn | str) -> str:
    """The ARN of a certificate, given as such or as an object.

    Raises:
        ConfigError: it is not a certificate.
    """
    arn = arn_of(certificate)
    if arn is None:
        raise ConfigError(f"{path}: certificate={certificate!r} has no ARN. Pass an ARN, or an object with `arn`.")
    if complaint := CERTIFICATE.complaint(arn):
        raise ConfigError(f"{path}: certificate={arn!r} {complaint}.")
    return arn


def refuse_elsewhere(owner: SecureConstruct, certificate: HasArn | str) -> None:
    """Reject, at synthesis, a certificate that is known to be in another region than the load balancer.

    Raises:
        ConfigError: it is.
    """
    if isinstance(certificate, SecureConstruct):
        named, region = certificate.path, AwsProvider.region_of(certificate)
    else:
        named = certificate_arn(owner.path, certificate)
        found = None if is_token(named) else _REGION_OF_ACM.match(named)
        region = found[1] if found else None
    own = AwsProvider.region_of(owner)
    if region and own and region != own:
        raise ConfigError(
            f"{owner.path}: certificate={named!r} is of {region!r}, the load balancer of {own!r}: AWS takes certificates of the "
            "same region only. Request one there, which costs nothing."
        )


def demand_certificate(resource: Resource, arn: str) -> None:
    """Have Terraform check the ARN and the region of a certificate that is unknown until it runs.

    Args:
        resource: the listener, or the resource that adds a certificate to one.
        arn: the certificate's.
    """
    if not is_token(arn):
        return
    resource.demand(f"{resource.id}-certificate", arn, CERTIFICATE.expression, f"certificate {CERTIFICATE.message}")
    region = resource.owner.region
    region = region[2:-1] if is_token(region) else f'"{region}"'
    expression = f'contains(["", {region}], element(split(":", {{value}}), 3))'
    message = "the certificate is in another region than the load balancer: AWS refuses it. Request one there"
    resource.demand(f"{resource.id}-certificate-region", arn, expression, message)
