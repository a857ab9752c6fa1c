"""Lambda function: its own role, log group and key; traced; failures kept; invoked by named sources only."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.lambda_.config import FunctionConfig, FunctionUrlConfig
from secureinfra.aws.lambda_.execution import decryption, logging, write_execution_policy
from secureinfra.aws.lambda_.failures import allow_failures, make_queue, sending
from secureinfra.aws.lambda_.network import InVpc
from secureinfra.aws.lambda_.permission import LONGEST_ID, allow_delivery, allow_service
from secureinfra.aws.lambda_.sources import (
    QueueSource,
    QueueSourceConfig,
    StreamSource,
    StreamSourceConfig,
    read_queue,
    read_stream,
)
from secureinfra.aws.security_group.group import Connections
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds
from secureinfra.config.rules import is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import shortened, words
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Statement
from secureinfra.policy.conditions import equals

__all__ = ["Function"]

_LONGEST_NAME = 64
_INVOKE = "lambda:InvokeFunction"
_INVOKE_URL = "lambda:InvokeFunctionUrl"


@declares(
    module="function",
    page="functions",
    needs=("code",),
    yours=("The code, its libraries and their updates.", "What is done with events in the queue of failures."),
)
class Function(SecureConstruct):
    """A function with a role of its own, that keeps what it fails to process, and that no service invokes unasked.

    Creates the function; its log group, before it; its role, which may write to that group and send traces; a key for
    logs, environment variables and failures; and a queue for asynchronous events that it failed to process, where no
    other destination is given. In a VPC it has a security group without rules, and network interfaces that its own code
    cannot change.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its code, and what to choose; the defaults meet every control.
        key: key for logs, variables and failures; by default one of its own (1 USD a month, 3 after two rotations).
        vpc: network to run in, with private or isolated subnets in two zones or more; by default none.
        on_failure: queue or topic that gets asynchronous events that it failed to process; by default a queue of its own.
        alarms: topic that gets its alarms: errors, throttles, long calls, events that even the destination did not get.
        provider: an additional provider, for another region.
        moved_from: the path that it had before, so that its resources move instead of being replaced.

    Raises:
        ConfigError: a value is refused; the subnets are not there; at synthesis, it reaches for an internet that its
            subnets have no way to.

    Example:
        `Function(stack, "orders", FunctionConfig(code=S3Code(bucket="acme-builds", key="orders.zip", object_version="7"),
        runtime="python3.13", handler="app.handler"))`
    """

    config: FunctionConfig

    receives = "function"

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: FunctionConfig,
        *,
        key: SecureKey | None = None,
        vpc: SecureVpc | None = None,
        on_failure: HasArn | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: logs, variables and failures of the function", tags=config.tags)
        self.key = key_of(self, key, about)
        self._name = config.name or self._derived_name()
        self.log_group = self._make_log_group()
        trust = RoleConfig(trust=ServiceTrust(service="lambda"), description=f"{self.path}: function", tags=config.tags)
        self.role = SecureRole(self, "role", trust)
        self._network = InVpc(self, vpc, config.subnets) if vpc is not None else None
        self.failures = make_queue(self, f"{self._name}-failures", self.key) if on_failure is None else None
        self.execution = write_execution_policy(
            self, self.role.role.ref("id"), self._constructed_arn, list(self._needs()), in_vpc=vpc is not None
        )
        self.function = self._make()
        if self.failures is not None:
            self.failure_arn = self.failures.ref("arn")
        else:
            self.failure_arn = allow_failures(self.path, on_failure, self.role)
            # With events that are not looked at yet, if it had one before.
            given = on_failure if isinstance(on_failure, SecureConstruct) else None
            self.let_go("aws_sqs_queue", "failures", given=given)
        self._keep_failures()
        if config.url is not None:
            self.url = self._add_url(config.url)
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the function's ARN, without a version."""
        return self.function.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the function's name."""
        return self.function.ref("function_name")

    @property
    def invoke_arn(self) -> str:
        """Reference to the address that API Gateway invokes it by."""
        return self.function.ref("invoke_arn")

    @property
    def url_address(self) -> str:
        """Reference to its address on the internet.

        Raises:
            ConfigError: it has none.
        """
        self._refuse_without_url("url_address")
        return self.url.ref("function_url")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from its group.

        Raises:
            ConfigError: it is not in a VPC.
        """
        if self._network is None:
            raise ConfigError(
                f"{self.path}: it is in no VPC, so it has no security group and reaches every address. Pass vpc=network."
            )
        return self._network.group.connections

    def grant_invoke(self, grantee: Grantee | str) -> None:
        """Let a role invoke the function, and nothing else.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.

        Raises:
            ConfigError: the grantee is not a role.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            self._allow_role(grantee, _INVOKE)
        else:
            grantee.add_to_policy(Statement(actions=(_INVOKE,), resources=(self.arn,)))

    def grant_invoke_url(self, grantee: Grantee) -> None:
        """Let a role of this account call the function's address on the internet, with its IAM credentials.

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: it has no address, or the grantee is an ARN.
        """
        self._refuse_without_url("grant_invoke_url")
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_invoke_url({grantee!r}) is written into the role's policy: pass a SecureRole, or an ExistingRole."
            )
        # Both are needed since October 2025: docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        signed = equals("lambda:FunctionUrlAuthType", "AWS_IAM")
        through = Condition("Bool", "lambda:InvokedViaFunctionUrl", ("true",))
        grantee.add_to_policy(Statement(actions=(_INVOKE_URL,), resources=(self.arn,), conditions=(signed,)))
        grantee.add_to_policy(Statement(actions=(_INVOKE,), resources=(self.arn,), conditions=(through,)))

    def allow_invoke_from(self, service: str, source_arn: str, *, id: str | None = None) -> Resource:
        """Let an AWS service invoke the function for one of this account's resources.

        Args:
            service: the service, e.g. `apigateway`, `events`, `s3` or `sns`.
            source_arn: ARN of the rule, bucket, topic or API that it acts for; a pattern names the account at least. Of a token
                Terraform checks the account.
            id: name of the permission in its address; by default service and source, in words.

        Raises:
            ConfigError: the source is not an ARN, names no account, or is allowed already.
        """
        return allow_service(self, self.name, service, source_arn, id, _INVOKE)

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Let a service deliver for a source: see `deliver_to` of the source."""
        return (allow_delivery(self, self.name, delivery.service, source_arn),)

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_invoke(role)

    def allow_url_from(self, service: str, source_arn: str, *, id: str | None = None) -> Resource:
        """Let CloudFront call the function's address for a distribution.

        Args:
            service: `cloudfront`.
            source_arn: ARN of the distribution.
            id: as in `allow_invoke_from`.

        Raises:
            ConfigError: it has no address, or as in `allow_invoke_from`.
        """
        self._refuse_without_url("allow_url_from")
        return allow_service(self, self.name, service, source_arn, f"url-{id or service}", _INVOKE_URL)

    def read_queue(
        self, queue: QueueSource, config: QueueSourceConfig = QueueSourceConfig(), *, id: str = ""
    ) -> Resource:
        """Process the messages of a queue; those of a batch that fail stay in the queue, the others do not.

        Args:
            queue: the queue; its visibility timeout must be longer than the function's timeout, AWS advises six times.
            config: size and number of batches.
            id: name in the address; by default the queue's id.

        Raises:
            ConfigError: messages would become visible again while they are processed, or the queue is read already.
        """
        return read_queue(self, self.function, self.role, queue, config.require(self.path), id)

    def read_stream(
        self, stream: StreamSource, config: StreamSourceConfig = StreamSourceConfig(), *, id: str = ""
    ) -> Resource:
        """Process the records of a stream, in the order of each shard; what fails for good goes where failures go.

        Args:
            stream: a data stream, or a table with a stream.
            config: where to begin, batches, and how often to retry.
            id: name in the address; by default the stream's id.

        Raises:
            ConfigError: the stream is read already.
        """
        return read_stream(self, self.function, self.role, stream, config.require(self.path), self.failure_arn, id)

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking that its subnets lead where its group allows it."""
        if self._network is not None:
            self._network.refuse_dead_ends()
        return super().document()

    @property
    def _constructed_arn(self) -> str:
        """Its ARN put together from its parts, for what must be there before it."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account_id}:function:{self._name}"

    def _derived_name(self) -> str:
        name = self.path.replace("/", "-")
        if len(name) > _LONGEST_NAME:
            # The suffix distinguishes it from others whose paths have the same beginning.
            name = f"{name[:55].rstrip('-')}-{zlib.crc32(self.path.encode()):08x}"
        return name

    def _make_log_group(self) -> SecureLogGroup:
        # Lambda would create one itself that is kept forever, and that Terraform does not know.
        config = LogGroupConfig(
            name=f"/aws/lambda/{self._name}",
            retention_in_days=self.config.log_retention_in_days,
            tags=self.config.tags,
            waivers=tuple(one for one in self.config.waivers if one.control == "log-group-retained"),
        )
        return SecureLogGroup(self, "logs", config, key=self.key)

    def _needs(self) -> Iterator[Statement]:
        yield logging(self.log_group.arn)
        if self.config.environment:
            yield decryption(self, self.key.arn, self._constructed_arn)
        if self.failures is not None:
            yield from sending(self, self.failures, self.key)

    def _make(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "function",
            "aws_lambda_function",
            depends_on=[self.log_group.group, self.execution],
            function_name=self._name,
            description=config.description or f"{self.path}: function",
            role=self.role.arn,
            **config.code.arguments(self, words(self.path).replace("-", "_")),
            runtime=config.runtime,
            handler=config.handler,
            architectures=[config.architecture],
            memory_size=config.memory_mb,
            timeout=config.timeout_seconds,
            ephemeral_storage={"size": config.ephemeral_storage_mb},
            environment={"variables": dict(config.environment)} if config.environment else None,
            # Only with variables: AWS forgets a key that has nothing to encrypt, and every plan would set it again.
            kms_key_arn=self.key.arn if config.environment else None,
            reserved_concurrent_executions=config.reserved_concurrent_executions,
            layers=list(config.layers) or None,
            code_signing_config_arn=config.code_signing_config_arn,
            tracing_config={"mode": "Active"},
            logging_config={
                "log_format": "JSON",
                "log_group": self.log_group.name,
                "application_log_level": config.log_level,
                "system_log_level": "INFO",
            },
            vpc_config=self._network.arguments() if self._network else None,
            tags=config.tags or None,
        )

    def _keep_failures(self) -> None:
        Resource(
            self,
            "asynchronous",
            "aws_lambda_function_event_invoke_config",
            # AWS tests whether the role may send to the destination.
            depends_on=[] if self.failures is not None else [self.role.inline],
            function_name=self.name,
            maximum_retry_attempts=self.config.maximum_retry_attempts,
            maximum_event_age_in_seconds=self.config.maximum_event_age_seconds,
            destination_config={"on_failure": {"destination": self.failure_arn}},
        )

    def _add_url(self, config: FunctionUrlConfig) -> Resource:
        return Resource(
            self,
            "url",
            "aws_lambda_function_url",
            function_name=self.name,
            authorization_type="AWS_IAM",
            **config.arguments(),
        )

    def _allow_role(self, arn: str, action: str) -> None:
        if "TfToken[" in arn:
            raise ConfigError(
                f"{self.path}: grant_invoke({arn!r}) of a role that only Terraform knows: its address must not depend on the order of "
                "the code. Pass an ExistingRole."
            )
        name = f"invoker-{words(arn if is_token(arn) else arn.split(':', 5)[-1])}"
        Resource(
            self,
            name,
            "aws_lambda_permission",
            statement_id=shortened(name, LONGEST_ID),
            action=action,
            function_name=self.name,
            principal=arn,
        )

    def _refuse_without_url(self, asked: str) -> None:
        if self.config.url is None:
            raise ConfigError(
                f"{self.path}: {asked} needs an address on the internet. Set FunctionConfig(url=FunctionUrlConfig())."
            )

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        here = {"FunctionName": self._name}
        yield WorkloadAlarm("errors", "AWS/Lambda", "Errors", here, 1, "a call of the function has failed")
        yield WorkloadAlarm(
            "throttles", "AWS/Lambda", "Throttles", here, 1, "calls were refused, since too many ran at the same time"
        )
        if not is_token(self.config.timeout_seconds):
            longest = self.config.timeout_seconds * 900
            why = f"a call took more than nine tenths of the {self.config.timeout_seconds} seconds that it may take"
            yield WorkloadAlarm("duration", "AWS/Lambda", "Duration", here, longest, why, statistic="Maximum")
        yield WorkloadAlarm(
            "lost-events",
            "AWS/Lambda",
            "DestinationDeliveryFailures",
            here,
            1,
            "an event that the function failed to process did not reach its destination and is lost",
        )
