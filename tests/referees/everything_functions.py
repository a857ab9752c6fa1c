"""Functions from a folder and from an image, in a VPC and outside, every option on."""

from __future__ import annotations

from pathlib import Path

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    FolderCode,
    Function,
    FunctionConfig,
    FunctionUrlConfig,
    ImageCode,
    Port,
    Queue,
    QueueConfig,
    QueueSourceConfig,
    RoleConfig,
    SecureKey,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    StreamSourceConfig,
    Table,
    TableConfig,
    TerraformStack,
    VpcConfig,
)

SOURCE = Path(__file__).parents[2] / "examples" / "functions" / "src"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/report@sha256:" + "0a" * 32


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    topic = SecureTopic(stack, "pages")
    key = SecureKey(stack, "data")
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.80.0.0/16", zones=2, tiers=("private", "isolated")))
    caller = SecureRole(stack, "caller", RoleConfig(trust=ServiceTrust(service="lambda")))
    url = FunctionUrlConfig(
        allow_origins=("https://shop.example.com",),
        allow_methods=("GET", "POST"),
        allow_headers=("content-type",),
        allow_credentials=True,
        max_age_seconds=600,
    )
    config = FunctionConfig(
        code=FolderCode(path=str(SOURCE)),
        runtime="python3.13",
        handler="orders.handler",
        name="orders",
        description="Takes orders",
        architecture="x86_64",
        memory_mb=512,
        timeout_seconds=20,
        ephemeral_storage_mb=1024,
        environment={"TABLE": "orders"},
        reserved_concurrent_executions=20,
        subnets="isolated",
        url=url,
        maximum_retry_attempts=1,
        maximum_event_age_seconds=3600,
        log_level="WARN",
        log_retention_in_days=731,
        tags={"team": "orders"},
    )
    orders = Function(stack, "orders", config, key=key, vpc=network, on_failure=topic, alarms=topic)
    orders.connections.allow_to("10.80.0.0/16", Port.HTTPS, "what the network offers")
    orders.allow_invoke_from("events", "arn:aws:events:eu-central-1:123456789012:rule/nightly")
    orders.allow_invoke_from("s3", "arn:aws:s3:::acme-uploads")
    orders.allow_url_from("cloudfront", "arn:aws:cloudfront::123456789012:distribution/E1A2B3C4D5E6F7")
    orders.grant_invoke(caller)
    orders.grant_invoke_url(caller)
    orders.grant_invoke("arn:aws:iam::123456789012:role/back-office")
    build_others(stack, network)


def build_others(stack: TerraformStack, network: SecureVpc) -> None:
    """One that reads a queue and a table's changes, and one from an image; archives in S3 are in the module's test."""
    config = FunctionConfig(code=FolderCode(path=str(SOURCE)), runtime="python3.13", handler="orders.handler")
    mail = Function(stack, "mail", config, on_failure=Queue(stack, "failed"))
    queue = QueueSourceConfig(
        batch_size=100,
        maximum_concurrency=5,
        maximum_batching_window_seconds=5,
        filters=('{"body": {"kind": ["order"]}}',),
    )
    mail.read_queue(Queue(stack, "incoming", QueueConfig(visibility_timeout_seconds=180)), queue)
    stream = StreamSourceConfig(
        starting_position="LATEST",
        batch_size=50,
        parallelization_factor=2,
        maximum_retry_attempts=3,
        maximum_record_age_seconds=3600,
    )
    mail.read_stream(Table(stack, "changes", TableConfig(hash_key="id", stream_view_type="NEW_IMAGE")), stream)
    image = ImageCode(uri=IMAGE, command=("report.handler",), entry_point=("/entry",), working_directory="/work")
    Function(stack, "report", FunctionConfig(code=image), vpc=network)
