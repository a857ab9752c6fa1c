"""HTTP and REST APIs, with a domain and without, user pools and zones, every option on."""

from __future__ import annotations

from pathlib import Path

from secureinfra import (
    ApiGatewayAccount,
    AwsProvider,
    AwsProviderConfig,
    Certificate,
    CertificateConfig,
    FolderCode,
    Function,
    FunctionConfig,
    HttpApi,
    HttpApiConfig,
    HttpApiCorsConfig,
    RestApi,
    RestApiConfig,
    SecureKey,
    SecureLoadBalancer,
    SecureTopic,
    SecureVpc,
    TerraformStack,
    UserAttribute,
    UserPool,
    UserPoolClientConfig,
    UserPoolConfig,
    VpcConfig,
    Waiver,
    WebAcl,
    Zone,
    ZoneConfig,
)

SOURCE = Path(__file__).parents[2] / "examples" / "functions" / "src"
EDGE_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-4123-8123-123456789012"


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    code = FunctionConfig(code=FolderCode(path=str(SOURCE)), runtime="python3.13", handler="orders.handler")
    orders = Function(stack, "orders", code)
    people = build_pools(stack)
    build_http(stack, orders, people)
    build_rest(stack, orders, people)
    build_zones(stack)


def build_pools(stack: TerraformStack) -> UserPool:
    """One with every option, and one with its defaults."""
    config = UserPoolConfig(
        name="people",
        sign_in="username",
        attributes={
            "tenant": UserAttribute(mutable=False, max_length=64),
            "level": UserAttribute(type="Number", min_value=0, max_value=9, written_by_users=True),
        },
        self_registration=True,
        mfa="OPTIONAL",
        minimum_password_length=16,
        password_history_size=10,
        temporary_password_validity_days=2,
        email_source_arn="arn:aws:ses:eu-central-1:123456789012:identity/example.com",
        from_email_address="shop@example.com",
        domain_name="login.example.com",
        certificate_arn=EDGE_CERTIFICATE,
        tags={"team": "shop"},
        waivers=(waiver("cognito-user-pool-mfa"),),
    )
    people = UserPool(stack, "people", config)
    people.add_resource_server("orders", "orders", {"read": "Read orders", "write": "Place orders"})
    callback = "https://shop.example.com/signed-in"
    client = UserPoolClientConfig(
        callback_urls=(callback, "http://localhost:8080/in"),
        logout_urls=("https://shop.example.com/",),
        scopes=("openid", "email", "orders/read"),
        access_token_minutes=15,
        id_token_minutes=15,
        refresh_token_days=7,
    )
    people.add_client("shop", client)
    UserPool(stack, "staff").add_client("terminal")
    return people


def build_http(stack: TerraformStack, orders: Function, people: UserPool) -> None:
    """One behind its own domain with every kind of route, and one with its defaults."""
    config = HttpApiConfig(
        name="shop",
        description="Orders",
        domain_name="api.example.com",
        trust_store_uri="s3://acme-trust/partners.pem",
        trust_store_version="3sL4kqtJlcpXroDTDmJ",
        throttling_rate_limit=50,
        throttling_burst_limit=100,
        cors=HttpApiCorsConfig(
            allow_origins=("https://shop.example.com",),
            allow_methods=("GET", "POST"),
            allow_headers=("authorization",),
            expose_headers=("x-request-id",),
            allow_credentials=True,
            max_age_seconds=600,
        ),
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    topic = SecureTopic(stack, "pages")
    certificate = Certificate(stack, "certificate", CertificateConfig(domain_name="shop.example.com"))
    api = HttpApi(stack, "shop", config, certificate=certificate, key=SecureKey(stack, "data"), alarms=topic)
    shop = api.add_jwt_authorizer("shop", issuer=people.issuer, audience=(people.client_id("shop"),))
    api.add_route("POST /orders/{id}", orders, authorizer=shop, scopes=("orders/read",))
    api.add_route("GET /", orders, authorizer=api.add_function_authorizer("partners", orders, ttl_seconds=60))
    api.add_route("$default", orders, authorizer=api.iam)
    api.add_route("GET /healthz", orders, waiver=waiver("apigatewayv2-route-authorized"))
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.90.0.0/16", zones=2, tiers=("private",)))
    balancer = SecureLoadBalancer(stack, "pages-balancer", vpc=network, certificate=certificate)
    api.add_balancer_route("ANY /pages/{proxy+}", balancer, server_name="shop.example.com", authorizer=shop)
    HttpApi(stack, "internal").add_route("GET /orders", orders, authorizer=api.iam)


def build_rest(stack: TerraformStack, orders: Function, people: UserPool) -> None:
    """A private one with every kind of method, and a public one behind a web ACL."""
    account = ApiGatewayAccount(stack, "api-logs")
    config = RestApiConfig(
        name="partners",
        description="Partners",
        endpoint="PRIVATE",
        vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",),
        stage_name="v1",
        throttling_rate_limit=50,
        throttling_burst_limit=100,
        logging_level="INFO",
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    topic = SecureTopic(stack, "rest-pages")
    private = RestApi(stack, "partners", config, account=account, alarms=topic)
    pool = private.add_pool_authorizer("people", people)
    private.add_method("POST", "/orders/{id}", orders, authorizer=pool, scopes=("orders/write",))
    private.add_method("ANY", "/keys/{proxy+}", orders, authorizer=private.add_function_authorizer("keys", orders))
    private.add_method("GET", "/", orders, authorizer=private.iam)
    private.add_method("GET", "/healthz", orders, waiver=waiver("api-gateway-method-authorized"))
    public = RestApi(stack, "catalog", account=account, web_acl=WebAcl(stack, "firewall"))
    public.add_method("GET", "/items/{id}", orders, authorizer=public.iam)


def build_zones(stack: TerraformStack) -> None:
    """A public one that is signed, and a private one."""
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    config = ZoneConfig(name="example.com", comment="The shop", log_retention_in_days=731, tags={"team": "web"})
    topic = SecureTopic(stack, "zone-pages", provider=edge)
    zone = Zone(stack, "zone", config, alarms=topic, provider=edge)
    zone.add_alias("", "shop.example.net", "Z2FDTNDATAQYW2", ipv6=True)
    zone.add_record("*.test", "TXT", ["nothing"], ttl_seconds=60)
    network = SecureVpc(stack, "inside", VpcConfig(cidr="10.91.0.0/16", zones=2, tiers=("private",)))
    Zone(stack, "private-zone", ZoneConfig(name="acme.internal"), vpcs=[network]).add_record("db", "A", ["10.91.0.5"])
