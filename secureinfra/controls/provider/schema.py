"""Controls on whether a block fits the AWS provider's schema; checked on request."""

from __future__ import annotations

from secureinfra.controls.control import Control

TAKEN_BY_5 = Control(
    id="provider-schema-5",
    title="Blocks fit the schema of AWS provider 5.100",
    why="Terraform would refuse the block, or a misspelled argument would leave a default in force",
    waivable=False,
    fix="Write the arguments as the provider's documentation describes them.",
)

TAKEN_BY_6 = Control(
    id="provider-schema-6",
    title="Blocks fit the schema of AWS provider 6.62",
    why="Terraform would refuse the block, or an argument removed in version 6 would keep the provider at 5",
    waivable=False,
    fix="Write the arguments as the provider's documentation describes them, or keep the provider below 6.",
)

MAJORS = {"5": (TAKEN_BY_5, "5.100.0"), "6": (TAKEN_BY_6, "6.62.0")}
