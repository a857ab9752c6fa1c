"""Controls on brokers of Amazon MQ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_false, is_true, text_in
from secureinfra.controls.shared.keys import customer_key

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Failure
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

BROKER = "aws_mq_broker"

LOGGED = Control(
    id="mq-broker-logged",
    title="Amazon MQ brokers publish their logs, ActiveMQ its audit log too",
    why="you could not find out who administered the broker, or why it failed",
    row="mq-audit-logs",
    fix="Write logs { general = true, audit = true }; RabbitMQ has no audit log.",
)


@LOGGED.check(BROKER)
def _logged(broker: Block, configuration: Configuration) -> Iterator[Failure]:
    kinds = ("general",) if text_in(broker.get("engine_type")) == "rabbitmq" else ("general", "audit")
    checks = (argument(f"logs.{kind}", is_true, f"logs {{ {kind} = true }}", absent=False) for kind in kinds)
    yield from all_hold(*checks)(broker, configuration)


MINOR_UPGRADES = Control(
    id="mq-broker-minor-upgrades",
    title="Amazon MQ brokers upgrade minor versions automatically",
    why="vulnerabilities that are fixed in a newer version would remain",
    row="mq-minor-upgrade",
    fix="Set auto_minor_version_upgrade = true.",
)
MINOR_UPGRADES.check(BROKER)(
    argument("auto_minor_version_upgrade", is_true, "auto_minor_version_upgrade = true", absent=False)
)

NOT_PUBLIC = Control(
    id="mq-broker-not-public",
    title="Amazon MQ brokers are not publicly accessible",
    why="anyone on the internet could try passwords and known vulnerabilities",
    row="mq-not-public",
    fix="Remove publicly_accessible, or set it to false. This replaces an existing broker.",
)
NOT_PUBLIC.check(BROKER)(argument("publicly_accessible", is_false, "publicly_accessible = false"))

CUSTOMER_KEY = Control(
    id="mq-broker-customer-key",
    title="Amazon MQ brokers are encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts the messages",
    row="mq-cmk",
    fix="Write encryption_options { use_aws_owned_key = false, kms_key_id = ... }. This replaces an existing broker.",
)
CUSTOMER_KEY.check(BROKER)(
    all_hold(
        customer_key("encryption_options.kms_key_id"),
        argument("encryption_options.use_aws_owned_key", is_false, "use_aws_owned_key = false", absent=True),
    )
)
