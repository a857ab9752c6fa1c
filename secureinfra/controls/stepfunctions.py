"""Controls on Step Functions state machines."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_set, is_true, one_of
from secureinfra.controls.shared.keys import customer_key

MACHINE = "aws_sfn_state_machine"
_LOGGING = "logging_configuration"

LOGGED = Control(
    id="sfn-state-machine-logged",
    title="Step Functions state machines log their executions",
    why="you could not find out why an execution failed, or what it did",
    row="sfn-logging",
    fix='Write logging_configuration with level = "ERROR" or "ALL" and log_destination = "${log group ARN}:*".',
)
LOGGED.check(MACHINE)(
    all_hold(
        argument(f"{_LOGGING}.level", one_of("ALL", "ERROR", "FATAL"), 'level = "ERROR" or "ALL"', absent="OFF"),
        argument(f"{_LOGGING}.log_destination", is_set, "log_destination = the ARN of a log group, with :* behind it"),
    )
)

TRACED = Control(
    id="sfn-state-machine-traced",
    title="Step Functions state machines have X-Ray tracing",
    why="you could not follow a request through the services it calls",
    row="sfn-xray",
    fix="Write tracing_configuration { enabled = true }.",
)
TRACED.check(MACHINE)(
    argument("tracing_configuration.enabled", is_true, "tracing_configuration { enabled = true }", absent=False)
)

CUSTOMER_KEY = Control(
    id="sfn-state-machine-customer-key",
    title="Step Functions state machines are encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts inputs and outputs of executions",
    row="sfn-cmk",
    fix='Write encryption_configuration with type = "CUSTOMER_MANAGED_KMS_KEY" and kms_key_id.',
)
CUSTOMER_KEY.check(MACHINE)(
    all_hold(
        customer_key("encryption_configuration.kms_key_id"),
        argument(
            "encryption_configuration.type",
            one_of("CUSTOMER_MANAGED_KMS_KEY"),
            'type = "CUSTOMER_MANAGED_KMS_KEY"',
            absent="AWS_OWNED_KEY",
        ),
    )
)
