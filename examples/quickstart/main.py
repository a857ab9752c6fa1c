"""A hardened network, storage, roles and audit trail in one stack."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Port,
    RoleConfig,
    SecureBucket,
    SecureRole,
    SecureTrail,
    SecureVpc,
    SecurityAlarms,
    SecurityAlarmsConfig,
    SecurityGroup,
    SecurityGroupConfig,
    ServiceTrust,
    TerraformStack,
    VpcConfig,
)

app = App()
stack = TerraformStack(app, "quickstart")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
web = SecurityGroup(stack, "web", SecurityGroupConfig(description="Web service"), vpc=network)
database = SecurityGroup(stack, "database", SecurityGroupConfig(description="Orders database"), vpc=network)
web.allow_from_internet(Port.tcp(443))
web.connections.allow_to(database, Port.tcp(5432))

uploads = SecureBucket(stack, "uploads")
service = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
uploads.grant_read_write(service, prefix="uploads/")

trail = SecureTrail(stack, "audit")
SecurityAlarms(stack, "alarms", SecurityAlarmsConfig(subscribers=("security@example.com",)), trail=trail)

app.synth()
