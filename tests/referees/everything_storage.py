"""Tables, a file system, their backups, and caches, every option on."""

from __future__ import annotations

from secureinfra import (
    AccessPoint,
    AwsProvider,
    AwsProviderConfig,
    BackupPlan,
    BackupPlanConfig,
    BackupRule,
    BackupVault,
    BackupVaultConfig,
    Cache,
    CacheConfig,
    CacheUser,
    FileSystem,
    FileSystemConfig,
    KeyConfig,
    RestoreTest,
    RoleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    Table,
    TableCapacity,
    TableConfig,
    TableIndex,
    TableReplica,
    TerraformStack,
    VaultLock,
    VpcConfig,
    Waiver,
)


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    plan = build_backups(stack)
    build_tables(stack, plan)
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.60.0.0/16", zones=2))
    build_files(stack, plan, network)
    build_caches(stack, network)


def build_backups(stack: TerraformStack) -> BackupPlan:
    """A vault that other accounts copy into, and a plan with one of its own."""
    topic = SecureTopic(stack, "failures")
    lock = VaultLock(
        mode="compliance-irreversible", changeable_for_days=30, min_retention_days=30, max_retention_days=365
    )
    vault = BackupVault(
        stack, "copies", BackupVaultConfig(name="copies", lock=lock), key=SecureKey(stack, "copies-key")
    )
    vault.allow_copies_from("111122223333", "o-a1b2c3d4e5")
    rules = {
        "daily": BackupRule(timezone="Europe/Berlin", continuous=True, start_window_minutes=120),
        "monthly": BackupRule(
            schedule="cron(0 6 1 * ? *)", retention_days=365, cold_storage_after_days=30, completion_window_minutes=2880
        ),
    }
    config = BackupPlanConfig(
        name="backups",
        rules=rules,
        selected_tags={"backup": "daily", "tier": "gold"},
        copy_to_regions=("eu-west-1",),
        restore_test=RestoreTest(resource_types=("RDS",), validation_window_hours=4),
        tags={"team": "platform"},
    )
    other = "arn:aws:backup:eu-central-1:444455556666:backup-vault:copies"
    return BackupPlan(stack, "backups", config, copy_to=(vault, other), alarms=topic)


def build_caches(stack: TerraformStack, network: SecureVpc) -> None:
    """Valkey in one shard, and Redis OSS in cluster mode."""
    sessions = Cache(
        stack,
        "sessions",
        CacheConfig(
            name="sessions",
            engine_version="7.2",
            replicas=2,
            users={"app": CacheUser(keys=("session:*",)), "reader": CacheUser(commands=("+@read", "-@dangerous"))},
            snapshot_retention_days=14,
            snapshot_window="02:00-03:00",
            maintenance_window="mon:04:00-mon:05:00",
            tags={"team": "shop"},
        ),
        vpc=network,
        key=SecureKey(stack, "cache-key", KeyConfig(strict=True)),
        alarms=SecureTopic(stack, "cache-alarms"),
    )
    sessions.allow_from("10.60.0.0/16", "shop")
    role = SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    sessions.grant_connect(role, "app")
    config = CacheConfig(engine="redis", shards=2, node_type="cache.r7g.large")
    Cache(stack, "carts", config, vpc=network).allow_from("10.60.0.0/16", "shop")


def build_files(stack: TerraformStack, plan: BackupPlan, network: SecureVpc) -> None:
    """A file system under a strict key, and a bucket, in the plan."""
    files = FileSystem(
        stack,
        "files",
        FileSystemConfig(
            access_points={"mail": AccessPoint(path="/mail/in", uid=1000, gid=1000, permissions="700")},
            throughput_mode="bursting",
            transition_to_ia="AFTER_90_DAYS",
            tags={"team": "mail"},
        ),
        vpc=network,
        key=SecureKey(stack, "files-key", KeyConfig(strict=True)),
        backup=plan,
    )
    files.allow_from("10.60.0.0/16", "mail")
    role = SecureRole(stack, "mailer", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    files.grant_mount(role, "mail")
    files.grant_mount("arn:aws:iam::123456789012:role/reader", "mail", read_only=True)
    FileSystem(stack, "scratch", vpc=network)
    SecureBucket(stack, "uploads", backup=plan)


def build_tables(stack: TerraformStack, plan: BackupPlan) -> None:
    """A global table under strict keys, and a provisioned one."""
    orders = Table(
        stack,
        "orders",
        TableConfig(
            name="orders",
            hash_key="customer",
            range_key="number",
            range_key_type="N",
            indexes={
                "by-day": TableIndex(hash_key="day", range_key="number", range_key_type="N"),
                "by-mail": TableIndex(hash_key="mail", projection_type="INCLUDE", non_key_attributes=("name",)),
            },
            ttl_attribute="expires",
            table_class="STANDARD_INFREQUENT_ACCESS",
            recovery_period_in_days=14,
            replicas=(TableReplica(region="eu-west-1", table_class="STANDARD"),),
            vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",),
            tags={"team": "orders"},
        ),
        key=SecureKey(stack, "data", KeyConfig(strict=True)),
        alarms=SecureTopic(stack, "pages"),
        backup=plan,
    )
    service = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    orders.grant_read_write(service, keys=("${aws:PrincipalTag/tenant}",))
    orders.grant_stream_read(service)
    abroad = SecureRole(stack, "abroad", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    orders.grant_read(abroad, regions=("eu-west-1",))
    orders.grant_read("arn:aws:iam::123456789012:role/reader", keys=("acme", "acme#*"))
    Table(
        stack,
        "counters",
        TableConfig(
            hash_key="id",
            stream_view_type="KEYS_ONLY",
            indexes={"by-name": TableIndex(hash_key="name", projection_type="KEYS_ONLY")},
            provisioned=TableCapacity(read_min=2, read_max=20, write_min=1, write_max=10, target_percent=60),
            protect=False,
            waivers=(waiver("dynamodb-table-deletion-protected"),),
        ),
    )
