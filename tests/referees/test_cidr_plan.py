"""The address plan is what Terraform's own `cidrsubnet` makes of it."""

import subprocess
from collections.abc import Callable

from secureinfra.aws.vpc.cidr_plan import LETTERS, slot
from tests.referees.runner import Terraform

TIERS = ("public", "private", "isolated", "firewall")


def test_terraform_counts_alike(terraform: Callable[..., Terraform]) -> None:
    cidr = "10.20.0.0/16"
    slots = [slot(tier, letter, zones) for tier in TIERS for zones in (4, 8) for letter in LETTERS[:zones]]
    calls = ", ".join(f'cidrsubnet("{cidr}", {each.newbits}, {each.netnum})' for each in slots)
    folder = terraform({}).folder
    done = subprocess.run(
        ["terraform", "console"],
        cwd=folder,
        input=f'join(" ", [{calls}])\n',
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().strip('"').split() == [each.within(cidr) for each in slots]
