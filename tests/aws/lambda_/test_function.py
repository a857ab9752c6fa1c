"""Function: role, log group, key, failures, network, permissions, sources."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.dynamodb.config import TableConfig
from secureinfra.aws.dynamodb.table import Table
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.code import FolderCode, ImageCode, S3Code
from secureinfra.aws.lambda_.config import FunctionConfig, FunctionUrlConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.lambda_.sources import QueueSourceConfig, StreamSourceConfig
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine import Grantee
from secureinfra.engine._cdk import App, TerraformStack, TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.policy import Statement
from secureinfra.testing import addresses, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
RULE = "arn:aws:events:eu-central-1:111122223333:rule/nightly"
DIGEST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:" + "0a" * 32
CODE = S3Code(bucket="acme-builds", key="orders.zip", object_version="7")


def config(**changed: Any) -> FunctionConfig:
    given: dict[str, Any] = {"code": CODE, "runtime": "python3.13", "handler": "app.handler", **changed}
    return FunctionConfig(**{name: value for name, value in given.items() if value is not None})


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def made(**changed: Any) -> dict[str, Any]:
    stack = test_stack()
    Function(stack, "orders", config(**changed))
    return only(stack, "aws_lambda_function")


def execution_of(stack: Any) -> list[dict[str, Any]]:
    policies = synthesize(stack)["resource"]["aws_iam_role_policy"]
    return list(json.loads(policies["orders_execution"]["policy"])["Statement"])


def network(stack: Any, **changed: Any) -> SecureVpc:
    return SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, **changed))


class Orders:
    """A queue as `read_queue` takes it."""

    def __init__(self, visibility: Any) -> None:
        self.config = QueueSettings(visibility)
        self.arn = "arn:aws:sqs:eu-central-1:111122223333:orders"

    def grant_consume(self, grantee: Grantee) -> None:
        grantee.add_to_policy(Statement(actions=("sqs:ReceiveMessage",), resources=(self.arn,)))


class QueueSettings:
    """What `read_queue` asks a queue."""

    def __init__(self, visibility: Any) -> None:
        self.visibility_timeout_seconds = visibility


class Changes:
    """A stream as `read_stream` takes it."""

    stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/changes"

    def grant_read_stream(self, grantee: Grantee) -> None:
        grantee.add_to_policy(Statement(actions=("kinesis:GetRecords",), resources=(self.stream_arn,)))


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Function(stack, "orders", config())
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    function = Function(
        stack,
        "orders",
        config(
            name="orders",
            description="Takes orders",
            architecture="x86_64",
            memory_mb=1024,
            timeout_seconds=60,
            ephemeral_storage_mb=1024,
            environment={"TABLE": "orders"},
            reserved_concurrent_executions=20,
            layers=("arn:aws:lambda:eu-central-1:111122223333:layer:tools:3",),
            code_signing_config_arn="arn:aws:lambda:eu-central-1:111122223333:code-signing-config:csc-0f6c334abcdea4d8b",
            subnets="isolated",
            url=FunctionUrlConfig(allow_origins=("https://shop.example.com",), allow_methods=("POST",)),
            maximum_retry_attempts=1,
            maximum_event_age_seconds=3600,
            log_level="WARN",
            log_retention_in_days=731,
            tags={"team": "orders"},
        ),
        key=SecureKey(stack, "data"),
        vpc=network(stack, tiers=("isolated",)),
        on_failure=topic,
        alarms=topic,
    )
    function.allow_invoke_from("events", RULE)
    function.allow_invoke_from("s3", "arn:aws:s3:::acme-uploads", id="uploads")
    function.allow_url_from("cloudfront", "arn:aws:cloudfront::111122223333:distribution/E1")
    function.grant_invoke("arn:aws:iam::111122223333:role/caller")
    function.read_queue(Orders(360), id="orders")
    function.read_stream(Changes(), id="changes")
    matches_snapshot(stack)


def test_log_group_comes_first_and_is_the_only_one_it_may_write_to() -> None:
    stack = test_stack()
    Function(stack, "orders", config())
    function, group = only(stack, "aws_lambda_function"), only(stack, "aws_cloudwatch_log_group")
    assert function["depends_on"] == [
        "aws_cloudwatch_log_group.orders_logs_log_group",
        "aws_iam_role_policy.orders_execution",
    ]
    assert function["logging_config"]["log_group"] == "${aws_cloudwatch_log_group.orders_logs_log_group.name}"
    assert group["name"] == "/aws/lambda/test-orders"
    logs = [one for one in execution_of(stack) if any(action.startswith("logs:") for action in one["Action"])]
    assert [one["Resource"] for one in logs] == [["${aws_cloudwatch_log_group.orders_logs_log_group.arn}:*"]]
    assert "logs:CreateLogGroup" not in str(logs)


def test_traced() -> None:
    assert made()["tracing_config"] == {"mode": "Active"}


def test_dead_letters() -> None:
    stack = test_stack()
    Function(stack, "orders", config())
    kept = only(stack, "aws_lambda_function_event_invoke_config")
    assert kept["destination_config"] == {"on_failure": {"destination": "${aws_sqs_queue.orders_failures.arn}"}}
    assert only(stack, "aws_sqs_queue")["kms_master_key_id"] == "${aws_kms_key.orders_key.key_id}"


def test_failures_to_a_topic_need_no_queue_and_wait_for_the_grant() -> None:
    stack = test_stack()
    Function(stack, "orders", config(), on_failure=SecureTopic(stack, "pages"))
    assert "aws_sqs_queue" not in synthesize(stack)["resource"]
    kept = only(stack, "aws_lambda_function_event_invoke_config")
    assert kept["depends_on"] == ["aws_iam_role_policy.orders_role_permissions"]


def test_environment_customer_key() -> None:
    assert "kms_key_arn" not in made()
    assert made(environment={"TABLE": "orders"})["kms_key_arn"] == "${aws_kms_key.orders_key.arn}"


def test_in_vpc_with_interfaces_that_its_own_code_cannot_change() -> None:
    stack = test_stack()
    Function(stack, "orders", config(), vpc=network(stack, tiers=("private",)))
    assert len(only(stack, "aws_lambda_function")["vpc_config"]["subnet_ids"]) == 2
    allowed = [one for one in execution_of(stack) if "ec2:CreateNetworkInterface" in one["Action"]]
    assert {one["Effect"] for one in allowed} == {"Allow", "Deny"}
    for one in allowed:
        if one["Effect"] == "Allow":
            assert all(f":{ACCOUNT}:" in resource for resource in one["Resource"])
        else:
            (arn,) = one["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]
            assert arn.endswith(":function:test-orders")


def test_without_a_vpc_it_may_not_touch_interfaces() -> None:
    stack = test_stack()
    Function(stack, "orders", config())
    assert "ec2:" not in str(execution_of(stack))


def test_url_authenticated() -> None:
    stack = test_stack()
    Function(stack, "orders", config(url=FunctionUrlConfig()))
    assert only(stack, "aws_lambda_function_url")["authorization_type"] == "AWS_IAM"


def test_url_is_called_by_roles_that_were_granted() -> None:
    stack = test_stack()
    function = Function(stack, "orders", config(url=FunctionUrlConfig()))
    function.grant_invoke_url(SecureRole(stack, "caller", RoleConfig(trust=ServiceTrust(service="lambda"))))
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"]["caller_permissions"]["policy"]
    granted = {one["Action"][0]: one["Condition"] for one in json.loads(policy)["Statement"]}
    assert granted == {
        "lambda:InvokeFunctionUrl": {"StringEquals": {"lambda:FunctionUrlAuthType": ["AWS_IAM"]}},
        "lambda:InvokeFunction": {"Bool": {"lambda:InvokedViaFunctionUrl": ["true"]}},
    }
    assert function.url_address == "${aws_lambda_function_url.orders_url.function_url}"


def test_service_invokes_for_a_source_of_this_account() -> None:
    stack = test_stack()
    Function(stack, "orders", config()).allow_invoke_from("events", RULE)
    permission = only(stack, "aws_lambda_permission")
    assert (permission["principal"], permission["source_arn"]) == ("events.amazonaws.com", RULE)
    # EventBridge sends no account: with a condition on it, the function would never be invoked.
    assert "source_account" not in permission
    (judged,) = permission["lifecycle"]["precondition"]
    assert judged["condition"] == f'${{split(":", "{RULE}")[4] == data.aws_caller_identity.current.account_id}}'


def test_bucket_is_of_this_account_by_its_owner() -> None:
    stack = test_stack()
    Function(stack, "orders", config()).allow_invoke_from("s3.amazonaws.com", "arn:aws:s3:::acme-uploads")
    permission = only(stack, "aws_lambda_permission")
    assert (permission["principal"], permission["source_account"]) == ("s3.amazonaws.com", ACCOUNT)
    assert "lifecycle" not in permission


def test_grant_invoke_is_written_on_the_side_that_decides() -> None:
    stack = test_stack()
    function = Function(stack, "orders", config())
    function.grant_invoke(SecureRole(stack, "caller", RoleConfig(trust=ServiceTrust(service="lambda"))))
    function.grant_invoke("arn:aws:iam::111122223333:role/other")
    resources = synthesize(stack)["resource"]
    policy = json.loads(resources["aws_iam_role_policy"]["caller_permissions"]["policy"])
    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": ["${aws_lambda_function.orders_function.arn}"],
        }
    ]
    assert (
        resources["aws_lambda_permission"]["orders_invoker_role_other"]["principal"]
        == "arn:aws:iam::111122223333:role/other"
    )


def test_two_functions_may_invoke_each_other() -> None:
    # The functions wait for what they need to run, not for what is granted: Terraform refuses circles.
    stack = test_stack()
    one, other = Function(stack, "one", config()), Function(stack, "other", config())
    one.grant_invoke(other.role)
    other.grant_invoke(one.role)
    for block in synthesize(stack)["resource"]["aws_lambda_function"].values():
        assert not [name for name in block["depends_on"] if name.endswith("_permissions")]


def test_queue_is_read_in_batches_of_which_only_failures_come_back() -> None:
    stack = test_stack()
    Function(stack, "orders", config()).read_queue(Orders(180), QueueSourceConfig(maximum_concurrency=5))
    mapping = only(stack, "aws_lambda_event_source_mapping")
    assert mapping["function_response_types"] == ["ReportBatchItemFailures"]
    assert mapping["scaling_config"] == {"maximum_concurrency": 5}
    assert mapping["depends_on"] == ["aws_iam_role_policy.orders_role_permissions"]


def test_reads_queues_and_tables_of_this_library_with_a_right_for_each() -> None:
    stack = test_stack()
    function = Function(stack, "orders", config(), on_failure=Queue(stack, "failed"))
    function.read_queue(Queue(stack, "incoming"))
    function.read_stream(Table(stack, "changes", TableConfig(hash_key="id", stream_view_type="NEW_AND_OLD_IMAGES")))
    resources = synthesize(stack)["resource"]
    assert set(resources["aws_lambda_event_source_mapping"]) == {"orders_source_incoming", "orders_source_changes"}
    granted = json.loads(resources["aws_iam_role_policy"]["orders_role_permissions"]["policy"])["Statement"]
    allowed = {action: one["Resource"] for one in granted for action in one["Action"]}
    assert allowed["sqs:ReceiveMessage"] == ["${aws_sqs_queue.incoming_queue.arn}"]
    assert allowed["sqs:SendMessage"] == ["${aws_sqs_queue.failed_queue.arn}"]
    assert allowed["dynamodb:GetRecords"] == ["${aws_dynamodb_table.changes_table.stream_arn}"]


def test_refuses_queue_whose_messages_come_back_too_early() -> None:
    function = Function(test_stack(), "orders", config(timeout_seconds=60))
    with pytest.raises(
        ConfigError, match=r"visibility_timeout_seconds=30, less than the function's timeout_seconds=60.*six times"
    ):
        function.read_queue(Orders(30))


def test_visibility_that_terraform_knows_is_checked_there() -> None:
    stack = test_stack()
    Function(stack, "orders", config()).read_queue(Orders("${var.visibility}"))
    (judged,) = only(stack, "aws_lambda_event_source_mapping")["lifecycle"]["precondition"]
    assert judged["condition"] == "${var.visibility >= 30}"


def test_stream_records_that_fail_are_told_where_failures_go() -> None:
    stack = test_stack()
    Function(stack, "orders", config()).read_stream(Changes(), StreamSourceConfig(starting_position="LATEST"))
    mapping = only(stack, "aws_lambda_event_source_mapping")
    assert mapping["destination_config"] == {"on_failure": {"destination_arn": "${aws_sqs_queue.orders_failures.arn}"}}
    assert (mapping["bisect_batch_on_function_error"], mapping["maximum_retry_attempts"]) == (True, 10)


def test_refuses_what_is_neither_a_queue_nor_a_stream() -> None:
    stack = test_stack()
    function, key = Function(stack, "orders", config()), SecureKey(stack, "data")
    with pytest.raises(ConfigError, match="is not a queue"):
        function.read_queue(key)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="is not a stream"):
        function.read_stream(key)  # type: ignore[arg-type]


def test_alarms_go_to_the_topic_that_is_given() -> None:
    stack = test_stack()
    Function(stack, "orders", config(timeout_seconds=10), alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {name: block["threshold"] for name, block in alarms.items()} == {
        "orders_alarm_errors": 1,
        "orders_alarm_throttles": 1,
        "orders_alarm_duration": 9000,
        "orders_alarm_lost_events": 1,
    }


def test_folder_is_zipped_beside_the_stack(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "app.py").write_text("def handler(event, context): ...\n")
    app = App(outdir=str(tmp_path / "out"))
    stack = TerraformStack(app, "shop")
    Function(stack, "orders", config(code=FolderCode(path=str(source))))
    app.synth()
    written = tmp_path / "out" / "stacks" / "shop"
    (function,) = json.loads((written / "cdk.tf.json").read_text())["resource"]["aws_lambda_function"].values()
    content = (written / function["filename"]).read_bytes()
    assert function["source_code_hash"] == base64.b64encode(hashlib.sha256(content).digest()).decode()


def test_image_by_digest() -> None:
    function = made(code=ImageCode(uri=DIGEST, command=("app.handler",)), runtime=None, handler=None)
    assert (function["package_type"], function["image_uri"]) == ("Image", DIGEST)
    assert function["image_config"] == {"command": ["app.handler"]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"code": ImageCode(uri=DIGEST.partition("@")[0] + ":latest")},
            "is not an image of ECR by its digest: a tag such as",
        ),
        (
            {"code": ImageCode(uri="docker.io/library/python@sha256:" + "0a" * 32)},
            "is not an image of ECR by its digest",
        ),
        ({"code": ImageCode(uri=DIGEST)}, "runtime='python3.13' is given for an image"),
        ({"code": S3Code(bucket="acme", key="orders.zip")}, "object_version is missing: Terraform would not see"),
        ({"runtime": None}, r"runtime is missing: Lambda would not know what to run\. Add runtime='python3.13'"),
        ({"runtime": "python312"}, "is not a runtime of Lambda"),
        ({"name": "two words"}, "is not a name of a function"),
        ({"layers": ("arn:aws:lambda:eu-central-1:111122223333:layer:tools",)}, "is not a version of a layer"),
        ({"environment": {"AWS_REGION": "eu-central-1"}}, "sets 'AWS_REGION': Lambda sets it itself"),
        ({"environment": {"1ST": "x"}}, "sets '1ST', which is not a name of a variable"),
        ({"environment": {"BIG": "x" * 5000}}, "holds 5,003 bytes: Lambda takes 4,096"),
        ({"url": FunctionUrlConfig(allow_methods=("GET",))}, "allow_origins is missing: CORS without an origin"),
    ],
)
def test_refuses(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Function(test_stack(), "orders", config(**changed))


@pytest.mark.parametrize(
    ("service", "source", "message"),
    [
        ("events", "nightly", "is not an ARN"),
        ("sns", "arn:aws:sns:eu-central-1:*:pages", "is not an ARN"),
        ("apigateway", "arn:aws:apigateway:eu-central-1::/restapis/a", "names no account"),
    ],
)
def test_refuses_sources_of_any_account(service: str, source: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Function(test_stack(), "orders", config()).allow_invoke_from(service, source)


def test_refuses_a_permission_twice_and_one_without_a_stable_address() -> None:
    stack = test_stack()
    function = Function(stack, "orders", config())
    function.allow_invoke_from("events", RULE)
    with pytest.raises(ConfigError, match="is allowed already, as 'invoker-events-rule-nightly'"):
        function.allow_invoke_from("events", RULE)
    token = TerraformVariable(stack, "rule", type="string").string_value
    with pytest.raises(ConfigError, match="needs an id"):
        function.allow_invoke_from("events", token)
    with pytest.raises(ConfigError, match=r"its address must not depend.*Pass an ExistingRole"):
        function.grant_invoke(token)


def test_refuses_subnets_that_are_not_there() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="subnets='private' needs private subnets in two zones or more"):
        Function(stack, "orders", config(), vpc=network(stack, tiers=("isolated",)))


@pytest.mark.parametrize(
    ("subnets", "message"),
    [("isolated", "isolated subnets have no way there"), ("private", "test/network has no NAT gateway")],
)
def test_refuses_the_internet_without_a_way_there(subnets: str, message: str) -> None:
    stack = test_stack()
    vpc = network(stack, tiers=("private", "isolated"))
    Function(stack, "orders", config(subnets=subnets), vpc=vpc).connections.allow_to_internet(Port.HTTPS)
    with pytest.raises(ConfigError, match=message):
        synthesize(stack)


def test_refuses_connections_without_a_vpc_and_addresses_without_a_url() -> None:
    function = Function(test_stack(), "orders", config())
    with pytest.raises(ConfigError, match="it is in no VPC"):
        _ = function.connections
    with pytest.raises(ConfigError, match="url_address needs an address on the internet"):
        _ = function.url_address


def test_refuses_folder_that_cannot_be_uploaded(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none", "is not a folder"), (tmp_path, "cannot be zipped: it holds no file")):
        with pytest.raises(ConfigError, match=message):
            Function(test_stack(), "orders", config(code=FolderCode(path=str(path))))


def test_refuses_what_failures_cannot_go_to() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is a FIFO queue, to which Lambda cannot send what failed"):
        Function(stack, "bills", config(), on_failure=Queue(stack, "ordered", QueueConfig(fifo=True)))
    with pytest.raises(ConfigError, match="is neither a queue nor a topic"):
        Function(stack, "orders", config(), on_failure=SecureKey(stack, "data"))


def test_waiver_for_a_runtime_without_support() -> None:
    with pytest.raises(ControlError, match="breaks control lambda-function-runtime-supported"):
        made(runtime="python3.9")
    waiver = Waiver(
        control="lambda-function-runtime-supported", reason="until the rewrite", owner="orders", until="2099-12-31"
    )
    assert made(runtime="python3.9", waivers=(waiver,))["runtime"] == "python3.9"


def test_long_paths_make_names_that_fit() -> None:
    stack = test_stack()
    Function(stack, "o" * 70, config())
    name = only(stack, "aws_lambda_function")["function_name"]
    assert len(name) == 64


def test_addresses() -> None:
    stack = test_stack()
    Function(stack, "orders", config())
    assert addresses(synthesize(stack)) == [
        "aws_cloudwatch_log_group.orders_logs_log_group",
        "aws_iam_role.orders_role",
        "aws_iam_role_policy.orders_execution",
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
        "aws_lambda_function.orders_function",
        "aws_lambda_function_event_invoke_config.orders_asynchronous",
        "aws_sqs_queue.orders_failures",
        "aws_sqs_queue_policy.orders_failures_policy",
    ]
