"""REST API: callers authorized on every method, a web ACL or private endpoints before it, logged, throttled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.api_gateway.account import ApiGatewayAccount
from secureinfra.aws.api_gateway.config import RestApiConfig
from secureinfra.aws.api_gateway.domain import make_domain
from secureinfra.aws.api_gateway.methods import (
    IAM,
    RestAuthorizer,
    invocations,
    method_name,
    resource_at,
    write_method,
)
from secureinfra.aws.api_gateway.policy import through_endpoints
from secureinfra.aws.apigatewayv2.route import may_invoke
from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.cognito.user_pool import UserPool
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.lb.certificate import certificate_arn, refuse_elsewhere
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.config.waiver import Waiver
from secureinfra.controls.apigateway.access import METHOD_AUTHORIZED
from secureinfra.controls.apigateway.stage import WEB_ACL
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct, principal_of
from secureinfra.engine.fingerprint import fingerprint
from secureinfra.engine.provider_major import provider_major_of
from secureinfra.errors import ConfigError

__all__ = ["RestApi"]

# docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
_LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "userAgent": "$context.identity.userAgent",
    "caller": "$context.identity.userArn",
    "subject": "$context.authorizer.claims.sub",
    "method": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "protocol": "$context.protocol",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latency": "$context.responseLatency",
    "error": "$context.error.responseType",
    "integrationStatus": "$context.integration.status",
    "wafStatus": "$context.waf.status",
}


@declares(
    module="rest-api",
    page="apis",
    needs=("methods",),
    yours=("The role by which API Gateway writes the logs of the region's REST APIs.",),
)
class RestApi(SecureConstruct):
    """A REST API on which every method authorizes its callers, and that a web ACL or private endpoints stand before.

    Creates the API, its stage with limits, tracing and logs, and the deployment, which is made again whenever anything that
    it consists of changes, and only then. A public one must have a web ACL by synthesis. API Gateway writes the logs by the
    region's role: an `ApiGatewayAccount`, once per region.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        account: the region's settings, if they are in the same stack: the stage then waits for them.
        certificate: for the domain: an ARN, or an object with `arn`, of the same region.
        key: key for the access logs; by default one of its own (1 USD a month, 3 after two rotations).
        web_acl: the web ACL that protects it, as with `WebAcl.associate`.
        alarms: topic that gets its alarms: server errors and slow answers.
        provider: an additional provider, for another region.
        moved_from: the path that it had before, so that its resources move instead of being replaced.

    Raises:
        ConfigError: a value is refused; domain and certificate are not given together; at synthesis, it has no method.
        ControlError: at synthesis, a public one has no web ACL.

    Example:
        `api.add_method("POST", "/orders", orders, authorizer=api.iam)`
    """

    config: RestApiConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: RestApiConfig = RestApiConfig(),
        *,
        account: ApiGatewayAccount | None = None,
        certificate: HasArn | str | None = None,
        key: SecureKey | None = None,
        web_acl: WebAcl | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._refuse_domain(certificate)
        self._certificate = certificate
        self._deployed: list[Resource] = []
        self._opened: list[str] = []
        self.log_group = self._make_log_group(key)
        self.rest_api = self._make()
        self._restrict()
        self.deployment = Resource(
            self,
            "deployment",
            "aws_api_gateway_deployment",
            # The stage keeps the old deployment until there is a new one: AWS refuses to delete one in use.
            create_before_destroy=True,
            rest_api_id=self.api_id,
            triggers=lambda: fingerprint(self._deployed),
        )
        self.stage = self._make_stage(account)
        if certificate is not None:
            self.domain = make_domain(self, certificate_arn(self.path, certificate), self.api_id, self.stage)
        if web_acl is not None:
            web_acl.associate(self)
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the ARN of its stage, which is what a web ACL protects."""
        return self.stage.ref("arn")

    @property
    def api_id(self) -> str:
        """Reference to the API's id."""
        return self.rest_api.ref("id")

    @property
    def execution_arn(self) -> str:
        """Reference to what permissions name: the ARN before stage, method and path."""
        return self.rest_api.ref("execution_arn")

    @property
    def iam(self) -> RestAuthorizer:
        """Principals of IAM that sign their requests and may invoke the API (`execute-api:Invoke`)."""
        return IAM

    def add_pool_authorizer(self, name: str, *pools: UserPool) -> RestAuthorizer:
        """Accept tokens of user pools. Methods should ask for scopes: without them an id token of any client is accepted.

        Args:
            name: its name; part of the address.
            pools: the user pools.
        """
        if not pools:
            raise ConfigError(f"{self.path}: add_pool_authorizer({name!r}) names no user pool. Give one or more.")
        made = self._authorizer(name, type="COGNITO_USER_POOLS", provider_arns=[pool.arn for pool in pools])
        return RestAuthorizer("COGNITO_USER_POOLS", self, made)

    def add_function_authorizer(
        self, name: str, function: Function, *, header: str = "Authorization"
    ) -> RestAuthorizer:
        """Have a function decide on each request, by the policy that it returns; answers are not remembered.

        Args:
            name: its name; part of the address.
            function: the function; the API is allowed to invoke it for this authorizer only.
            header: header that holds the credential; requests without it are rejected.
        """
        made = self._authorizer(
            name,
            type="REQUEST",
            authorizer_uri=function.invoke_arn,
            identity_source=f"method.request.header.{header}",
            authorizer_result_ttl_in_seconds=0,
        )
        source = f"{self.execution_arn}/authorizers/{made.ref('id')}"
        function.allow_invoke_from("apigateway", source, id=f"{self._called}-authorizer-{name}")
        return RestAuthorizer("CUSTOM", self, made)

    def add_method(
        self,
        method: str,
        path: str,
        target: Function,
        *,
        authorizer: RestAuthorizer | None = None,
        scopes: Sequence[str] = (),
        waiver: Waiver | None = None,
    ) -> None:
        """Send a method's requests to a function.

        Args:
            method: e.g. `POST`, or `ANY`.
            path: e.g. `/orders/{id}`.
            target: the function; the API is allowed to invoke it for this method only.
            authorizer: what decides on the callers: `api.iam`, or what an `add_..._authorizer` returned.
            scopes: scopes of which the token must have one; for user pools only.
            waiver: for `api-gateway-method-authorized`, instead of an authorizer.

        Raises:
            ConfigError: method or path are malformed or taken, or the authorizer is another API's.
            ControlError: it has neither an authorizer nor a waiver.
        """
        name = method_name(self.path, method, path)
        asked = f"add_method({method!r}, {path!r})"
        if f"method-{name}" in self.resources:
            raise ConfigError(f"{self.path}: {asked} is there already, or shares its address. Change its path.")
        if authorizer is None:
            given = waiver or self.config.waiver(METHOD_AUTHORIZED.id)
            self.require(METHOD_AUTHORIZED, given, f"{asked} without an authorizer")
        elif authorizer.owner not in (None, self):
            raise ConfigError(f"{self.path}: {asked} has an authorizer of another API. Add one to this API.")
        if scopes and (authorizer is None or authorizer.kind != "COGNITO_USER_POOLS"):
            raise ConfigError(f"{self.path}: {asked} has scopes, which only tokens of user pools have. Leave them out.")
        before = set(self.resources)
        resource = resource_at(self, self.rest_api, path)
        target.allow_invoke_from(
            "apigateway", invocations(self.execution_arn, "*", method, path), id=f"{self._called}-{name}"
        )
        made = list(write_method(self, self.rest_api, name, method, resource, target, authorizer, scopes))
        if authorizer is None and waiver is not None:
            made[0].waivers.append(waiver)
        new = (one for id, one in self.resources.items() if id not in before and isinstance(one, Resource))
        self._deployed += [one for one in new if one.type.startswith("aws_api_gateway_")]
        if authorizer is not IAM:
            self._opened.append(invocations(self.execution_arn, "*", method, path))

    def grant_invoke(self, grantee: Grantee, method: str, path: str) -> None:
        """Let a role call a method that IAM decides on.

        Args:
            grantee: a `SecureRole`.
            method: as given to `add_method`.
            path: as given to `add_method`.

        Raises:
            ConfigError: IAM does not decide on this method, or the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        known = self.resources.get(f"method-{method_name(self.path, method, path)}")
        if known is None or known.attributes["authorization"] != IAM.kind or isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_invoke({grantee!r}, {method!r}, {path!r}) needs a SecureRole, and a method with "
                "authorizer=api.iam. Add the method first."
            )
        grantee.add_to_policy(may_invoke(self.execution_arn, method, path))

    @property
    def _called(self) -> str:
        """Its name in the permissions of functions, which is part of their addresses."""
        # As it was first: a move must not replace the permissions.
        return "-".join(self.locations.first.parts) or "main"

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking that it has a method, and the web ACL of a public one."""
        if not any(one.type == "aws_api_gateway_method" for one in self._deployed):
            raise ConfigError(f"{self.path}: it has no method, and AWS deploys no empty API. Call add_method(...).")
        if self._certificate is not None:
            refuse_elsewhere(self, self._certificate)
        if self.config.endpoint != "PRIVATE" and not self._guarded():
            self.require(WEB_ACL, self.config.waiver(WEB_ACL.id), "endpoint='REGIONAL' without a web ACL")
        # AWS deploys what is there at that moment.
        self.deployment.depends_on[:] = self._deployed
        return super().document()

    def _refuse_domain(self, certificate: HasArn | str | None) -> None:
        if (certificate is None) != (self.config.domain_name is None):
            raise ConfigError(
                f"{self.path}: a domain and a certificate belong together. Give RestApiConfig(domain_name='api.example.com') and "
                "certificate=..., or neither."
            )
        if certificate is not None and provider_major_of(self) != 6:
            raise ConfigError(
                f"{self.path}: domain_name={self.config.domain_name!r} needs AWS provider 6: provider 5 knows no TLS policy with "
                "forward secrecy for it. Set AwsProviderConfig(provider_major=6), or use an HttpApi."
            )

    def _guarded(self) -> bool:
        return any(
            isinstance(one, Resource)
            and one.type == "aws_wafv2_web_acl_association"
            and str(one.attributes.get("resource_arn")) == str(self.arn)
            for construct in self.stack_state.constructs
            for one in construct.resources.values()
        )

    def _authorizer(self, name: str, **arguments: Any) -> Resource:
        if f"authorizer-{name}" in self.resources:
            raise ConfigError(f"{self.path}: it has an authorizer {name!r} already. Use another name.")
        made = Resource(
            self,
            f"authorizer-{name}",
            "aws_api_gateway_authorizer",
            rest_api_id=self.api_id,
            name=name,
            **arguments,
        )
        self._deployed.append(made)
        return made

    def _make_log_group(self, key: SecureKey | None) -> SecureLogGroup:
        config = LogGroupConfig(
            name=f"/aws/apigateway/{self.path.replace('/', '-')}",
            retention_in_days=self.config.log_retention_in_days,
            tags=self.config.tags,
            waivers=tuple(one for one in self.config.waivers if one.control == "log-group-retained"),
        )
        return SecureLogGroup(self, "access", config, key=key)

    def _make(self) -> Resource:
        config = self.config
        endpoints = list(config.vpc_endpoint_ids) or None
        return Resource(
            self,
            "api",
            "aws_api_gateway_rest_api",
            create_before_destroy=True,
            name=config.name or self.path.replace("/", "-"),
            description=config.description or f"{self.path}: REST API",
            disable_execute_api_endpoint=config.domain_name is not None,
            endpoint_configuration={"types": [config.endpoint], "vpc_endpoint_ids": endpoints},
            tags=config.tags or None,
        )

    def _restrict(self) -> None:
        if self.config.endpoint != "PRIVATE":
            return
        policy = Resource(
            self,
            "policy",
            "aws_api_gateway_rest_api_policy",
            rest_api_id=self.api_id,
            policy=lambda: through_endpoints(self.path, self.execution_arn, self.config.vpc_endpoint_ids, self._opened),
        )
        self._deployed.append(policy)

    def _make_stage(self, account: ApiGatewayAccount | None) -> Resource:
        config = self.config
        stage = Resource(
            self,
            "stage",
            "aws_api_gateway_stage",
            depends_on=[account.account] if account is not None else [],
            rest_api_id=self.api_id,
            deployment_id=self.deployment.ref("id"),
            stage_name=config.stage_name,
            xray_tracing_enabled=True,
            access_log_settings={"destination_arn": self.log_group.arn, "format": json.dumps(_LOGGED)},
            tags=config.tags or None,
        )
        Resource(
            self,
            "settings",
            "aws_api_gateway_method_settings",
            rest_api_id=self.api_id,
            stage_name=stage.ref("stage_name"),
            method_path="*/*",
            settings={
                "logging_level": config.logging_level,
                "metrics_enabled": True,
                "data_trace_enabled": False,
                "throttling_rate_limit": config.throttling_rate_limit,
                "throttling_burst_limit": config.throttling_burst_limit,
            },
        )
        return stage

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        here = {"ApiName": self.rest_api.ref("name"), "Stage": self.config.stage_name}
        yield WorkloadAlarm(
            "server-errors", "AWS/ApiGateway", "5XXError", here, 1, "a request was answered with a server error"
        )
        why = "one request in a hundred took five seconds or more"
        yield WorkloadAlarm("latency", "AWS/ApiGateway", "Latency", here, 5000, why, statistic="p99", periods=3)
