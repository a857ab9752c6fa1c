"""Moving: constructs that were called otherwise before, of which nothing is replaced."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Construct,
    RoleConfig,
    SecureBucket,
    SecureRole,
    ServiceTrust,
    TerraformStack,
)

app = App()
stack = TerraformStack(app, "moving")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="data", environment="production"))

# It was SecureBucket(stack, "uploads").
team = Construct(stack, "team")
archive = SecureBucket(team, "archive", moved_from="uploads")

# It was "reader", then "importer".
loader = SecureRole(
    team, "loader", RoleConfig(trust=ServiceTrust(service="ecs-tasks")), moved_from="reader -> importer"
)
archive.grant_read(loader)

app.synth()
