"""What synthesis cannot judge of roles and their policies, Terraform refuses at the plan."""

import json
import re
from collections.abc import Callable

import pytest

from secureinfra import (
    AccountTrust,
    AwsProvider,
    AwsProviderConfig,
    ExistingRole,
    ExistingRoleConfig,
    GitHubTrust,
    RoleConfig,
    SecureRole,
    ServiceTrust,
    Statement,
    TerraformVariable,
)
from secureinfra.policy.conditions import from_private_network, source_ip
from secureinfra.policy.networks import SOURCE_IP, VPC_SOURCE_IP
from secureinfra.testing import synthesize, test_stack
from tests.referees.runner import Terraform

pytestmark = pytest.mark.xdist_group("emulator")

GOOD = {
    "repository": "acme/shop",
    "account": "111122223333",
    "managed": "arn:aws:iam::aws:policy/SecurityAudit",
    "action": "s3:GetObject",
    "bucket": "files",
    "public": "203.0.113.0/24",
    "private": "10.20.0.0/16",
    "vpc": "vpc-0a1b2c3d4e5f60718",
    "etl": "arn:aws:iam::123456789012:role/etl",
    "part": "x",
}
BAD = {
    "repository": "acme/*",
    "account": "1111",
    "managed": "arn:aws:iam::aws:policy/AdministratorAccess",
    "action": "s3:*",
    "bucket": "*",
    "public": "10.0.0.0/8",
    "private": "203.0.113.0/24",
    "vpc": "main",
    "etl": "arn:aws:iam::123456789012:user/ada",
    "part": "x" * 400,
}


def document_with(values: dict[str, str]) -> dict[str, object]:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    for name, value in values.items():
        TerraformVariable(stack, name, type="string", default=value)
    github = GitHubTrust(repositories=("${var.repository}",), branches=("main",))
    SecureRole(stack, "deploy", RoleConfig(trust=github, managed_policy_arns=("${var.managed}",)))
    SecureRole(stack, "partner", RoleConfig(trust=AccountTrust(account_id="${var.account}", external_id="acme-42")))
    service = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    objects = ("arn:aws:s3:::${var.bucket}/*",)
    service.allow(Statement(actions=("${var.action}",), resources=objects, conditions=(source_ip("${var.public}"),)))
    private = from_private_network("${var.private}", vpc="${var.vpc}")
    service.allow(Statement(actions=("s3:PutObject",), resources=objects, conditions=private))
    many = SecureRole(stack, "many", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    for number in range(60):
        named = f"arn:aws:s3:::bucket-{number}/${{var.part}}/${{var.part}}/home-of-everything-that-a-service-keeps/*"
        action = f"s3:Get{number}"
        many.allow(Statement(actions=(action,), resources=(named,), new_actions=(action,)))
    etl = ExistingRole(stack, "elsewhere", ExistingRoleConfig(arn="${var.etl}", name="etl"))
    etl.allow(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::files/*",)))
    return synthesize(stack)


def test_refuses_bad_values(terraform: Callable[..., Terraform], emulator: str) -> None:
    said = terraform(document_with(BAD), endpoint=emulator).run("plan", "-input=false", accept=(1,))
    together = re.sub(r"[\s│╷╵]+", " ", said)
    for message in (
        "test/deploy: GitHubTrust repositories is not a repository",
        "test/deploy: RoleConfig managed_policy_arns breaks control iam-role-no-broad-managed-policy",
        "test/partner: AccountTrust account_id is not an AWS account id",
        "test/service: action ${var.action} is not a single action",
        "test/service: resource arn:aws:s3:::${var.bucket}/* names no resource",
        "test/service: SourceIp ${var.public} is not a public network",
        "test/service: VpcSourceIp ${var.private} is not a private network",
        "test/service: SourceVpc ${var.vpc} is not a VPC id",
        "test/elsewhere: ExistingRoleConfig arn is not a role",
        "test/many: its policy is longer than the 10,240 characters",
    ):
        assert message in together, together


def test_accepts_good_values(terraform: Callable[..., Terraform], emulator: str) -> None:
    terraform(document_with(GOOD), endpoint=emulator).run("plan", "-input=false")


NETWORKS = (
    "10.0.0.0/8 10.20.0.0/16 10.1.2.3/32 172.16.0.0/12 172.31.255.0/24 172.32.0.0/16 172.15.0.0/16 192.168.0.0/16 "
    "192.169.0.0/16 100.64.0.0/10 100.127.0.0/16 100.128.0.0/16 203.0.113.0/24 8.8.8.8/32 0.0.0.0/0 ::/0 2001:db8::/32 "
    "fd00::/8 fc00::/7 fe00::/8 office 10.0.0.1 8.8.8.8"
).split()


def test_python_and_terraform_judge_networks_alike(terraform: Callable[..., Terraform]) -> None:
    outputs = {
        f"{name}_{number}": {"value": "${" + rule.expression.replace("{value}", f'"{cidr}"') + "}"}
        for name, rule in (("public", SOURCE_IP), ("private", VPC_SOURCE_IP))
        for number, cidr in enumerate(NETWORKS)
    }
    runner = terraform({"output": outputs})
    runner.apply()
    judged = json.loads(runner.run("output", "-json"))
    for name, rule in (("public", SOURCE_IP), ("private", VPC_SOURCE_IP)):
        answers = {cidr: judged[f"{name}_{number}"]["value"] for number, cidr in enumerate(NETWORKS)}
        assert answers == {cidr: rule.test(cidr) for cidr in NETWORKS}, name
