"""A table, a bucket and a file system in one plan: every day into a locked vault, copied to a second region, tested every week."""

from secureinfra import (
    AccessPoint,
    App,
    AwsProvider,
    AwsProviderConfig,
    BackupPlan,
    BackupPlanConfig,
    BackupRule,
    FileSystem,
    FileSystemConfig,
    RestoreTest,
    RoleConfig,
    SecureBucket,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    Table,
    TableConfig,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

app = App()
stack = TerraformStack(app, "backup")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="production"))

plan = BackupPlan(
    stack,
    "backups",
    BackupPlanConfig(
        rules={
            "daily": BackupRule(timezone="Europe/Berlin"),
            "monthly": BackupRule(schedule="cron(0 6 1 * ? *)", retention_days=365, copied=False),
        },
        copy_to_regions=("eu-west-1",),
        restore_test=RestoreTest(),
    ),
    alarms=SecureTopic(stack, "pages"),
)

Table(stack, "orders", TableConfig(hash_key="id"), backup=plan)
SecureBucket(stack, "uploads", backup=plan)

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
role = SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))

files = FileSystem(
    stack,
    "files",
    FileSystemConfig(access_points={"mail": AccessPoint(path="/mail", uid=1000, gid=1000)}),
    vpc=network,
    backup=plan,
)
files.allow_from("10.20.0.0/16", "mail service")
files.grant_mount(role, "mail")

TerraformOutput(stack, "mail", value=files.access_point_id("mail"))

app.synth()
