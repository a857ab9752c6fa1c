"""Configurations to draw: from an empty one to many roles."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from secureinfra.terraform.model.configuration import Configuration

Document = dict[str, Any]
OTHER = "444455556666"
GITHUB = "token.actions.githubusercontent.com"
_IDENTITY: Document = {"aws_caller_identity": {"c": {}}}


def policy(*statements: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **parts: Any) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **parts}


def trust(principal: Any, action: str = "sts:AssumeRole", **parts: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, **parts})


def with_role(document: Document, name: str, trusted: str, *statements: Document, **parts: Any) -> Document:
    """A role with a policy of its own."""
    held = document.setdefault("resource", {})
    held.setdefault("aws_iam_role", {})[name] = {"name": name, "assume_role_policy": trusted, **parts}
    if statements:
        inline = {"role": f"${{aws_iam_role.{name}.name}}", "policy": policy(*statements)}
        held.setdefault("aws_iam_role_policy", {})[name] = inline
    return {**document, "data": _IDENTITY}


def with_resources(document: Document, type: str, *names: str, **parts: Any) -> Document:
    held = document.setdefault("resource", {}).setdefault(type, {})
    held.update({name: dict(parts) for name in names})
    return document


def delivered() -> Document:
    """A role for GitHub Actions, one for a partner, one for Lambda, and a topic that CloudWatch publishes to."""
    found = with_resources({}, "aws_s3_bucket", "uploads")
    with_resources(found, "aws_kms_key", "data")
    with_resources(found, "aws_sqs_queue", "orders")
    subject = {"StringEquals": {f"{GITHUB}:sub": "repo:acme/shop:environment:production"}}
    provider = "${aws_iam_openid_connect_provider.github.arn}"
    found["resource"]["aws_iam_openid_connect_provider"] = {"github": {"url": f"https://{GITHUB}"}}
    uploads = "${aws_s3_bucket.uploads.arn}/releases/*"
    with_role(
        found,
        "deploy",
        trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=subject),
        allow(["s3:GetObject", "s3:PutObject"], uploads),
        allow("kms:Decrypt", "${aws_kms_key.data.arn}"),
    )
    external = {"StringEquals": {"sts:ExternalId": "acme-42"}}
    with_role(
        found,
        "partner",
        trust({"AWS": f"arn:aws:iam::{OTHER}:root"}, Condition=external),
        allow("sqs:SendMessage", "${aws_sqs_queue.orders.arn}"),
    )
    with_role(
        found, "worker", trust({"Service": "lambda.amazonaws.com"}), allow("sqs:*", "${aws_sqs_queue.orders.arn}")
    )
    alarms = {"policy": policy(allow("sns:Publish", Principal={"Service": "cloudwatch.amazonaws.com"}))}
    found["resource"]["aws_sns_topic"] = {"alarms": alarms}
    return found


def opened() -> Document:
    """A bucket and a role that are open to anyone, and a queue that only the role reaches."""
    found = with_resources({}, "aws_s3_bucket", "site")
    with_resources(found, "aws_sqs_queue", "orders", "inner")
    public = policy(allow("s3:GetObject", "${aws_s3_bucket.site.arn}/*", Principal="*"))
    found["resource"]["aws_s3_bucket_policy"] = {"site": {"bucket": "${aws_s3_bucket.site.id}", "policy": public}}
    with_role(found, "door", trust({"AWS": "*"}), allow("sqs:SendMessage", "${aws_sqs_queue.orders.arn}"))
    with_role(
        found, "own", trust({"Service": "ec2.amazonaws.com"}), allow("sqs:SendMessage", "${aws_sqs_queue.inner.arn}")
    )
    return found


def powerful() -> Document:
    """An administrator, one within a boundary that is defined elsewhere, a user in a group, and a role that another assumes."""
    found = with_resources({}, "aws_s3_bucket", "data")
    boundary = f"arn:aws:iam::{OTHER}:policy/boundary"
    with_role(found, "admin", trust({"AWS": "${aws_iam_role.ci.arn}"}), allow("*"))
    with_role(
        found,
        "ci",
        trust({"Service": "codebuild.amazonaws.com"}),
        allow("sts:AssumeRole", "${aws_iam_role.admin.arn}"),
        allow("s3:GetObject", "${aws_s3_bucket.data.arn}/*"),
        permissions_boundary=boundary,
    )
    with_role(found, "audit", trust({"AWS": "arn:aws:iam::${data.aws_caller_identity.c.account_id}:root"}))
    attached = {"role": "${aws_iam_role.audit.name}", "policy_arn": "arn:aws:iam::aws:policy/SecurityAudit"}
    found["resource"]["aws_iam_role_policy_attachment"] = {"audit": attached}
    found["resource"]["aws_iam_user"] = {"ann": {"name": "ann"}}
    inline = {"user": "${aws_iam_user.ann.name}", "policy": policy(allow("s3:*", "*"))}
    found["resource"]["aws_iam_user_policy"] = {"ann": inline}
    return found


def functions(count: int = 40) -> Document:
    """Functions with a role and a log group of their own: 120 resources that are alike."""
    found: Document = {}
    for number in range(count):
        name = f"f{number:02}"
        with_resources(found, "aws_cloudwatch_log_group", name)
        with_resources(found, "aws_lambda_function", name)
        with_role(
            found,
            name,
            trust({"Service": "lambda.amazonaws.com"}),
            allow("logs:PutLogEvents", f"${{aws_cloudwatch_log_group.{name}.arn}}:*"),
        )
    return found


def woven(count: int = 16) -> Document:
    """Roles that reach three of many resources each, no two alike: more lines than are drawn."""
    found: Document = {}
    types = (
        ("aws_sqs_queue", "sqs:SendMessage"),
        ("aws_sns_topic", "sns:Publish"),
        ("aws_dynamodb_table", "dynamodb:GetItem"),
    )
    for number in range(count):
        for type, _ in types:
            with_resources(found, type, f"r{number}")
    for number in range(count):
        statements = [
            allow(action, f"${{{type}.r{(number * (place + 2) + place) % count}.arn}}")
            for place, (type, action) in enumerate(types)
        ]
        with_role(found, f"w{number}", trust({"Service": f"s{number}.amazonaws.com"}), *statements)
    return found


def shared(count: int = 30) -> Document:
    """A key that many services use, and a queue that many roles send to."""
    found = with_resources({}, "aws_sqs_queue", "all")
    services = [f"s{number}.amazonaws.com" for number in range(count)]
    text = policy(*(allow("kms:Decrypt", Principal={"Service": service}) for service in services))
    found["resource"]["aws_kms_key"] = {"all": {"policy": text}}
    for number in range(10):
        own = trust({"Service": f"r{number}.amazonaws.com"})
        with_role(found, f"sender-{number}", own, allow("sqs:SendMessage", "${aws_sqs_queue.all.arn}"))
    return found


def unknown() -> Document:
    """Policies of which values are not known."""
    found = with_resources({}, "aws_sqs_queue", "orders")
    found["variable"] = {"who": {}, "what": {}, "text": {}}
    asking = policy(allow("sqs:SendMessage", Principal={"AWS": "${var.who}"}))
    found["resource"]["aws_sqs_queue_policy"] = {"p": {"queue_url": "${aws_sqs_queue.orders.url}", "policy": asking}}
    with_role(found, "given", trust({"AWS": "${var.who}"}), allow("sqs:SendMessage", "${var.what}"))
    with_role(found, "other", "${var.text}", allow("sqs:SendMessage", "*", Condition={"Bool": {"${var.what}": "true"}}))
    return found


def hostile() -> Document:
    """Names that are markup, turn the text, or are long."""
    name = '</text><script>alert("1")</script>\u202e' + "x" * 80
    found = with_resources({}, "aws_sqs_queue", "q", name=name)
    with_role(found, "r", trust({"Service": name}), allow("sqs:SendMessage", "${aws_sqs_queue.q.arn}"))
    found["resource"]["aws_iam_role"]["r"]["name"] = name
    return found


ALL: dict[str, Callable[[], Document]] = {
    "empty": dict,
    "delivered": delivered,
    "opened": opened,
    "powerful": powerful,
    "40 functions": functions,
    "woven": woven,
    "shared": shared,
    "unknown": unknown,
    "hostile": hostile,
}


def configuration(name: str) -> Configuration:
    return Configuration.of(ALL[name](), "acme")
