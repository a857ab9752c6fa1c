"""Subnets of a VPC that another configuration makes."""

from secureinfra.aws.db.config import DatabaseConfig
from secureinfra.aws.db.instance import Database
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of

VPC = "vpc-0a1b2c3d4e5f60718"
SUBNETS = ("subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719")


def test_database_goes_where_it_is_told() -> None:
    config = DatabaseConfig(engine="postgres", engine_version="17")
    orders = Database(test_stack(), "orders", config, vpc=DatabaseSubnets(VPC, SUBNETS))
    (group,) = blocks_of(orders, "aws_db_subnet_group").values()
    assert group["subnet_ids"] == list(SUBNETS)
    (firewall,) = blocks_of(orders, "aws_security_group").values()
    assert firewall["vpc_id"] == VPC
