"""Provisioned tables: autoscaling of the table and its indexes, and what Terraform leaves to it."""

from secureinfra.aws.dynamodb.config import TableCapacity, TableConfig, TableIndex
from secureinfra.aws.dynamodb.table import Table
from secureinfra.testing import synthesize, test_stack
from tests.aws.dynamodb.stacks import table_of

CAPACITY = TableCapacity(read_max=100, write_max=50)


def test_provisioned_capacity_is_left_to_autoscaling() -> None:
    stack = test_stack()
    config = TableConfig(hash_key="id", provisioned=CAPACITY, indexes={"by-day": TableIndex(hash_key="day")})
    Table(stack, "orders", config)
    table = table_of(stack)
    ignored = ["read_capacity", "write_capacity", "global_secondary_index", "replica"]
    assert (table["billing_mode"], table["lifecycle"]["ignore_changes"]) == ("PROVISIONED", ignored)
    # What is ignored is not applied either: a plan with another index fails rather than to say nothing.
    (held,) = table["lifecycle"]["postcondition"]
    assert held["condition"] == '${toset([for one in self.global_secondary_index : one.name]) == toset(["by-day"])}'
    targets = synthesize(stack)["resource"]["aws_appautoscaling_target"].values()
    assert {(one["scalable_dimension"], one["max_capacity"]) for one in targets} == {
        ("dynamodb:table:ReadCapacityUnits", 100),
        ("dynamodb:table:WriteCapacityUnits", 50),
        ("dynamodb:index:ReadCapacityUnits", 100),
        ("dynamodb:index:WriteCapacityUnits", 50),
    }
