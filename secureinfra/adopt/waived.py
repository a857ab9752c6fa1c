"""Waivers of a file as arguments of the constructs for the resources that they name."""

from __future__ import annotations

import fnmatch

from secureinfra.adopt.existing import Estate, Existing
from secureinfra.adopt.source import Call


def waivers_for(estate: Estate, existing: Existing) -> dict[str, Call]:
    """The waivers for a resource, by their controls; an expired one is refused by the construct that gets it."""
    found: dict[str, Call] = {}
    for one in estate.waivers:
        # An address may hold brackets of its own, which a glob would take for a choice of letters.
        if fnmatch.fnmatchcase(existing.address, one.addresses.replace("[", "[[]")):
            waiver = one.waiver
            named = {
                "control": waiver.control,
                "reason": waiver.reason,
                "owner": waiver.owner,
                "until": str(waiver.until),
            }
            found.setdefault(waiver.control, Call("Waiver", named=named))
    return found
