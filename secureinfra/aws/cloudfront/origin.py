"""Origins of a distribution: buckets that allow this distribution only, and servers over TLS 1.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.config.config import Config, refused
from secureinfra.config.problem import Problem
from secureinfra.config.rule import Predicate, between, matches
from secureinfra.config.rules import TOKEN, Number, is_token
from secureinfra.errors import ConfigError
from secureinfra.policy import Principal, Statement
from secureinfra.policy.conditions import equals

__all__ = ["BucketOrigin", "HttpsOrigin"]

DOMAIN = matches(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    "is not a host name",
    "write it in lower case without scheme and path",
    example="api.example.com",
)
ORIGIN_PATH = matches(
    r"(?:/[A-Za-z0-9._~-]+)*", "is not an origin path", "write it without '/' at its end", example="/v2"
)
# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesHTTPSPort
_PORT = Predicate(
    lambda port: port == 443 or 1024 <= port <= 65535,
    "must be 443 or between 1024 and 65535, the ports that CloudFront connects to",
    "({value} == 443 || ({value} >= 1024 && {value} <= 65535))",
)
_BUCKET = re.compile(r".*\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?")
_FUNCTION = re.compile(r".*\.lambda-url\.[a-z0-9-]+\.on\.aws")


class HttpsOrigin(Config):
    """A server that a distribution fetches from, over HTTPS with TLS 1.2 only."""

    domain_name: Annotated[str, TOKEN, DOMAIN]
    """Its host name, for which it must have a certificate from a public certificate authority."""
    origin_path: Annotated[str, ORIGIN_PATH] = ""
    """Put before the path of every request, e.g. `/v2`."""
    https_port: Annotated[Number, _PORT] = 443
    """Port it listens on: 443, or 1024 to 65,535."""
    read_timeout_seconds: Annotated[Number, between(1, 120, "seconds")] = 30
    """How long CloudFront waits for a response, 1 to 120 seconds; more than 60 needs a higher quota."""
    keepalive_timeout_seconds: Annotated[Number, between(1, 120, "seconds")] = 5
    """How long an idle connection is kept, 1 to 120 seconds; more than 60 needs a higher quota."""

    def problems(self) -> Iterator[Problem]:
        """Buckets and functions require signed requests, which this kind of origin does not send."""
        if is_token(self.domain_name):
            return
        if _BUCKET.fullmatch(self.domain_name):
            why = "CloudFront would send unsigned requests, and the bucket would have to be public"
            yield Problem("domain_name", "is a bucket's", why, "Pass the SecureBucket itself as origin")
        if _FUNCTION.fullmatch(self.domain_name):
            why = "CloudFront would send unsigned requests, and the function would have to be public"
            yield Problem("domain_name", "is a function's", why, "Put an API or a load balancer in front of it")

    @property
    def origin_id(self) -> str:
        """The origin's id within the distribution."""
        return f"{self.domain_name}{self.origin_path}"

    def block(self, access_control_id: str) -> dict[str, Any]:
        """The `origin` block."""
        return {
            "origin_id": self.origin_id,
            "domain_name": self.domain_name,
            "origin_path": self.origin_path or None,
            "custom_origin_config": {
                "origin_protocol_policy": "https-only",
                # The newest that the argument accepts:
                # docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginSslProtocols.html
                "origin_ssl_protocols": ["TLSv1.2"],
                "https_port": self.https_port,
                # Required by Terraform, and never used with https-only.
                "http_port": 80,
                "origin_read_timeout": self.read_timeout_seconds,
                "origin_keepalive_timeout": self.keepalive_timeout_seconds,
            },
        }


@dataclass(frozen=True)
class BucketOrigin:
    """Part of a bucket as an origin.

    Args:
        bucket: the bucket; the distribution may read below the path, and nothing else.
        path: put before the path of every request, e.g. `/v2`; by default the whole bucket is served.

    Raises:
        ConfigError: it is not a valid path.
    """

    bucket: SecureBucket
    path: str = ""

    def __post_init__(self) -> None:
        if complaint := ORIGIN_PATH.complaint(self.path):
            raise ConfigError(f"BucketOrigin path={self.path!r} {complaint}.")

    @property
    def origin_id(self) -> str:
        """The origin's id within the distribution."""
        return f"{self.bucket.path}{self.path}"

    def block(self, access_control_id: str) -> dict[str, Any]:
        """The `origin` block."""
        return {
            "origin_id": self.origin_id,
            "domain_name": self.bucket.bucket.ref("bucket_regional_domain_name"),
            "origin_path": self.path or None,
            "origin_access_control_id": access_control_id,
        }

    def let_in(self, distribution_arn: str) -> None:
        """Let a distribution get and decrypt objects, but not list them, so a missing object returns 403.

        Bucket and key refer to the distribution, and the distribution to the bucket's name only: no cycle.
        """
        # docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
        principal = Principal.service("cloudfront.amazonaws.com")
        source = (equals("aws:SourceArn", distribution_arn),)
        objects = f"{self.bucket.arn}{self.path}/*"
        self.bucket.policy.add(
            Statement(
                sid="CloudFrontReads",
                principal=principal,
                actions=("s3:GetObject",),
                resources=(objects,),
                conditions=source,
            )
        )
        self.bucket.key.policy.add(
            Statement(
                sid="CloudFrontDecrypts",
                principal=principal,
                actions=("kms:Decrypt",),
                resources=("*",),
                conditions=source,
            )
        )


Origin = BucketOrigin | HttpsOrigin


def origin_of(path: str, given: Any) -> Origin:
    """The origin that a caller gave.

    Args:
        path: the distribution's, for errors.
        given: a bucket, or an origin.

    Raises:
        ConfigError: a distribution cannot fetch from it.
    """
    if refused(given):
        given.require(path)
    if isinstance(given, SecureBucket):
        return BucketOrigin(given)
    if isinstance(given, BucketOrigin | HttpsOrigin):
        return given
    raise ConfigError(
        f"{path}: origin {given!r} is not an origin: a distribution fetches from a SecureBucket, a BucketOrigin or an HttpsOrigin. "
        "Pass one of them, e.g. HttpsOrigin(domain_name='api.example.com')."
    )
