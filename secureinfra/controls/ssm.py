"""Controls on Systems Manager: parameters, documents, and what an account lays down for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.credentials import is_surely_secret_name
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

SECRET_ENCRYPTED = Control(
    id="ssm-parameter-secret-encrypted",
    title="A parameter that holds a secret is encrypted",
    why="everybody who may read parameters would read the secret",
    row="ssm-parameter-secure",
    mend='Set type = "SecureString" and key_id to a customer managed key, or use aws_secretsmanager_secret.',
)


@SECRET_ENCRYPTED.check("aws_ssm_parameter")
def _secret_encrypted(parameter: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.reading.disclosure import disclosed_by_variable  # noqa: PLC0415 - the emitting wing needs none of it

    if parameter.get("type") == "SecureString":
        return
    # Plain configuration, such as the id of a network, is what the other types are for.
    expected = 'type = "SecureString"'
    name, value = parameter.get("name", ""), parameter.get("value", parameter.get("insecure_value"))
    name = name.text.rpartition("}")[2] if is_unknown(name) else str(name)
    if is_surely_secret_name(name) and (value is None or is_unknown(value)):
        yield Failure(f"{written('type', parameter.get('type'))} for {name}", expected, at="type")
    elif kind := disclosed_by_variable(name, value, configuration):
        yield Failure(f"{written('type', parameter.get('type'))}, and its value is {kind}", expected, at="type")


CUSTOMER_KEY = Control(
    id="ssm-parameter-customer-key",
    title="A secret parameter is encrypted with a customer managed key",
    why="everybody in the account who may read parameters could decrypt it",
    row="ssm-parameter-secure",
    mend="Set key_id to the ARN or id of an aws_kms_key.",
    python="SecureKey makes one; its arn goes here.",
)


@CUSTOMER_KEY.check("aws_ssm_parameter")
def _customer_key(parameter: Block, configuration: Configuration) -> Iterator[Failure]:
    if parameter.get("type") != "SecureString":
        raise NotApplicable("it is not encrypted, since it holds no secret")
    yield from customer_key("key_id")(parameter, configuration)


DOCUMENTS_NOT_PUBLIC = Control(
    id="ssm-documents-block-public-sharing",
    title="No document of the account can be made public",
    why="a document with a script or a secret in it could be given to everybody",
    row="ssm-doc-no-public",
    mend='Set setting_value = "Disable" for /ssm/documents/console/public-sharing-permission, in every region.',
)
_SHARING = "/ssm/documents/console/public-sharing-permission"


@DOCUMENTS_NOT_PUBLIC.check("aws_ssm_service_setting")
def _documents_not_public(setting: Block, configuration: Configuration) -> Iterator[Failure]:
    id = setting.get("setting_id")
    # Of `arn:aws:ssm:${...}:servicesetting/ssm/...` the end is known.
    if is_unknown(id) and not id.text.rpartition("}")[2]:
        raise UnknownValueError(id)
    if not (text_of(id)).endswith(_SHARING):
        raise NotApplicable("a setting of another matter")
    if (value := setting.get("setting_value")) != "Disable":
        yield Failure(written("setting_value", value), 'setting_value = "Disable"', at="setting_value")


DOCUMENT_NOT_PUBLIC = Control(
    id="ssm-document-not-public",
    title="The document is not shared with everybody",
    why="everybody with an AWS account could read it and what it says of the machines it runs on",
    row="ssm-doc-no-public",
    mend="List the accounts in permissions.account_ids, or leave permissions out.",
)


@DOCUMENT_NOT_PUBLIC.check("aws_ssm_document")
def _document_not_public(document: Block, configuration: Configuration) -> Iterator[Failure]:
    accounts = document.get("permissions.account_ids")
    if accounts is not None and "all" in [account.strip().lower() for account in accounts.split(",")]:
        at = "permissions.account_ids"
        yield Failure(written(at, accounts), "account_ids = ids of accounts", at=at)
