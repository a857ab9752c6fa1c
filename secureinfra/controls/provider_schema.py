"""Controls on whether the AWS provider takes a block at all; asked on request, by whoever runs the checks."""

from __future__ import annotations

from secureinfra.controls.control import Control

TAKEN_BY_5 = Control(
    id="provider-schema-5",
    title="Every block is what AWS provider 5.100 takes",
    why="Terraform would refuse it, or a misspelt argument would leave a default in force",
    waivable=False,
    mend="Write the arguments as the provider's documentation has them.",
)

TAKEN_BY_6 = Control(
    id="provider-schema-6",
    title="Every block is what AWS provider 6.62 takes",
    why="Terraform would refuse it, or an argument that is gone in 6 would hold the provider at 5",
    waivable=False,
    mend="Write the arguments as the provider's documentation has them, or keep the provider below 6.",
)

MAJORS = {"5": (TAKEN_BY_5, "5.100.0"), "6": (TAKEN_BY_6, "6.62.0")}
