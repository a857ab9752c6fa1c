"""Pictures of a configuration: what reaches what, drawn from the same facts as their text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["network_map"]


def network_map(
    source: str | os.PathLike[str] | Configuration, *, title: str = "", layout: str = "auto", links: str = ""
) -> str:
    """The network of a configuration as one SVG file, which is the same for the same input.

    Args:
        source: a `cdk.tf.json`, a `cdktf.out` folder, a folder of Terraform, a plan as `terraform show -json` prints it,
            or what `secureinfra.testing.configuration_of(stack)` returns.
        title: what the map calls it; by default the name of the folder or file.
        layout: `auto` holds a wide and a narrow composition and shows the one that fits; `wide` or `narrow` holds one.
        links: what the addresses of files begin with, e.g. `https://github.com/acme/infra/blob/main/`; no links by default.

    Raises:
        ConfigurationError: there is no Terraform, or it cannot be read.
        ConfigError: the layout is unknown.

    Example:
        `Path("network.svg").write_text(network_map("cdktf.out"))`
    """
    from secureinfra.errors import ConfigError  # noqa: PLC0415 - importing the package must stay free
    from secureinfra.maps.network.draw import facts_of, picture_of  # noqa: PLC0415
    from secureinfra.maps.svg import svg  # noqa: PLC0415
    from secureinfra.terraform.model.configuration import Configuration  # noqa: PLC0415

    if layout not in ("auto", "wide", "narrow"):
        raise ConfigError(f"network_map: layout={layout!r} is unknown. Use 'auto', 'wide' or 'narrow'.")
    found = [source] if isinstance(source, Configuration) else Configuration.load(os.fspath(source))
    return svg(picture_of(facts_of(found, name=title)), layout, links=links)
