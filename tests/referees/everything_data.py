"""Secrets, parameters and databases with every option on, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Database,
    DatabaseCluster,
    DatabaseClusterConfig,
    DatabaseConfig,
    DatabaseProxy,
    DatabaseProxyConfig,
    GeneratedPassword,
    GlobalDatabase,
    GlobalDatabaseConfig,
    Parameter,
    ParameterConfig,
    RoleConfig,
    SecondaryClusterConfig,
    Secret,
    SecretConfig,
    SecretReplica,
    SecretRotation,
    SecureKey,
    SecureRole,
    SecureTopic,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    ServiceTrust,
    TerraformResource,
    TerraformStack,
    TerraformVariable,
    VpcConfig,
    Waiver,
)

REPLICA_KEY = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000"


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    key = SecureKey(stack, "data")
    application = SecureRole(stack, "application", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    build_secrets(stack, key, application)
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.60.0.0/16", zones=2, nat="none"))
    build_databases(stack, network, key)
    build_clusters(stack, network, key)
    build_global(stack, network, key)


def build_databases(stack: TerraformStack, network: SecureVpc, key: SecureKey) -> None:
    """One of each engine: PostgreSQL with replicas and every option, the others as they are."""
    alarms = SecureTopic(stack, "alarms", key=key)
    service = SecurityGroup(stack, "service", SecurityGroupConfig(description="service"), vpc=network)
    reports = SecureRole(stack, "reports", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    orders = Database(
        stack,
        "orders",
        DatabaseConfig(
            engine="postgres",
            engine_version="17",
            instance_class="db.m8g.large",
            identifier="orders",
            database_name="orders",
            username="orders_owner",
            port=5433,
            allocated_storage_gib=100,
            max_allocated_storage_gib=None,
            backup_retention_days=35,
            backup_window="23:30-00:30",
            maintenance_window="mon:02:00-mon:03:00",
            ca_cert_identifier="rds-ca-ecc384-g1",
            monitoring_interval_seconds=15,
            database_insights="advanced",
            log_retention_days=731,
            parameters={"shared_preload_libraries": "pgaudit"},
            password_version=2,
            tags={"team": "shop"},
        ),
        vpc=network,
        key=key,
        password="${var.api_key}",
        alarms=alarms,
    )
    orders.add_replica("reader", instance_class="db.m8g.large")
    orders.allow_from(service)
    orders.grant_connect(reports, user="reports")
    orders.grant_connect(reports, user="reports", replica="reader")
    trial = DatabaseConfig(
        engine="mysql",
        engine_version="8.4",
        multi_az=False,
        backup_retention_days=1,
        deletion_protection=False,
        protect=False,
        waivers=tuple(
            waiver(control) for control in ("rds-instance-multi-az", "rds-backed-up", "rds-instance-deletion-protected")
        ),
    )
    Database(stack, "trial", trial, vpc=network, key=key)
    restored = DatabaseConfig(engine="mariadb", engine_version="11.8", snapshot_identifier="before-the-move")
    Database(stack, "restored", restored, vpc=network, key=key)
    ledger = DatabaseConfig(engine="sqlserver-ee", engine_version="16.00", instance_class="db.m6i.xlarge")
    Database(stack, "ledger", ledger, vpc=network, key=key, alarms=alarms).add_replica("copy")


def build_clusters(stack: TerraformStack, network: SecureVpc, key: SecureKey) -> None:
    """Aurora PostgreSQL and MySQL, of fixed size and serverless, with every option, and by waiver."""
    alarms = SecureTopic(stack, "cluster-alarms", key=key)
    service = SecurityGroup(stack, "checkout", SecurityGroupConfig(description="checkout"), vpc=network)
    role = SecureRole(stack, "billing", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    carts = DatabaseCluster(
        stack,
        "carts",
        DatabaseClusterConfig(
            engine="aurora-postgresql",
            engine_version="17",
            instance_class="db.r8g.large",
            instances=("one", "two", "three"),
            min_capacity_acu=0,
            max_capacity_acu=16,
            auto_pause_seconds=600,
            identifier="carts",
            database_name="carts",
            username="carts_owner",
            port=5433,
            io_optimized=True,
            backup_retention_days=35,
            backup_window="23:30-00:30",
            maintenance_window="mon:02:00-mon:03:00",
            apply_immediately=True,
            ca_cert_identifier="rds-ca-ecc384-g1",
            monitoring_interval_seconds=15,
            database_insights="advanced",
            log_retention_days=731,
            parameters={"rds.logical_replication": "1"},
            instance_parameters={"shared_preload_libraries": "pgaudit"},
            tags={"team": "shop"},
        ),
        vpc=network,
        key=key,
        alarms=alarms,
    )
    carts.add_instance("reports", instance_class="db.serverless", promotion_tier=15)
    carts.add_endpoint("reports", members=["reports"])
    carts.add_endpoint("shop", excluding=["reports"], type="ANY")
    carts.autoscale(3, 9, cpu=60, connections=500)
    carts.allow_from(service)
    carts.grant_connect(role, user="billing")
    stock = DatabaseClusterConfig(
        engine="aurora-mysql",
        engine_version="8.4",
        instance_class="db.serverless",
        min_capacity_acu=0.5,
        max_capacity_acu=8,
        backtrack_hours=72,
    )
    DatabaseCluster(stack, "stock", stock, vpc=network, key=key, alarms=alarms)
    draft = DatabaseClusterConfig(
        engine="aurora-mysql",
        engine_version="8.0",
        instances=("one",),
        backtrack_hours=0,
        backup_retention_days=1,
        deletion_protection=False,
        protect=False,
        waivers=tuple(
            waiver(control)
            for control in (
                "rds-cluster-multi-az",
                "rds-backed-up",
                "rds-cluster-deletion-protected",
            )
        ),
    )
    DatabaseCluster(stack, "draft", draft, vpc=network, key=key)
    build_proxy(stack, carts, alarms)


def build_global(stack: TerraformStack, network: SecureVpc, key: SecureKey) -> None:
    """A global database in two regions, each with one instance: the emulator makes one after the other."""
    prices = DatabaseCluster(
        stack,
        "prices",
        DatabaseClusterConfig(
            engine="aurora-mysql",
            engine_version="8.4",
            instance_class="db.r8g.large",
            instances=("one",),
            min_capacity_acu=8,
            max_capacity_acu=16,
            backtrack_hours=0,
            password_version=2,
            waivers=(waiver("rds-cluster-multi-az"),),
        ),
        vpc=network,
        key=key,
        password="${var.api_key}",
    )
    ireland = AwsProvider(stack, "ireland", AwsProviderConfig(region="eu-west-1", alias="ireland", owner="tests"))
    away = SecureVpc(stack, "away", VpcConfig(cidr="10.61.0.0/16", zones=2, nat="none"), provider=ireland)
    worldwide = GlobalDatabase(
        stack, "prices-worldwide", GlobalDatabaseConfig(identifier="prices", tags={"team": "shop"}), primary=prices
    )
    copied = SecondaryClusterConfig(
        identifier="prices-ireland",
        instance_class="db.serverless",
        instances=("one",),
        min_capacity_acu=1,
        max_capacity_acu=32,
        write_forwarding=True,
        waivers=(waiver("rds-cluster-multi-az"),),
    )
    topic = SecureTopic(stack, "alarms-ireland", provider=ireland)
    worldwide.add_region("ireland", copied, vpc=away, provider=ireland, alarms=topic)


def build_proxy(stack: TerraformStack, carts: DatabaseCluster, alarms: SecureTopic) -> None:
    """A proxy before a cluster, with every option."""
    config = SecretConfig(
        generated=GeneratedPassword(fields={"username": "checkout"}),
        rotation=None,
        waivers=(waiver("secret-rotated"),),
    )
    pool = DatabaseProxy(
        stack,
        "pool",
        DatabaseProxyConfig(
            name="carts-pool",
            idle_client_timeout_seconds=600,
            max_connections_percent=80,
            max_idle_connections_percent=20,
            connection_borrow_timeout_seconds=30,
            log_retention_days=731,
            tags={"team": "shop"},
        ),
        database=carts,
        secrets=[Secret(stack, "checkout-user", config)],
        alarms=alarms,
    )
    pool.allow_from(SecurityGroup(stack, "till", SecurityGroupConfig(description="till"), vpc=carts.vpc))
    till = SecureRole(stack, "till-role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    pool.grant_connect(till, user="checkout")


def build_secrets(stack: TerraformStack, key: SecureKey, application: SecureRole) -> None:
    """A secret that a function rotates, one that is given, one that is filled elsewhere; parameters of both kinds."""
    rotator = SecureRole(stack, "rotator", RoleConfig(trust=ServiceTrust(service="lambda")))
    rotated = Secret(
        stack,
        "session",
        SecretConfig(
            rotation=SecretRotation(function_arn=function_of(stack, rotator), days=45),
            name="shop/session",
            description="Signs the sessions of visitors",
            generated=GeneratedPassword(
                length=64,
                exclude_characters=None,
                exclude_punctuation=True,
                key="secret",
                fields={"algorithm": "HS256"},
            ),
            value_version=2,
            recovery_window_in_days=7,
            replicas=(SecretReplica(region="eu-west-1", kms_key_arn=REPLICA_KEY),),
            tags={"team": "shop"},
        ),
        key=key,
    )
    rotated.grant_read(application)
    rotated.grant_rotate(rotator)
    variable = TerraformVariable(stack, "api_key", type="string", sensitive=True, default="for tests only")
    variable.add_override("ephemeral", True)
    by_waiver = SecretConfig(rotation=None, waivers=(waiver("secret-rotated"),))
    given = Secret(stack, "vendor", by_waiver, value=variable.string_value)
    given.grant_read("arn:aws:iam::123456789012:role/reports")
    outside = SecretConfig(rotation=None, generated=None, protect=False, waivers=(waiver("secret-rotated"),))
    Secret(stack, "partner", outside, key=key).grant_write(application)
    Parameter(stack, "pepper").grant_read(application)
    config = ParameterConfig(
        name="/shop/token", description="Token", value_version=3, tier="Advanced", protect=False, tags={"team": "shop"}
    )
    Parameter(stack, "token", config, key=key, value="${var.api_key}").grant_read(application)


def function_of(stack: TerraformStack, role: SecureRole) -> str:
    """A function that rotates, which the emulator must know."""
    function = TerraformResource(stack, "rotate", terraform_resource_type="aws_lambda_function")
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/rotate:1"
    for name, value in {"function_name": "rotate", "package_type": "Image", "image_uri": image}.items():
        function.add_override(name, value)
    function.add_override("role", role.arn)
    # The emulator makes an `image_config` of its own, and forgets queue and tracing.
    function.add_override("lifecycle.ignore_changes", ["image_config"])
    needless = ("lambda-function-dead-letters", "lambda-function-traced")
    function.add_override("//.waivers", [waiver(control).to_json() for control in needless])
    return "${aws_lambda_function.rotate.arn}"
