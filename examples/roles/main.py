"""Roles for a service, a deployment from GitHub and a partner, each with no more than it needs."""

from secureinfra import (
    AccountTrust,
    App,
    AwsProvider,
    AwsProviderConfig,
    GitHubOidcProvider,
    GitHubTrust,
    RoleConfig,
    SecureBucket,
    SecureRole,
    SecureVpc,
    ServiceTrust,
    Statement,
    TerraformStack,
    VpcConfig,
)
from secureinfra.policy.conditions import from_private_network

app = App()
stack = TerraformStack(app, "roles")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
files = SecureBucket(stack, "files")

# A service that may get and put objects below uploads/, from the private network only.
service = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
service.allow(
    Statement(
        actions=("s3:GetObject", "s3:PutObject"),
        resources=(files.objects("uploads/"),),
        conditions=from_private_network("10.0.0.0/8", vpc=network.vpc_id),
    )
)
files.key.grant(service, "Objects", ("kms:GenerateDataKey", "kms:Decrypt"), via="s3")

# Deployments of one repository, from its production environment.
github = GitHubOidcProvider(stack, "github")
deploy = SecureRole(
    stack,
    "deploy",
    RoleConfig(
        trust=GitHubTrust(
            repositories=("acme/shop",),
            environments=("production",),
            repository_ids=("123456789",),
            provider_arn=github.arn,
        )
    ),
)
files.grant_write(deploy, prefix="releases/")

# A partner's account, which sends the external id that both have agreed on.
partner = SecureRole(
    stack,
    "partner",
    RoleConfig(trust=AccountTrust(account_id="111122223333", external_id="acme-42")),
)
files.grant_read(partner, prefix="reports/")

app.synth()
