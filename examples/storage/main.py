"""Buckets under one key: uploads that a service reads and writes, and an archive that nobody can delete."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    KeyConfig,
    ObjectLock,
    RoleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    ServiceTrust,
    TerraformStack,
    Transition,
)

app = App()
stack = TerraformStack(app, "storage")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="data", environment="production"))

key = SecureKey(stack, "data", KeyConfig(strict=True, description="Customer data"))

uploads = SecureBucket(
    stack,
    "uploads",
    BucketConfig(key_required=True, event_notifications=True, noncurrent_days=30),
    key=key,
)
archive = SecureBucket(
    stack,
    "archive",
    BucketConfig(
        object_lock=ObjectLock(days=365),
        transitions=(Transition(storage_class="GLACIER_IR", days=30),),
        expiration_days=2557,
    ),
    key=key,
)

importer = SecureRole(stack, "importer", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
uploads.grant_read(importer, prefix="in/")
uploads.grant_delete(importer, prefix="in/")
archive.grant_write(importer)

app.synth()
