"""Controls on Transfer Family servers and connectors."""

from __future__ import annotations

import re
from typing import Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_set, not_one_of, text_in
from secureinfra.terraform.unknown import any_of

SERVER = "aws_transfer_server"
# docs.aws.amazon.com/transfer/latest/userguide/security-policies.html: the generations by year and month.
_GENERATION = re.compile(r"-(\d{4}-\d{2})$")
_OLDEST = "2024-01"

NO_FTP = Control(
    id="transfer-server-no-ftp",
    title="Transfer Family servers do not offer FTP",
    why="FTP sends passwords and files in plaintext",
    row="transfer-no-ftp",
    waivable=False,
    fix='Remove "FTP" from protocols; use "SFTP" or "FTPS".',
)


def _without_ftp(protocols: Any) -> bool:
    items = protocols if isinstance(protocols, list) else [protocols]
    return protocols is None or not any_of(items, lambda protocol: protocol == "FTP")


NO_FTP.check(SERVER)(argument("protocols", _without_ftp, 'protocols = ["SFTP"]'))

CONNECTOR_LOGGED = Control(
    id="transfer-connector-logged",
    title="Transfer Family connectors write logs",
    why="you could not find out which files were sent, and where to",
    row="transfer-connector-logging",
    fix="Set logging_role to the ARN of a role that may write logs.",
)
CONNECTOR_LOGGED.check("aws_transfer_connector")(argument("logging_role", is_set, "logging_role = the ARN of a role"))

NOT_PUBLIC = Control(
    id="transfer-server-not-public",
    title="Transfer Family servers have endpoints in a VPC",
    why="no security group would limit who on the internet can try passwords",
    row="transfer-not-public",
    fix='Set endpoint_type = "VPC", and write endpoint_details.',
)
NOT_PUBLIC.check(SERVER)(argument("endpoint_type", not_one_of("PUBLIC"), 'endpoint_type = "VPC"', absent="PUBLIC"))

SECURITY_POLICY = Control(
    id="transfer-server-security-policy",
    title="Transfer Family servers use a current security policy",
    why="older ciphers and key exchanges have known attacks",
    row="transfer-security-policy",
    fix=f'Set security_policy_name = "TransferSecurityPolicy-{_OLDEST}" or newer.',
)


def _is_current(name: Any) -> bool:
    generation = _GENERATION.search(text_in(name))
    return generation is not None and generation[1] >= _OLDEST


SECURITY_POLICY.check(SERVER)(
    argument(
        "security_policy_name",
        _is_current,
        f'security_policy_name = "TransferSecurityPolicy-{_OLDEST}" or newer',
        absent="TransferSecurityPolicy-2018-11",
    )
)
