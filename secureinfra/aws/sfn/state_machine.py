"""Workflow of Step Functions: encrypted, logged without data, traced, with a role of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.sfn.definition import problems_of
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals

__all__ = ["Workflow", "WorkflowConfig"]

WORKFLOW_NAME = matches(
    r"[A-Za-z0-9_-]{1,80}", "is not a workflow name", "write up to 80 letters, digits, '_' and '-'", example="orders"
)
# docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html: none of these takes a resource.
_DELIVER_LOGS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
# docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
_TRACE = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


class WorkflowConfig(Config):
    """Definition, kind and log of a workflow."""

    definition: Mapping[str, Any]
    """The states in the Amazon States Language, e.g. `{"StartAt": "Count", "States": {"Count": {"Type": "Task", ...}}}`."""
    name: Annotated[str, WORKFLOW_NAME] | None = None
    """Name of the workflow; by default the construct's path with '-'."""
    kind: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    """`EXPRESS` runs for five minutes at most, may run a step twice, and costs by duration; it cannot be changed later."""
    log_level: Literal["ALL", "ERROR", "FATAL"] = "ALL"
    """Which events of executions are logged; inputs and outputs never are."""
    log_retention_in_days: RetentionDays = 365
    """How long the log is kept."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """States that do not exist, or that lead nowhere."""
        yield from problems_of(self.definition)


@declares(apart="its states call what a module of its own would not contain", page="messaging")
class Workflow(SecureConstruct):
    """A workflow that may do what its role was granted, whose executions are encrypted, logged without their data, and traced.

    Creates the state machine, its role and its log, and a key when none is given. What the states call is granted to `role`:
    `function.grant_invoke(workflow.role)`.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the states.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: topic for alarms on executions that fail, or that Step Functions throttles.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or the definition is not one that Step Functions accepts.

    Example:
        `Workflow(stack, "orders", WorkflowConfig(definition={"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}))`
    """

    config: WorkflowConfig
    receives = "workflow"

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: WorkflowConfig,
        *,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: workflow", tags=config.tags))
        self._name = config.name or derived_name(self, WORKFLOW_NAME)
        self.log_group = self._make_log_group()
        trust = ServiceTrust(service="states", source_arns=(self._arn_seen_by(self),))
        about = f"{self.path}: what the workflow may do"
        self.role = SecureRole(self, "role", RoleConfig(trust=trust, description=about, tags=config.tags))
        self._let_logs_be_delivered()
        execution = self._write_execution_policy()
        self.state_machine = Resource(
            self,
            "state-machine",
            "aws_sfn_state_machine",
            # Step Functions tries what it needs itself; what is granted to the role may name the workflow.
            depends_on=[execution],
            name=self._name,
            type=config.kind,
            role_arn=self.role.arn,
            definition=json.dumps(config.definition, separators=(",", ":")),
            logging_configuration={
                "level": config.log_level,
                "include_execution_data": False,
                "log_destination": f"{self.log_group.arn}:*",
            },
            tracing_configuration={"enabled": True},
            encryption_configuration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": self.key.arn},
            tags=config.tags or None,
        )
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the workflow's ARN."""
        return self.state_machine.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the workflow's name."""
        return self.state_machine.ref("name")

    def grant_start(self, grantee: Grantee) -> None:
        """Let a role start executions.

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: the grantee is an ARN, or not a role.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_start({grantee!r}) cannot be written: the role's own policy must allow it. Pass a SecureRole."
            )
        grantee.add_to_policy(Statement(actions=("states:StartExecution",), resources=(self.arn,)))

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Refused: a role starts a workflow."""
        raise ConfigError(f"{self.path}: {delivery.service} starts a workflow by a role only. Use grant_start(role).")

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_start(role)

    def _make_log_group(self) -> SecureLogGroup:
        config = LogGroupConfig(
            # AWS's own resource policy covers the prefix once; a policy for each group would reach the limit of ten at the tenth.
            name=f"/aws/vendedlogs/states/{self._name}",
            retention_in_days=self.config.log_retention_in_days,
            waivers=self.config.waivers,
            tags=self.config.tags,
        )
        return SecureLogGroup(self, "log", config, key=self.key)

    def _let_logs_be_delivered(self) -> None:
        """docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html: the service that delivers the log decrypts it."""
        logs = f"arn:{self.key.partition}:logs:{self.key.region}:{self.key.account_id}:*"
        self.key.policy.add(
            Statement(
                sid="AllowLogDelivery",
                principal=Principal.service("delivery.logs.amazonaws.com"),
                actions=("kms:Decrypt",),
                resources=("*",),
                # What the role encrypts for it carries this context.
                conditions=(equals("kms:EncryptionContext:SourceArn", logs),),
            )
        )

    def _write_execution_policy(self) -> Resource:
        use = ("kms:Decrypt", "kms:GenerateDataKey")
        own = equals("kms:EncryptionContext:aws:states:stateMachineArn", self._arn_seen_by(self))
        logs = equals("kms:EncryptionContext:SourceArn", f"arn:{self.partition}:logs:{self.region}:{self.account_id}:*")
        statements = (
            Statement(actions=_DELIVER_LOGS, resources=("*",)),
            Statement(actions=_TRACE, resources=("*",)),
            Statement(actions=use, resources=(self.key.arn,), conditions=(own,)),
            Statement(actions=("kms:GenerateDataKey",), resources=(self.key.arn,), conditions=(logs,)),
        )
        if self.key.config.strict:
            # Then the key's own policy decides.
            role = Principal.arns(self.role.arn)
            for statement in statements[2:]:
                self.key.policy.add(replace(statement, sid="Workflow", principal=role, resources=("*",)))
        policy = PolicyDocument("identity", self.path, statements)
        return Resource(
            self,
            "execution",
            "aws_iam_role_policy",
            name="execution",
            role=self.role.role.ref("id"),
            policy=policy.to_json,
        )

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        named = {"StateMachineArn": self.arn}
        for id, metric, why in (
            ("failed", "ExecutionsFailed", "an execution has failed"),
            ("timed-out", "ExecutionsTimedOut", "an execution has timed out"),
            ("throttled", "ExecutionThrottled", "Step Functions has throttled executions"),
        ):
            yield WorkloadAlarm(id=id, namespace="AWS/States", metric=metric, dimensions=named, threshold=1, why=why)

    def _arn_seen_by(self, other: SecureConstruct) -> str:
        return f"arn:{other.partition}:states:{other.region}:{other.account_id}:stateMachine:{self._name}"
