"""Controls on Redshift Serverless: workgroups and namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import (
    all_hold,
    argument,
    includes,
    is_false,
    is_true,
    not_one_of,
    some_block,
    text_in,
)
from secureinfra.controls.shared.keys import customer_key
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Failure
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

WORKGROUP, NAMESPACE = "aws_redshiftserverless_workgroup", "aws_redshiftserverless_namespace"

VPC_ROUTING = Control(
    id="redshiftserverless-workgroup-vpc-routing",
    title="Redshift Serverless loads and unloads data through the VPC",
    why="no rule of the network would cover data on its way to buckets",
    row="rss-enhanced-vpc-routing",
    fix="Set enhanced_vpc_routing = true.",
)
VPC_ROUTING.check(WORKGROUP)(argument("enhanced_vpc_routing", is_true, "enhanced_vpc_routing = true", absent=False))

TLS = Control(
    id="redshiftserverless-workgroup-tls",
    title="Redshift Serverless requires TLS",
    why="passwords and records could be read in transit",
    row="rss-tls",
    fix='Write config_parameter { parameter_key = "require_ssl", parameter_value = "true" }.',
)
TLS.check(WORKGROUP)(
    some_block(
        "config_parameter",
        lambda node: node.get("parameter_key") == "require_ssl" and text_in(node.get("parameter_value")) == "true",
        "no config_parameter require_ssl that is true",
        'config_parameter { parameter_key = "require_ssl", parameter_value = "true" }',
    )
)

NOT_PUBLIC = Control(
    id="redshiftserverless-workgroup-not-public",
    title="Redshift Serverless is not publicly accessible",
    why="anyone on the internet could try passwords and known vulnerabilities",
    row="rss-not-public",
    fix="Remove publicly_accessible, or set it to false.",
)
NOT_PUBLIC.check(WORKGROUP)(argument("publicly_accessible", is_false, "publicly_accessible = false"))

CUSTOMER_KEY = Control(
    id="redshiftserverless-namespace-customer-key",
    title="Redshift Serverless is encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts the records",
    row="rss-cmk",
    fix="Set kms_key_id to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(NAMESPACE)(customer_key("kms_key_id"))

CUSTOM_ADMINISTRATOR = Control(
    id="redshiftserverless-namespace-custom-administrator",
    title="Administrators of Redshift Serverless have a name of their own",
    why="an attacker would have to guess the password only",
    row="rss-custom-admin",
    fix="Set admin_username to another name than admin.",
)


@CUSTOM_ADMINISTRATOR.check(NAMESPACE)
def _custom_administrator(namespace: Block, configuration: Configuration) -> Iterator[Failure]:
    if namespace.get("admin_username") is None:
        raise UnknownValueError(Unknown("the name of the administrator that AWS chooses"))
    yield from argument("admin_username", not_one_of("admin"), "admin_username = another name")(
        namespace, configuration
    )


LOGGED = Control(
    id="redshiftserverless-namespace-logged",
    title="Redshift Serverless publishes its connection and user logs",
    why="you could not find out who connected, or who changed users",
    row="rss-log-exports",
    fix='Set log_exports = ["connectionlog", "userlog"].',
)
LOGGED.check(NAMESPACE)(
    all_hold(
        *(
            argument("log_exports", includes(log), f'log_exports = ["{log}", ...]')
            for log in ("connectionlog", "userlog")
        )
    )
)
