"""The constructs, one per file, named after the Terraform type of its main resource without `aws_`."""

# Before any construct imports `constructs`, which starts Node: the engine points it at a supported one first.
import secureinfra.engine  # noqa: F401
