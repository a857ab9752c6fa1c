"""The certificates of a load balancer: of its region, by ARN or as a construct."""

from __future__ import annotations

import re

from secureinfra.aws.cloudfront_region import known_region
from secureinfra.aws.wafv2_association import HasArn
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.values import is_token, matches

_ARN = r"arn:aws[a-z-]*:(?:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+|iam::[0-9]{12}:server-certificate/.+)"
CERTIFICATE = matches(
    _ARN,
    "is no certificate: write the ARN of one of ACM, e.g. 'arn:aws:acm:eu-central-1:111122223333:certificate/...', or of a "
    "server certificate of IAM",
)
_OF_ACM = re.compile(r"arn:aws[a-z-]*:acm:([a-z0-9-]+):")


def certificate_arn(path: str, certificate: HasArn | str) -> str:
    """The ARN of a certificate, given as such or as an object.

    Raises:
        ConfigError: it is none.
    """
    arn = certificate if isinstance(certificate, str) else getattr(certificate, "arn", None)
    if not isinstance(arn, str):
        raise ConfigError(f"{path}: certificate={certificate!r} has no ARN. Pass an ARN, or an object with `arn`.")
    if complaint := CERTIFICATE.complaint(arn):
        raise ConfigError(f"{path}: certificate={arn!r} {complaint}.")
    return arn


def refuse_elsewhere(owner: SecureConstruct, certificate: HasArn | str) -> None:
    """Refuse, at synthesis, a certificate that is known to be of another region than the load balancer.

    Raises:
        ConfigError: it is.
    """
    if isinstance(certificate, SecureConstruct):
        named, region = certificate.path, known_region(certificate)
    else:
        named = certificate_arn(owner.path, certificate)
        found = None if is_token(named) else _OF_ACM.match(named)
        region = found[1] if found else None
    own = known_region(owner)
    if region and own and region != own:
        raise ConfigError(
            f"{owner.path}: certificate={named!r} is of {region!r}, the load balancer of {own!r}: AWS takes certificates of the "
            "same region only. Request one there, which costs nothing."
        )


def demand_certificate(resource: Resource, arn: str) -> None:
    """Have Terraform judge the ARN and the region of a certificate that only it knows.

    Args:
        resource: the listener, or what adds a certificate to one.
        arn: the certificate's.
    """
    if not is_token(arn):
        return
    resource.demand(f"{resource.id}-certificate", arn, CERTIFICATE.expression, f"certificate {CERTIFICATE.problem}")
    region = resource.owner.region[2:-1]
    expression = f'contains(["", {region}], element(split(":", {{value}}), 3))'
    message = "the certificate is of another region than the load balancer: AWS takes none. Request one there"
    resource.demand(f"{resource.id}-certificate-region", arn, expression, message)
