"""A stack that does not synthesize while a request breaks what must hold of it, in whatever policy."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    RoleConfig,
    SecureBucket,
    SecureRole,
    ServiceTrust,
    TerraformStack,
    guard,
)
from secureinfra.proofs import access_only, no_access

app = App()
stack = TerraformStack(app, "proofs")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="finance", environment="production"))

writer = SecureRole(stack, "writer", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
reader = SecureRole(stack, "reader", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
reports = SecureBucket(stack, "reports")
reports.grant_read_write(writer)
reports.grant_read(reader)

guard(
    stack,
    proofs=[
        "no-outside-access",
        "no-escalation",
        no_access("proofs/reports", "s3:*", by="external"),
        access_only("proofs/reports", "s3:PutObject", by="proofs/writer"),
    ],
)

app.synth()
