"""A network for the tests of databases."""

from typing import Any

from secureinfra.aws.db.config import DatabaseConfig
from secureinfra.aws.db.instance import Database
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.testing import synthesize, test_stack


def network_of(stack: Any) -> SecureVpc:
    """A VPC with isolated subnets in two zones."""
    return SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, nat="none"))


def database(stack: Any = None, *, engine: str = "postgres", version: str = "17", **given: Any) -> Database:
    """A database named `orders`; what is no setting goes to the construct."""
    stack = stack or test_stack()
    beside = {name: given.pop(name) for name in ("password", "alarms", "key") if name in given}
    config = DatabaseConfig(engine=engine, engine_version=version, **given)  # type: ignore[arg-type]
    return Database(stack, "orders", config, vpc=network_of(stack), **beside)


def blocks_of(construct: Any, type: str) -> dict[str, dict[str, Any]]:
    """The blocks of a type in a construct's stack."""
    return dict(synthesize(construct.stack_state.stack)["resource"].get(type, {}))


def instance_of(construct: Any) -> dict[str, Any]:
    """The instance of a database."""
    return blocks_of(construct, "aws_db_instance")["orders_instance"]
