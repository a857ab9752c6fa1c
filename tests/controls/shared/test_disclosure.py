"""Which values disclose a credential: known ones, references, and what is not known."""

import base64
import gzip
from typing import Any

import pytest

from secureinfra.controls.shared.disclosure import disclosed_by_text, disclosed_by_variable
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import UnknownValueError
from tests.controls.shared.test_credentials import ACCESS_KEY

SECTIONS: dict[str, Any] = {
    "variable": {"x": {}, "db_password": {}, "db_secret": {}},
    "data": {
        "aws_ssm_parameter": {"p": {"name": "/ami"}},
        "aws_secretsmanager_secret_version": {"v": {}},
        "cloudinit_config": {
            "bad": {"part": [{"content": "${var.x}"}, {"content": "export DB_PASSWORD=hunter2"}]},
            "unsure": {"part": [{"content": "${var.x}"}]},
            "good": {"part": {"content": "#!/bin/sh"}},
        },
        "template_file": {
            "bad": {"template": "export P=$${db_password}", "vars": {"db_password": "hunter2"}},
            "good": {"template": "export P=$${bucket}", "vars": {"bucket": "${aws_s3_bucket.b.id}"}},
        },
        "vault_generic_secret": {"s": {}},
    },
}
RESOURCES: dict[str, Any] = {
    "aws_s3_bucket": {"b": {}},
    "aws_secretsmanager_secret": {"s": {}},
    "random_password": {"p": {}},
    "random_string": {"s": {}},
    "aws_db_instance": {"d": {"count": "${var.x}"}},
    "aws_ssm_parameter": {"secure": {"type": "SecureString"}, "plain": {"type": "String"}},
}


def asked(written: Any) -> tuple[Any, Configuration]:
    configuration = Configuration.of({**SECTIONS, "resource": {**RESOURCES, "aws_x": {"x": {"held": written}}}})
    return configuration.of_type("aws_x")[0].get("held"), configuration


def variable(name: str, written: Any) -> str:
    value, configuration = asked(written)
    try:
        return disclosed_by_variable(name, value, configuration)
    except UnknownValueError:
        return "unknown"


def text(written: Any) -> str:
    value, configuration = asked(written)
    try:
        return ", ".join(disclosed_by_text(value, configuration))
    except UnknownValueError as error:
        return f"unknown: {error.value.text}"


@pytest.mark.parametrize(
    ("name", "written", "answer"),
    [
        ("DB_PASSWORD", "hunter2", "a literal value"),
        ("LEVEL", "info", ""),
        ("COUNT", 3, ""),
        ("LEVEL", None, ""),
        ("LEVEL", ACCESS_KEY, "an AWS access key"),
        ("BUCKET", "${aws_s3_bucket.b.id}", ""),
        ("DB_PASSWORD", "${aws_secretsmanager_secret.s.arn}", ""),
        ("DB", "${random_password.p.result}", "the secret ${random_password.p.result}"),
        ("DB", "${aws_db_instance.d[*].password}", "the secret ${aws_db_instance.d}"),
        (
            "DB",
            "${data.aws_secretsmanager_secret_version.v.secret_string}",
            "the secret ${data.aws_secretsmanager_secret_version.v.secret_string}",
        ),
        ("DB", "postgres://app:${random_password.p.result}@db/app", "the secret ${random_password.p.result}"),
        ("DB", "${aws_ssm_parameter.secure.value}", "the secret ${aws_ssm_parameter.secure.value}"),
        ("DB", "${aws_ssm_parameter.plain.value}", ""),
        ("SUFFIX", "${random_string.s.result}", ""),
        ("DB_PASSWORD", "${random_string.s.result}", "the secret ${random_string.s.result}"),
        ("AMI", "${data.aws_ssm_parameter.p.value}", "unknown"),
        ("DB", "${data.vault_generic_secret.s.data}", "unknown"),
        ("DB", "${module.unread.output}", "unknown"),
        ("LEVEL", "${var.x}", "unknown"),
        ("LEVEL", "a-${var.x}", "unknown"),
        ("DB", "${var.db_password}", "the secret ${var.db_password}"),
        ("DB", "${var.db_secret}", "unknown"),
    ],
)
def test_variable(name: str, written: Any, answer: str) -> None:
    assert variable(name, written) == answer


def test_text() -> None:
    script = "#!/bin/sh\nexport DB_PASSWORD=hunter2\n"
    assert text(None) == ""
    assert text("#!/bin/sh") == ""
    assert text(script) == "a literal value for DB_PASSWORD"
    assert text(base64.b64encode(script.encode()).decode()) == "a literal value for DB_PASSWORD"
    assert text(base64.b64encode(gzip.compress(script.encode())).decode()) == "a literal value for DB_PASSWORD"
    assert text(base64.b64encode(b"\x1f\x8bbroken").decode()) == ""
    assert text(base64.b64encode(b"\xff\xfe").decode()) == ""


def test_text_that_terraform_fills_in() -> None:
    assert text("export BUCKET=${aws_s3_bucket.b.id}\n") == ""
    assert text("export A=${var.x}\n") == "unknown: ${var.x}"
    assert text("export A=${var.x}\nexport DB_PASSWORD=hunter2\n") == "a literal value for DB_PASSWORD"
    assert text('${base64encode("export A=${var.x}\\nexport DB_PASSWORD=hunter2\\n")}') == (
        "a literal value for DB_PASSWORD"
    )
    assert text("export P=${random_password.p.result}\n") == "the secret ${random_password.p.result}"
    assert text('${file("there-is-none.sh")}').startswith("unknown")
    unread = '${base64encode(templatefile("there-is-none.sh", {bucket = aws_s3_bucket.b.id}))}'
    assert text(unread) == "unknown: ${aws_s3_bucket.b.id}"


def test_text_that_a_data_source_renders() -> None:
    assert text("${data.cloudinit_config.bad.rendered}") == "a literal value for DB_PASSWORD"
    assert text("${data.cloudinit_config.unsure.rendered}") == "unknown: ${var.x}"
    assert text("${data.cloudinit_config.good.rendered}") == ""
    assert text("${data.template_file.bad.rendered}") == "a literal value for db_password"
    assert text("${data.template_file.good.rendered}") == ""
