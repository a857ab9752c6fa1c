"""Constructs, by service: the path below this folder is the Terraform type of the main resource, with `_` for `/`.

Constructs that span several services are in `account`, `detection` and `delivery`; how services deliver to each other
is in `wiring`.
"""

# Before any construct imports `constructs`, which starts Node: the engine points it at a supported one first.
import secureinfra.engine  # noqa: F401
