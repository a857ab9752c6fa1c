"""One stack with every option on, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AccountTrust,
    AlarmTuning,
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    DataEvents,
    GitHubOidcProvider,
    GitHubTrust,
    KeyConfig,
    LogBucket,
    LogBucketConfig,
    LogGroupConfig,
    ObjectLock,
    Peer,
    Port,
    Replication,
    RoleConfig,
    SamlTrust,
    SecureBucket,
    SecureKey,
    SecureLogGroup,
    SecureRole,
    SecureTopic,
    SecureTrail,
    SecureVpc,
    SecurityAlarms,
    SecurityAlarmsConfig,
    SecurityGroup,
    SecurityGroupConfig,
    ServiceTrust,
    Statement,
    TerraformStack,
    TopicConfig,
    TrailConfig,
    Transition,
    VpcConfig,
    Waiver,
    configure,
)
from secureinfra.policy.conditions import from_private_network

REPLICA_KEY = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000"


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox", data_classification="test"),
    )
    AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    configure(stack, permissions_boundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    network = build_network(stack)
    bucket = build_storage(stack, network)
    build_roles(stack, network, bucket)
    build_audit(stack)


def build_network(stack: TerraformStack) -> SecureVpc:
    """Two networks and groups with every kind of rule."""
    network = SecureVpc(
        stack,
        "network",
        VpcConfig(
            cidr="10.20.0.0/16",
            zones=("eu-central-1a", "eu-central-1b"),
            nat="per_zone",
            ipv6=True,
            secondary_cidrs=("100.64.0.0/16",),
            endpoints=("session-manager", "containers", "sts"),
            endpoints_without_policy=("ssmmessages",),
            readable_buckets=("aws-codedeploy-eu-central-1",),
            waivers=(waiver("vpc-endpoint-scoped"),),
            organization_id="o-a1b2c3d4e5",
            resource_accounts=("999988887777",),
            flow_logs_interval_seconds=60,
            block_public_access="block-ingress",
            block_public_access_exclusion="allow-bidirectional",
            tags={"zone": "core"},
        ),
    )
    SecureVpc(
        stack,
        "small",
        VpcConfig(
            cidr="10.30.0.0/22",
            zones=2,
            tiers=("public", "private"),
            nat="single",
            flow_logs="s3",
            accounts=("444455556666",),
        ),
    )
    web = SecurityGroup(stack, "web", SecurityGroupConfig(description="web"), vpc=network)
    database = SecurityGroup(stack, "database", SecurityGroupConfig(description="database"), vpc=network)
    web.allow_from_internet(Port.tcp(443), ipv6=True)
    web.allow_from_internet(Port.tcp(8443), waiver=waiver("security-group-web-ports-from-internet"))
    web.allow_to_internet(Port.tcp(443))
    web.allow_from("10.0.0.0/8", Port.ping())
    web.allow_from(Peer.prefix_list("pl-6ea54007"), Port.udp(4000, 4010))
    web.allow_to(Peer.prefix_list("pl-6ea54007"), Port.tcp(8080))
    web.connections.allow_to(database, Port.tcp(5432))
    return network


def build_storage(stack: TerraformStack, network: SecureVpc) -> SecureBucket:
    """A key and buckets with everything that can be asked of them."""
    key = SecureKey(
        stack,
        "data",
        KeyConfig(
            strict=True, multi_region=True, rotation_period_in_days=180, waivers=(waiver("kms-key-single-region"),)
        ),
    )
    for service in ("s3", "config", "events", "delivery.logs"):
        key.allow_service(service)
    bucket = SecureBucket(
        stack,
        "uploads",
        BucketConfig(
            name="acme-uploads-test",
            object_lock=ObjectLock(days=30),
            key_required=True,
            event_notifications=True,
            vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718", network.resources["endpoint-s3"].ref("id")),
            expiration_days=730,
            transitions=(
                Transition(storage_class="STANDARD_IA", days=30),
                Transition(storage_class="GLACIER", days=90),
            ),
            replicate_to=Replication(
                bucket_arn="arn:aws:s3:::acme-replica", kms_key_arn=REPLICA_KEY, region="eu-west-1"
            ),
        ),
        key=key,
    )
    SecureKey(stack, "edge-key", KeyConfig(), provider="aws.edge")
    logs = LogBucket(stack, "balancer-logs", LogBucketConfig(expiration_days=None))
    logs.allow_load_balancer_logs("public")
    archive = LogBucket(stack, "archive", LogBucketConfig(object_lock=ObjectLock(mode="COMPLIANCE", days=365)), key=key)
    archive.allow_flow_logs()
    SecureLogGroup(stack, "app", LogGroupConfig(retention_in_days=731), key=key)
    topic = SecureTopic(stack, "events", TopicConfig(name="events", display_name="Events"), key=key)
    for service in ("cloudwatch", "events", "s3"):
        topic.allow_publish_from(service)
    topic.subscribe("https", "https://example.com/hook")
    return bucket


def build_roles(stack: TerraformStack, network: SecureVpc, bucket: SecureBucket) -> None:
    """A role for each kind of trust."""
    oidc = GitHubOidcProvider(stack, "github")
    service = SecureRole(
        stack,
        "service",
        RoleConfig(trust=ServiceTrust(service="ec2"), instance_profile=True, path="/service/", name="service"),
    )
    bucket.grant_read_write(service, "work/")
    bucket.grant_delete(service, "tmp/")
    private = from_private_network("10.0.0.0/8", vpc=network.vpc_id)
    actions = ("s3:GetObject", "s3:PutObject")
    service.allow(Statement(actions=actions, resources=(bucket.objects("uploads/"),), conditions=private))
    trust = GitHubTrust(
        repositories=("acme/shop", "acme@1/web@2"),
        branches=("main", "release/*"),
        tags=("v*",),
        environments=("production",),
        repository_ids=("42",),
        owner_ids=("1",),
        provider_arn=oidc.arn,
    )
    SecureRole(stack, "deploy", RoleConfig(trust=trust))
    partner = AccountTrust(account_id="111122223333", external_id="acme-42", mfa=True, organization_id="o-a1b2c3d4e5")
    managed = ("arn:aws:iam::aws:policy/SecurityAudit",)
    SecureRole(stack, "partner", RoleConfig(trust=partner, managed_policy_arns=managed))
    saml = SamlTrust(provider_arn="arn:aws:iam::123456789012:saml-provider/corporate")
    SecureRole(stack, "people", RoleConfig(trust=saml))


def build_audit(stack: TerraformStack) -> None:
    """A trail with data events and tuned alarms."""
    trail = SecureTrail(
        stack,
        "audit",
        TrailConfig(
            name="audit",
            organization_id="o-a1b2c3d4e5",
            insights=True,
            object_lock=ObjectLock(days=365),
            data_events=(
                DataEvents(name="all S3 writes", resource_type="AWS::S3::Object", read_only=False),
                DataEvents(name="functions", resource_type="AWS::Lambda::Function"),
            ),
        ),
    )
    tuning = {
        "unauthorized-api-calls": AlarmTuning(threshold=10, paged=False),
        "vpc-changes": AlarmTuning(period_seconds=900),
    }
    config = SecurityAlarmsConfig(subscribers=("security@example.com",), tuning=tuning, exact_security_hub=True)
    SecurityAlarms(stack, "alarms", config, trail=trail)
