"""Controls on Systems Manager: parameters, documents, and account-wide settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.credentials import is_surely_secret_name
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

SECRET_ENCRYPTED = Control(
    id="ssm-parameter-secret-encrypted",
    title="SSM parameters that hold a secret are encrypted",
    why="every principal that may read parameters could read the secret",
    row="ssm-parameter-secure",
    fix='Set type = "SecureString" and key_id to a customer managed key, or use aws_secretsmanager_secret.',
)


@SECRET_ENCRYPTED.check("aws_ssm_parameter")
def _secret_encrypted(parameter: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.shared.disclosure import disclosed_by_variable  # noqa: PLC0415 - the emitting wing needs none of it

    if parameter.get("type") == "SecureString":
        return
    # The other types are for plain configuration, such as the id of a network.
    expected = 'type = "SecureString"'
    name, value = parameter.get("name", ""), parameter.get("value", parameter.get("insecure_value"))
    name = name.text.rpartition("}")[2] if is_unknown(name) else str(name)
    if is_surely_secret_name(name) and (value is None or is_unknown(value)):
        yield Failure(f"{written('type', parameter.get('type'))} for {name}", expected, at="type")
    elif kind := disclosed_by_variable(name, value, configuration):
        yield Failure(f"{written('type', parameter.get('type'))}, and its value is {kind}", expected, at="type")


CUSTOMER_KEY = Control(
    id="ssm-parameter-customer-key",
    title="Secret SSM parameters are encrypted with a customer managed key",
    why="every principal in the account that may read parameters could decrypt it",
    row="ssm-parameter-secure",
    fix="Set key_id to the ARN or id of an aws_kms_key.",
    setting="SecureKey creates one; pass its arn.",
)


@CUSTOMER_KEY.check("aws_ssm_parameter")
def _customer_key(parameter: Block, configuration: Configuration) -> Iterator[Failure]:
    if parameter.get("type") != "SecureString":
        raise NotApplicable("the parameter is not encrypted, because it does not hold a secret")
    yield from customer_key("key_id")(parameter, configuration)


DOCUMENTS_NOT_PUBLIC = Control(
    id="ssm-documents-block-public-sharing",
    title="Public sharing of SSM documents is blocked for the account",
    why="a document with a script or a secret in it could be shared publicly",
    row="ssm-doc-no-public",
    fix='Set setting_value = "Disable" for /ssm/documents/console/public-sharing-permission, in every region.',
)
_SHARING = "/ssm/documents/console/public-sharing-permission"


@DOCUMENTS_NOT_PUBLIC.check("aws_ssm_service_setting")
def _documents_not_public(setting: Block, configuration: Configuration) -> Iterator[Failure]:
    yield from _set_to(setting, _SHARING, "Disable")


def _set_to(setting: Block, named: str, wanted: str) -> Iterator[Failure]:
    id = setting.get("setting_id")
    # Of `arn:aws:ssm:${...}:servicesetting/ssm/...` only the end is known.
    if is_unknown(id) and not id.text.rpartition("}")[2]:
        raise UnknownValueError(id)
    if not (text_of(id)).endswith(named):
        raise NotApplicable("the resource is for another service setting")
    if (value := setting.get("setting_value")) != wanted:
        yield Failure(written("setting_value", value), f'setting_value = "{wanted}"', at="setting_value")


AUTOMATION_LOGGED = Control(
    id="ssm-automation-logged",
    title="Scripts of SSM Automation are logged",
    why="you could not find out what a runbook did",
    row="ssm-automation-logging",
    fix='Set setting_value = "CloudWatch" for /ssm/automation/customer-script-log-destination, in every region.',
)


@AUTOMATION_LOGGED.check("aws_ssm_service_setting")
def _automation_logged(setting: Block, configuration: Configuration) -> Iterator[Failure]:
    yield from _set_to(setting, "/ssm/automation/customer-script-log-destination", "CloudWatch")


DOCUMENT_NOT_PUBLIC = Control(
    id="ssm-document-not-public",
    title="SSM documents are not public",
    why="any AWS account could read the document and what it reveals about your instances",
    row="ssm-document-not-shared-with-all",
    waivable=False,
    fix="List the accounts in permissions.account_ids, or leave permissions out.",
)


@DOCUMENT_NOT_PUBLIC.check("aws_ssm_document")
def _document_not_public(document: Block, configuration: Configuration) -> Iterator[Failure]:
    accounts = document.get("permissions.account_ids")
    if accounts is not None and "all" in [account.strip().lower() for account in accounts.split(",")]:
        at = "permissions.account_ids"
        yield Failure(written(at, accounts), "account_ids = ids of accounts", at=at)
