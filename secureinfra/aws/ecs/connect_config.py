"""What a caller may choose about Service Connect: whether a service is found, by which name, and what its proxies encrypt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text
from secureinfra.facts import arns

__all__ = ["ServiceConnectConfig"]

LEAST_CPU = 512
"""CPU units of a task with the proxy, for which AWS recommends 256."""
# docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectClientAlias.html
DNS_NAME = matches(
    r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9]){0,1}",
    "is not a name that others connect to",
    "write up to 63 lower-case letters, digits, '.' and '-'",
    example="orders",
)
_AUTHORITY = matches(
    arns.arn("acm-pca", "certificate-authority/.+"),
    "is not a private certificate authority",
    "write its ARN",
    example="arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000000",
)


class ServiceConnectConfig(Config):
    """What a caller may choose about a service's part in Service Connect."""

    serves: bool = True
    """Other services find it, by its own container's port (a *client-server* service); off, it only finds others (a *client*)."""
    dns_name: Annotated[Text, DNS_NAME] | None = None
    """Name that others connect to; by default the service's. Unique in the namespace."""
    port: Annotated[Number, between(1, 65535, "(a port)")] | None = None
    """Port that others connect to; by default the container's."""
    app_protocol: Literal["tcp", "http", "http2", "grpc"] = "tcp"
    """What the container speaks. `tcp` is passed through, also where it is TLS; the others are read by the proxies, which add
    metrics and retries, so that the container must speak them without TLS. Another one replaces no service, but makes new tasks."""
    authority_arn: Annotated[Text, _AUTHORITY] | None = None
    """Private certificate authority, with the tag `AmazonECSManaged` = `true`, by which the proxies encrypt what goes between tasks
    (TLS 1.3). Without it they encrypt nothing: what the containers do not encrypt themselves can be read within the network."""

    def problems(self) -> Iterator[Problem]:
        """What is only for a service that others find."""
        if not self.serves:
            for field in ("dns_name", "port", "authority_arn"):
                if getattr(self, field) is not None:
                    why = "no other service connects to a client"
                    yield Problem(field, "is given with serves=False", why, "Leave one of the two out", subject=field)
