"""What the configuration that managed the resources so far has to forget, and destroys nothing.

`removed` blocks take no keys of instances: developer.hashicorp.com/terraform/language/block/removed.
"""

from __future__ import annotations

from secureinfra.adopt.adopt import Adoption
from secureinfra.adopt.existing import Existing
from secureinfra.check.formats.plain import plain
from secureinfra.terraform.model.block import INSTANCE_KEY
from secureinfra.terraform.model.plan_origins import split_module


def taken_over(adoption: Adoption) -> list[Existing]:
    """What the program imports or makes needless, in the order of the state; what keeps its state is not among it."""
    moved = set(adoption.moves)
    taken = {part.existing for one in adoption.outcomes for part in one.adopted if part.address not in moved}
    taken |= {existing for one in adoption.outcomes for existing, _ in one.candidate.superseded}
    kept = {part.existing for one in adoption.outcomes for part in one.adopted if part.address in moved}
    return [one for one in adoption.estate.resources if one in taken - kept]


def removed_blocks(adoption: Adoption) -> str:
    """The file for the old configuration, in place of the blocks of what was taken over."""
    taken = taken_over(adoption)
    moved = set(adoption.moves.values())
    staying = [one for one in adoption.estate.resources if one not in taken and one.address not in moved]
    shared = {_block(one) for one in staying}
    whole = dict.fromkeys(_block(one) for one in taken if _block(one) not in shared)
    single = [one.address for one in taken if _block(one) in shared]
    lines = [
        "# For the configuration that managed these resources so far: remove their blocks there, put this file beside the rest, and",
        "# apply it. Terraform forgets them then, and destroys nothing. It requires Terraform 1.7 or newer.",
    ]
    ours = [one for one in adoption.estate.resources if one not in staying]
    for module in _modules_in_part(ours, staying):
        lines += [
            "#",
            f"# {module} is taken over in part. As long as it is called, it would create again what it forgets: remove",
            "# the call, and write what stays of it as resources of its own, with moved blocks.",
        ]
    if single:
        lines += [
            "#",
            "# Of these blocks other instances stay, and a removed block takes all of them. Forget them one by one instead:",
        ]
        lines += [f"#   terraform state rm '{plain(address)}'" for address in single]
    for address in whole:
        lines += ["", "removed {", f"  from = {plain(address)}", "", "  lifecycle {", "    destroy = false", "  }", "}"]
    return "\n".join(lines) + "\n"


def _modules_in_part(taken: list[Existing], staying: list[Existing]) -> list[str]:
    ours, others = ({split_module(one.address)[0].rstrip(".") for one in some} for some in (taken, staying))
    return sorted((ours & others) - {""})


def _block(existing: Existing) -> str:
    return INSTANCE_KEY.sub("", existing.address)
