"""Controls on the environment variables of Lambda functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_VARIABLES = "environment.variables"

ENVIRONMENT_CUSTOMER_KEY = Control(
    id="lambda-function-environment-customer-key",
    title="Lambda environment variables are encrypted with a customer managed key",
    why="every principal in the account that may read the function's configuration can read its variables",
    row="lambda-env-cmk",
    fix="Set kms_key_arn to the ARN of an aws_kms_key.",
    setting="SecureKey creates one; pass its arn.",
)


@ENVIRONMENT_CUSTOMER_KEY.check("aws_lambda_function")
def _environment_customer_key(function: Block, configuration: Configuration) -> Iterator[Failure]:
    variables = function.get(_VARIABLES)
    if variables is None or (not is_unknown(variables) and not variables):
        raise NotApplicable("it has no environment variables")
    for failure in customer_key("kms_key_arn")(function, configuration):
        if is_unknown(variables):
            raise UnknownValueError(variables)
        yield failure


ENVIRONMENT_NO_SECRETS = Control(
    id="lambda-function-environment-no-secrets",
    title="Lambda environment variables do not contain credentials",
    why="every principal that may read the function's configuration or the Terraform state can read them",
    row="lambda-no-env-secrets",
    fix="Pass the ARN of an aws_secretsmanager_secret, and let the function read the secret with its role.",
)


@ENVIRONMENT_NO_SECRETS.check("aws_lambda_function")
def _environment_no_secrets(function: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.shared.disclosure import disclosed_by_text, disclosed_by_variable  # noqa: PLC0415 - the emitting wing needs none of it

    expected = "the ARN of a secret that the function reads"
    variables = function.get(_VARIABLES)
    if is_unknown(variables):
        for kind in disclosed_by_text(variables, configuration):
            yield Failure(f"{_VARIABLES} contains {kind}", expected, at=_VARIABLES)
        return

    def judge(variable: tuple[str, Any]) -> Iterator[Failure]:
        name, value = variable
        if kind := disclosed_by_variable(name, value, configuration):
            yield Failure(f"{name} contains {kind}", expected, at=f"{_VARIABLES}.{name}")

    yield from each((variables or {}).items(), judge)
