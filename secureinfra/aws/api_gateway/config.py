"""What a caller may choose about a REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.apigatewayv2.config import API_NAME, DOMAIN_NAME
from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, VpcEndpointId

__all__ = ["RestApiConfig"]

_STAGE = matches(r"[A-Za-z0-9_-]{1,128}", "is not a name of a stage", "write letters, digits, '-' and '_'")


class RestApiConfig(Config):
    """What a caller may choose about a REST API."""

    name: Annotated[str, API_NAME] | None = None
    """Name of the API; by default the construct's path."""
    description: Text | None = None
    """What it is for; by default it names the construct."""
    endpoint: Literal["REGIONAL", "PRIVATE"] = "REGIONAL"
    """`REGIONAL` is on the internet and needs a web ACL; `PRIVATE` is reached through VPC endpoints only."""
    vpc_endpoint_ids: tuple[VpcEndpointId, ...] = ()
    """Interface endpoints (`execute-api`) that a private API is reached through."""
    stage_name: Annotated[str, _STAGE] = "live"
    """Name of its stage, the first part of paths at the address that AWS gives. Another name replaces the stage."""
    domain_name: Annotated[str, DOMAIN_NAME] | None = None
    """Its own domain, which needs a certificate and `provider_major=6`; with it, the address that AWS gives is switched off."""
    throttling_rate_limit: Annotated[Number, between(1, 10_000, "requests a second")] = 100
    """Requests a second for each method, 1 to 10,000; more are rejected with 429."""
    throttling_burst_limit: Annotated[Number, between(1, 5_000, "requests")] = 200
    """Requests of a method at once, 1 to 5,000."""
    logging_level: Literal["ERROR", "INFO"] = "ERROR"
    """What API Gateway logs of its own work; never whole requests and answers."""
    log_retention_in_days: RetentionDays = 365
    """How long access logs are kept, one of CloudWatch's periods, a year or longer; 0 keeps them forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """A private API is reached through endpoints, and a public one is not."""
        if self.endpoint == "PRIVATE" and not self.vpc_endpoint_ids:
            why = "a private API is reached through them only"
            yield Problem(
                "vpc_endpoint_ids", "names none", why, "Give the ids of execute-api endpoints", "vpc_endpoint_ids"
            )
        if self.endpoint != "PRIVATE" and self.vpc_endpoint_ids:
            why = "callers from the internet would still be served"
            yield Problem(
                "vpc_endpoint_ids", "is given for a public API", why, "Set endpoint='PRIVATE'", "vpc_endpoint_ids"
            )
        if self.endpoint == "PRIVATE" and self.domain_name is not None:
            why = "domains of private APIs work another way, which is not offered here"
            yield Problem("domain_name", "is given for a private API", why, "Leave it out")
