"""A module that has every kind of block of Terraform's language, as JSON and as it is written."""

from __future__ import annotations

from typing import Any

CHILD = """terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "objects" {}
"""

DOCUMENT: dict[str, Any] = {
    "//": {"metadata": {"version": "1"}},
    "check": {
        "reachable": {
            "assert": [{"condition": '${data.aws_vpc.found.id != ""}', "error_message": "gone"}],
            "data": {"aws_vpc": {"found": {"id": "${aws_vpc.main.id}"}}},
        }
    },
    "data": {"aws_caller_identity": {"current": {}}},
    "import": [{"id": "vpc-1", "to": "aws_vpc.main", "provider": "aws.us"}],
    "locals": {"//": 1, "size": "${length(var.names)}"},
    "module": {
        "child": {
            "depends_on": ["aws_vpc.main"],
            "for_each": '${toset(["a"])}',
            "objects": [{"a": 1}],
            "providers": {"aws": "aws.us"},
            "source": "./child",
        }
    },
    "moved": [{"to": "aws_vpc.main", "from": "aws_vpc.old"}],
    "output": {
        "arn": {
            "value": "${aws_vpc.main.arn}",
            "description": "ARN of the ${network}",
            "depends_on": ["aws_vpc.main"],
            "precondition": [{"condition": "${local.size > 0}", "error_message": "empty"}],
        }
    },
    "provider": {"aws": [{"region": "eu-central-1"}, {"region": "us-east-1", "alias": "us", "default_tags": []}]},
    "removed": {"from": "aws_vpc.gone", "lifecycle": {"destroy": False}},
    "resource": {
        "aws_vpc": {
            "main": {
                "//": {"metadata": {"path": "stack/network/vpc"}},
                "tags": {"Name": "main"},
                "cidr_block": "${var.cidr}",
                "depends_on": ["data.aws_caller_identity.current"],
                "lifecycle": {
                    "ignore_changes": ["tags", "tags_all"],
                    "postcondition": [{"condition": '${self.id != ""}', "error_message": "none"}],
                },
                "provider": "aws.us",
            }
        },
        "terraform_data": {
            "note": {
                "lifecycle": {"ignore_changes": "all", "replace_triggered_by": ["aws_vpc.main.id"]},
                "provisioner": [
                    {"local-exec": {"command": "echo ${self.id}", "when": "destroy", "environment": {"A": "b"}}}
                ],
                "input": "a",
                "count": "${local.size}",
            }
        },
    },
    "terraform": {
        "backend": {"s3": {"bucket": "states", "key": "network"}},
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 5.80"}},
        "required_version": ">= 1.9",
    },
    "variable": {
        "cidr": {
            "default": "10.0.0.0/16",
            "description": "Range as ${address}/${bits}",
            "nullable": False,
            "type": "string",
            "validation": [{"condition": "${can(cidrhost(var.cidr, 0))}", "error_message": "no range: ${var.cidr}"}],
        },
        "names": {"type": "list(string)", "default": ["a"]},
    },
}

WRITTEN = """terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }

  backend "s3" {
    bucket = "states"
    key    = "network"
  }
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

variable "cidr" {
  type        = string
  description = "Range as $${address}/$${bits}"
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "no range: ${var.cidr}"
  }
}

variable "names" {
  type    = list(string)
  default = ["a"]
}

locals {
  size = length(var.names)
}

data "aws_caller_identity" "current" {}

module "child" {
  source = "./child"

  for_each = toset(["a"])

  providers = {
    aws = aws.us
  }

  objects = [
    {
      a = 1
    },
  ]

  depends_on = [aws_vpc.main]
}

# stack/network/vpc
resource "aws_vpc" "main" {
  provider = aws.us

  cidr_block = var.cidr

  tags = {
    Name = "main"
  }

  lifecycle {
    ignore_changes = [tags, tags_all]

    postcondition {
      condition     = self.id != ""
      error_message = "none"
    }
  }

  depends_on = [data.aws_caller_identity.current]
}

resource "terraform_data" "note" {
  count = local.size

  input = "a"

  provisioner "local-exec" {
    command = "echo ${self.id}"
    when    = destroy

    environment = {
      A = "b"
    }
  }

  lifecycle {
    ignore_changes       = all
    replace_triggered_by = [aws_vpc.main.id]
  }
}

output "arn" {
  description = "ARN of the $${network}"
  value       = aws_vpc.main.arn

  precondition {
    condition     = local.size > 0
    error_message = "empty"
  }

  depends_on = [aws_vpc.main]
}

check "reachable" {
  data "aws_vpc" "found" {
    id = aws_vpc.main.id
  }

  assert {
    condition     = data.aws_vpc.found.id != ""
    error_message = "gone"
  }
}

import {
  to       = aws_vpc.main
  id       = "vpc-1"
  provider = aws.us
}

moved {
  from = aws_vpc.old
  to   = aws_vpc.main
}

removed {
  from = aws_vpc.gone

  lifecycle {
    destroy = false
  }
}
"""
