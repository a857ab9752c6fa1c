"""HTTP API: callers authorized on every route, logged, throttled, over TLS 1.2 and newer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.apigatewayv2.authorizer import IAM, Authorizer, function_authorizer, jwt_authorizer
from secureinfra.aws.apigatewayv2.config import HttpApiConfig
from secureinfra.aws.apigatewayv2.domain import make_domain
from secureinfra.aws.apigatewayv2.link import VpcLink, refuse_public
from secureinfra.aws.apigatewayv2.route import LOGGED, may_invoke, route_name
from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.certificate import certificate_arn, refuse_elsewhere
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.wiring.log_delivery import deliver_to
from secureinfra.config.waiver import Waiver
from secureinfra.controls.apigateway.access import ROUTE_AUTHORIZED
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import shortened, words
from secureinfra.errors import ConfigError

__all__ = ["HttpApi"]

_LONGEST_NAME = 128


@declares(
    module="http-api",
    page="apis",
    yours=("Routes, with what authorizes their callers: as written, the API has none.",),
)
class HttpApi(SecureConstruct):
    """An HTTP API on which every route authorizes its callers, and that logs every request.

    Creates the API and its stage `$default`, with limits for each route; the log group of its access logs, under a key;
    and, with a domain, the domain with TLS 1.2, while the address that AWS gives is switched off. AWS WAF knows no HTTP
    APIs: put a `Distribution` with a web ACL before it, or use a `RestApi`.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        certificate: for the domain: an ARN, or an object with `arn`, of the same region.
        key: key for the access logs; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: topic that gets its alarms: server errors and slow answers.
        provider: an additional provider, for another region.
        moved_from: the path that it had before, so that its resources move instead of being replaced.

    Raises:
        ConfigError: a value is refused; domain and certificate are not given together.

    Example:
        `api.add_route("POST /orders", orders, authorizer=api.add_jwt_authorizer("staff", issuer=..., audience=(...)))`
    """

    config: HttpApiConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: HttpApiConfig = HttpApiConfig(),
        *,
        certificate: HasArn | str | None = None,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        if (certificate is None) != (config.domain_name is None):
            raise ConfigError(
                f"{self.path}: a domain and a certificate belong together. Give HttpApiConfig(domain_name='api.example.com') and "
                "certificate=..., or neither."
            )
        self._certificate = certificate
        self._links: list[VpcLink] = []
        self.log_group = self._make_log_group(key)
        self.api = Resource(
            self,
            "api",
            "aws_apigatewayv2_api",
            name=config.name or shortened(self.path.replace("/", "-"), _LONGEST_NAME),
            description=config.description or f"{self.path}: HTTP API",
            protocol_type="HTTP",
            disable_execute_api_endpoint=config.domain_name is not None,
            cors_configuration=config.cors.arguments() if config.cors else None,
            tags=config.tags or None,
        )
        self.stage = self._make_stage()
        if certificate is not None:
            self.domain = make_domain(self, certificate_arn(self.path, certificate), self.api_id, self.stage)
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the API's ARN."""
        return self.api.ref("arn")

    @property
    def api_id(self) -> str:
        """Reference to the API's id."""
        return self.api.ref("id")

    @property
    def execution_arn(self) -> str:
        """Reference to what permissions name: the ARN before stage, method and path."""
        return self.api.ref("execution_arn")

    @property
    def endpoint(self) -> str:
        """Where it is called: its own domain, or the address that AWS gives."""
        own = self.config.domain_name
        return f"https://{own}" if own is not None else self.api.ref("api_endpoint")

    @property
    def domain_target(self) -> str:
        """Reference to what an alias record of the domain points to; `domain_zone_id` is its zone.

        Raises:
            ConfigError: it has no domain.
        """
        return self._domain_ref("target_domain_name")

    @property
    def domain_zone_id(self) -> str:
        """Reference to the hosted zone of `domain_target`.

        Raises:
            ConfigError: it has no domain.
        """
        return self._domain_ref("hosted_zone_id")

    def add_jwt_authorizer(self, name: str, *, issuer: str, audience: Sequence[str]) -> Authorizer:
        """Accept tokens (JWT) of one issuer that were issued for one of these clients.

        Args:
            name: its name; part of the address.
            issuer: as in the token, e.g. `https://login.example.com`; API Gateway fetches its keys from there.
            audience: ids of the clients, of which the token names one as `aud` or `client_id`.

        Raises:
            ConfigError: the name is taken, the issuer has no HTTPS, or no audience is named.
        """
        return jwt_authorizer(self, self.api_id, name, issuer, audience)

    def add_function_authorizer(
        self, name: str, function: Function, *, header: str = "Authorization", ttl_seconds: int = 0
    ) -> Authorizer:
        """Have a function decide on each request, by an answer in the simple form of payload 2.0.

        Args:
            name: its name; part of the address.
            function: the function; the API is allowed to invoke it for this authorizer only.
            header: header that holds the credential; requests without it are rejected.
            ttl_seconds: how long an answer is remembered for the header's value, 0 to 3,600; on every route of the authorizer.

        Raises:
            ConfigError: the name is taken, or the time is out of range.
        """
        if not 0 <= ttl_seconds <= 3600:
            raise ConfigError(f"{self.path}: ttl_seconds={ttl_seconds} must be between 0 and 3600 seconds.")
        made = function_authorizer(self, self.api_id, name, function, header, ttl_seconds)
        source = f"{self.execution_arn}/authorizers/{made.id}"
        function.allow_invoke_from("apigateway", source, id=f"{self._called}-authorizer-{name}")
        return made

    @property
    def iam(self) -> Authorizer:
        """Principals of IAM that sign their requests and may invoke the API (`execute-api:Invoke`)."""
        return IAM

    def add_route(
        self,
        route: str,
        target: Function,
        *,
        authorizer: Authorizer | None = None,
        scopes: Sequence[str] = (),
        waiver: Waiver | None = None,
    ) -> Resource:
        """Send a route's requests to a function.

        Args:
            route: method and path, e.g. `POST /orders/{id}`; `$default` gets what no other route does.
            target: the function; the API is allowed to invoke it for this route only.
            authorizer: what decides on the callers: `api.iam`, or what an `add_..._authorizer` returned.
            scopes: scopes of which the token must have one; for JWT only.
            waiver: for `apigatewayv2-route-authorized`, instead of an authorizer.

        Raises:
            ConfigError: the route is malformed or taken, or the authorizer is another API's.
            ControlError: it has neither an authorizer nor a waiver.
        """
        name = self._begin(route, authorizer, waiver)
        method, _, path = route.partition(" ")
        source = f"{self.execution_arn}/*/{'*' if method == 'ANY' else method}{path}"
        target.allow_invoke_from("apigateway", source, id=f"{self._called}-{name}")
        integration = Resource(
            self,
            f"integration-{name}",
            "aws_apigatewayv2_integration",
            api_id=self.api_id,
            integration_type="AWS_PROXY",
            integration_uri=target.invoke_arn,
            integration_method="POST",
            payload_format_version="2.0",
        )
        return self._end(name, route, integration, authorizer, scopes, waiver)

    def add_balancer_route(
        self,
        route: str,
        balancer: SecureLoadBalancer,
        *,
        server_name: str,
        authorizer: Authorizer | None = None,
        scopes: Sequence[str] = (),
        waiver: Waiver | None = None,
    ) -> Resource:
        """Send a route's requests to an internal load balancer, over TLS and through a VPC link.

        Args:
            route: as in `add_route`.
            balancer: an internal load balancer; its group allows the link.
            server_name: name in the balancer's certificate, which the API verifies.
            authorizer: as in `add_route`.
            scopes: as in `add_route`.
            waiver: as in `add_route`.

        Raises:
            ConfigError: as in `add_route`, or the balancer faces the internet.
            ControlError: as in `add_route`.
        """
        refuse_public(self, balancer)
        name = self._begin(route, authorizer, waiver)
        link = self._link_to(balancer)
        integration = Resource(
            self,
            f"integration-{name}",
            "aws_apigatewayv2_integration",
            api_id=self.api_id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            integration_uri=balancer.listener.ref("arn"),
            connection_type="VPC_LINK",
            connection_id=link.link.ref("id"),
            payload_format_version="1.0",
            tls_config={"server_name_to_verify": server_name},
        )
        return self._end(name, route, integration, authorizer, scopes, waiver)

    def grant_invoke(self, grantee: Grantee, route: str) -> None:
        """Let a role call a route that IAM decides on.

        Args:
            grantee: a `SecureRole`.
            route: as given to `add_route`.

        Raises:
            ConfigError: IAM does not decide on this route, or the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        known = self.resources.get(f"route-{route_name(self.path, route)}")
        if known is None or known.attributes["authorization_type"] != IAM.kind or isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_invoke({grantee!r}, {route!r}) needs a SecureRole, and a route with authorizer=api.iam. Add the "
                "route first."
            )
        method, _, path = route.partition(" ")
        grantee.add_to_policy(may_invoke(self.execution_arn, method, path))

    @property
    def _called(self) -> str:
        """Its name in the permissions of functions, which is part of their addresses."""
        # As it was first: a move must not replace the permissions.
        return "-".join(self.locations.first.parts) or "main"

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking the certificate's region."""
        if self._certificate is not None:
            refuse_elsewhere(self, self._certificate)
        return super().document()

    def _begin(self, route: str, authorizer: Authorizer | None, waiver: Waiver | None) -> str:
        """The name of a route in addresses, once it may be added."""
        name = route_name(self.path, route)
        if f"route-{name}" in self.resources:
            raise ConfigError(
                f"{self.path}: add_route({route!r}) is there already, or shares its address. Change its path."
            )
        if authorizer is None:
            self.require(
                ROUTE_AUTHORIZED,
                waiver or self.config.waiver(ROUTE_AUTHORIZED.id),
                f"add_route({route!r}) without an authorizer",
            )
        elif authorizer.owner not in (None, self):
            raise ConfigError(
                f"{self.path}: add_route({route!r}) has an authorizer of another API, which AWS refuses. Add one to this API."
            )
        return name

    def _end(
        self,
        name: str,
        route: str,
        integration: Resource,
        authorizer: Authorizer | None,
        scopes: Sequence[str],
        waiver: Waiver | None,
    ) -> Resource:
        if scopes and (authorizer is None or authorizer.kind != "JWT"):
            raise ConfigError(f"{self.path}: add_route({route!r}) has scopes, which only tokens have. Leave them out.")
        return Resource(
            self,
            f"route-{name}",
            "aws_apigatewayv2_route",
            waivers=[waiver] if authorizer is None and waiver is not None else [],
            api_id=self.api_id,
            route_key=route,
            target=f"integrations/{integration.ref('id')}",
            authorization_type=authorizer.kind if authorizer else "NONE",
            authorizer_id=authorizer.id if authorizer else None,
            authorization_scopes=list(scopes) or None,
        )

    def _link_to(self, balancer: SecureLoadBalancer) -> VpcLink:
        link = next((one for one in self._links if one.vpc is balancer.vpc), None)
        if link is None:
            link = VpcLink(self, balancer.vpc, "link" if not self._links else f"link-{words(balancer.vpc.node.id)}")
            self._links.append(link)
        link.open_to(balancer)
        return link

    def _make_log_group(self, key: SecureKey | None) -> SecureLogGroup:
        config = LogGroupConfig(
            name=f"/aws/apigateway/{self.path.replace('/', '-')}",
            retention_in_days=self.config.log_retention_in_days,
            tags=self.config.tags,
            waivers=tuple(one for one in self.config.waivers if one.control == "log-group-retained"),
        )
        group = SecureLogGroup(self, "access", config, key=key)
        self._delivery = deliver_to(self, group)
        return group

    def _make_stage(self) -> Resource:
        limits = {
            "throttling_rate_limit": self.config.throttling_rate_limit,
            "throttling_burst_limit": self.config.throttling_burst_limit,
            "detailed_metrics_enabled": True,
        }
        return Resource(
            self,
            "stage",
            "aws_apigatewayv2_stage",
            depends_on=[self._delivery],
            api_id=self.api_id,
            name="$default",
            auto_deploy=True,
            default_route_settings=limits,
            access_log_settings={"destination_arn": self.log_group.arn, "format": json.dumps(LOGGED)},
            tags=self.config.tags or None,
        )

    def _domain_ref(self, attribute: str) -> str:
        if self.config.domain_name is None:
            raise ConfigError(f"{self.path}: it has no domain. Set HttpApiConfig(domain_name=...).")
        return self.domain.ref(f"domain_name_configuration[0].{attribute}")

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        here = {"ApiId": self.api_id}
        yield WorkloadAlarm(
            "server-errors", "AWS/ApiGateway", "5xx", here, 1, "a request was answered with a server error"
        )
        yield WorkloadAlarm(
            "latency",
            "AWS/ApiGateway",
            "Latency",
            here,
            5000,
            "one request in a hundred took five seconds or more",
            statistic="p99",
            periods=3,
        )
