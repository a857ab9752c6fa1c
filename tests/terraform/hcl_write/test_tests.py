"""Files of `terraform test`: as people write them, and run by Terraform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write import write_tests
from tests.terraform.hcl_write.referee import assert_formatted, terraform

MODULE = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "variable": {
        "days": {"type": "number", "validation": {"condition": "${var.days > 0}", "error_message": "too few"}},
        "names": {"type": "list(string)", "default": []},
        "tags": {"type": "map(string)", "default": {}},
    },
    "data": {"aws_caller_identity": {"current": {}}},
    "module": {"child": {"source": "./child"}},
    "resource": {
        "aws_kms_key": {"k": {"deletion_window_in_days": "${var.days}", "tags": "${var.tags}"}},
        "aws_sns_topic": {"t": {"name": "${module.child.name}", "kms_master_key_id": "x"}},
    },
    "output": {
        "account": {"value": "${data.aws_caller_identity.current.account_id}"},
        "key": {"value": "${aws_kms_key.k.arn}"},
    },
}
CHILD = {"output": {"name": {"value": "of child"}}}
DOCUMENT: dict[str, Any] = {
    "run": {
        "defaults": {
            "//": {"comment": "What is given is taken."},
            "assert": [
                {"error_message": "no ${var.days}", "condition": "${aws_kms_key.k.deletion_window_in_days == 7}"},
                {"//": "of the mock", "condition": '${output.account == "111122223333"}', "error_message": "account"},
                {"condition": '${output.key == "other"}', "error_message": "key"},
                {"condition": '${aws_sns_topic.t.name == "renamed"}', "error_message": "module"},
            ],
            "command": "plan",
            "providers": {"aws": "aws.other"},
            "override_module": {"target": "module.child", "outputs": {"name": "renamed"}},
        },
        "refuses_days_1": {
            "expect_failures": ["var.days"],
            "variables": {"days": 0, "names": ["a"], "tags": {"a": "b"}},
            "command": "plan",
        },
        "applies": {
            "plan_options": {"mode": "normal", "refresh": False, "target": ["aws_kms_key.k"]},
            "assert": {"condition": '${aws_kms_key.k.tags["run"] == run.defaults.account}', "error_message": "run"},
            "variables": {"tags": {"run": "${run.defaults.account}"}},
        },
        "other_module": {
            "module": {"source": "./tests/setup"},
            "override_resource": {"target": "terraform_data.t", "values": {"output": 1}},
        },
    },
    "variables": {"days": 7},
    "provider": {"aws": {"region": "eu-central-1", "alias": "real", "skip_credentials_validation": True}},
    "mock_provider": {
        "aws": [
            {"mock_data": {"aws_caller_identity": {"defaults": {"account_id": "0"}}}},
            {
                "mock_resource": {
                    "aws_kms_key": {"defaults": {"arn": "other", "tags": {"x": "y"}}, "override_during": "plan"}
                },
                "override_during": "plan",
                "alias": "other",
            },
        ]
    },
    "override_data": [{"target": "data.aws_caller_identity.current", "values": {"account_id": "111122223333"}}],
}
WRITTEN = """# Made
provider "aws" {
  alias                       = "real"
  region                      = "eu-central-1"
  skip_credentials_validation = true
}

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "0"
    }
  }
}

mock_provider "aws" {
  alias           = "other"
  override_during = plan

  mock_resource "aws_kms_key" {
    override_during = plan

    defaults = {
      arn = "other"
      tags = {
        x = "y"
      }
    }
  }
}

override_data {
  target = data.aws_caller_identity.current

  values = {
    account_id = "111122223333"
  }
}

variables {
  days = 7
}

# What is given is taken.
run "defaults" {
  command = plan

  providers = {
    aws = aws.other
  }

  override_module {
    target = module.child

    outputs = {
      name = "renamed"
    }
  }

  assert {
    condition     = aws_kms_key.k.deletion_window_in_days == 7
    error_message = "no ${var.days}"
  }

  # of the mock
  assert {
    condition     = output.account == "111122223333"
    error_message = "account"
  }

  assert {
    condition     = output.key == "other"
    error_message = "key"
  }

  assert {
    condition     = aws_sns_topic.t.name == "renamed"
    error_message = "module"
  }
}

run "refuses_days_1" {
  command = plan

  variables {
    days  = 0
    names = ["a"]
    tags = {
      a = "b"
    }
  }

  expect_failures = [var.days]
}

run "applies" {
  plan_options {
    mode    = normal
    refresh = false
    target  = [aws_kms_key.k]
  }

  variables {
    tags = {
      run = run.defaults.account
    }
  }

  assert {
    condition     = aws_kms_key.k.tags["run"] == run.defaults.account
    error_message = "run"
  }
}

run "other_module" {
  module {
    source = "./tests/setup"
  }

  override_resource {
    target = terraform_data.t

    values = {
      output = 1
    }
  }
}
"""


def test_every_kind_of_block_as_people_write_it() -> None:
    assert write_tests(DOCUMENT, header="Made").replace("# Made\n\n", "# Made\n") == WRITTEN


@pytest.mark.terraform
def test_terraform_runs_them(tmp_path: Path) -> None:
    for folder, document in {
        "": MODULE,
        "child": CHILD,
        "tests/setup": {"resource": {"terraform_data": {"t": {}}}},
    }.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "main.tf.json").write_text(json.dumps(document))
    text = write_tests(DOCUMENT)
    assert_formatted(text, tmp_path)
    (tmp_path / "tests" / "written.tftest.hcl").write_text(text)
    # Terraform reads the JSON likewise, so it has the form of such files.
    (tmp_path / "tests" / "given.tftest.json").write_text(json.dumps(DOCUMENT))
    terraform(tmp_path, "init", "-input=false")
    assert "8 passed, 0 failed" in terraform(tmp_path, "test")
    (tmp_path / "tests" / "given.tftest.json").unlink()
    (tmp_path / "tests" / "written.tftest.hcl").write_text(text.replace("= 7\n", "= 8\n", 1))
    with pytest.raises(AssertionError, match=r"1 failed(?s:.)*no 8"):
        terraform(tmp_path, "test")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"runs": {}}, "Did you mean 'run'"),
        ({"moved": {}}, "The blocks are test, provider, mock_provider"),
        ({"run": {"a": {"assert": [1]}}}, "run.a: assert: '1' is not a block"),
        ({"run": {"a": {"expect_failures": ["var.a)"]}}}, r"run.a: 'var.a\)' is not a reference"),
    ],
)
def test_refuses(document: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        write_tests(document)


def test_text_that_is_json_refers_to_the_variables_of_the_module() -> None:
    document = {"variables": {"policy": '{"a": "${var.a}", "b": 1}'}}
    module = {"variable": {"a": {"type": "string"}}}
    assert (
        write_tests(document, module=module)
        == "variables {\n  policy = jsonencode({\n    a = var.a\n    b = 1\n  })\n}\n"
    )
