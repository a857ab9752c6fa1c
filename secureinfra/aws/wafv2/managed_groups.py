"""AWS's managed rule groups: which every web ACL applies, which it may, and which cost extra."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text
from secureinfra.config.words import Words

__all__ = ["AccountCreation", "AccountTakeover"]

# docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
COMMON = "AWSManagedRulesCommonRuleSet"
KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
SQL_INJECTION = "AWSManagedRulesSQLiRuleSet"
IP_REPUTATION = "AWSManagedRulesAmazonIpReputationList"
ANONYMOUS_IPS = "AWSManagedRulesAnonymousIpList"
BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"
ACCOUNT_TAKEOVER = "AWSManagedRulesATPRuleSet"
ACCOUNT_CREATION = "AWSManagedRulesACFPRuleSet"

ALWAYS = (IP_REPUTATION, ANONYMOUS_IPS, COMMON, KNOWN_BAD_INPUTS, SQL_INJECTION)

FurtherGroup = Literal[
    "AWSManagedRulesAdminProtectionRuleSet",
    "AWSManagedRulesLinuxRuleSet",
    "AWSManagedRulesUnixRuleSet",
    "AWSManagedRulesWindowsRuleSet",
    "AWSManagedRulesPHPRuleSet",
    "AWSManagedRulesWordPressRuleSet",
]
"""Groups of AWS for one kind of server each, which cost nothing beyond a rule."""

RuleAction = Literal["count", "block", "captcha", "challenge"]
"""What a rule does with what it finds. Never `allow`: it would end the evaluation, and with it every later rule."""

URI_PATH = matches(r"/[^\s?#*]*", "is not a path", "write it without host, query and '*'", example="/login")
_Path = Annotated[Text, URI_PATH]


class AccountTakeover(Config):
    """The sign-in page, for the rule group that detects stolen credentials; 10 USD a month and 1 USD per 1,000 attempts
    analyzed."""

    login_path: _Path
    """Path that the credentials are sent to."""
    username_field: Text
    """Field of the user name: a JSON pointer such as `/user/name`, or a form field."""
    password_field: Text
    """Field of the password, in the same form."""
    payload_type: Literal["JSON", "FORM_ENCODED"] = "JSON"
    """How the credentials are sent."""

    def problems(self) -> Iterator[Problem]:
        """Fields of a JSON payload are JSON pointers."""
        return _pointers(self)

    def settings(self) -> dict[str, Any]:
        """The group's `managed_rule_group_configs`."""
        inspection = _inspection(self)
        return {"aws_managed_rules_atp_rule_set": {"login_path": self.login_path, "request_inspection": inspection}}


class AccountCreation(Config):
    """The sign-up page, for the rule group that detects fake accounts; 10 USD a month and 1 USD per 1,000 attempts
    analyzed."""

    registration_page_path: _Path
    """Path of the page with the form, fetched with GET."""
    creation_path: _Path
    """Path that the form is sent to."""
    username_field: Text
    """Field of the user name: a JSON pointer such as `/user/name`, or a form field."""
    password_field: Text
    """Field of the password, in the same form."""
    email_field: Text
    """Field of the email address, in the same form."""
    payload_type: Literal["JSON", "FORM_ENCODED"] = "JSON"
    """How the form is sent."""

    def problems(self) -> Iterator[Problem]:
        """Fields of a JSON payload are JSON pointers."""
        return _pointers(self)

    def settings(self) -> dict[str, Any]:
        """The group's `managed_rule_group_configs`."""
        inspection = {**_inspection(self), "email_field": {"identifier": self.email_field}}
        paths = {"creation_path": self.creation_path, "registration_page_path": self.registration_page_path}
        return {"aws_managed_rules_acfp_rule_set": {**paths, "request_inspection": inspection}}


def _inspection(config: AccountTakeover | AccountCreation) -> dict[str, Any]:
    return {
        "payload_type": config.payload_type,
        "username_field": {"identifier": config.username_field},
        "password_field": {"identifier": config.password_field},
    }


def _pointers(config: AccountTakeover | AccountCreation) -> Iterator[Problem]:
    # docs.aws.amazon.com/waf/latest/APIReference/API_UsernameField.html
    if config.payload_type != "JSON":
        return
    for name in ("username_field", "password_field", "email_field"):
        value = getattr(config, name, "/")
        if not value.startswith(("/", "$")):
            yield Problem(
                name,
                "is not a JSON pointer",
                "AWS WAF would find nothing there",
                partial(_pointer_or_form, value),
            )


def _pointer_or_form(value: str, words: Words) -> str:
    return f"Write '/{value}', or set {words.setting('payload_type', 'FORM_ENCODED')}"
