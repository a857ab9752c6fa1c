"""Pictures of a configuration: what reaches what, and who may do what, drawn from the same facts as their text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["network_map", "trust_map"]


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
    from secureinfra.maps.network.draw import facts_of, picture_of  # noqa: PLC0415 - importing the package must stay free
    from secureinfra.maps.svg import svg  # noqa: PLC0415

    found = _read("network_map", source, layout)
    return svg(picture_of(facts_of(found, name=title)), layout, links=links)


def trust_map(
    source: str | os.PathLike[str] | Configuration, *, title: str = "", layout: str = "auto", links: str = ""
) -> str:
    """Who assumes which role and may do what on which resource, as one SVG file, which is the same for the same input.

    A solid line is proved: AWS's decision by all policies of the configuration allows a request. A dashed line is not known.
    What no request is allowed is not drawn. Service control policies and policies of other accounts are not counted.

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
        `Path("trust.svg").write_text(trust_map("cdktf.out"))`
    """
    from secureinfra.maps.svg import svg  # noqa: PLC0415 - as above
    from secureinfra.maps.trust.draw import facts_of, picture_of  # noqa: PLC0415

    found = _read("trust_map", source, layout)
    return svg(picture_of(facts_of(found, name=title)), layout, links=links)


def _read(name: str, source: str | os.PathLike[str] | Configuration, layout: str) -> list[Configuration]:
    from secureinfra.errors import ConfigError  # noqa: PLC0415 - as above
    from secureinfra.terraform.model.configuration import Configuration  # noqa: PLC0415

    if layout not in ("auto", "wide", "narrow"):
        raise ConfigError(f"{name}: layout={layout!r} is unknown. Use 'auto', 'wide' or 'narrow'.")
    return [source] if isinstance(source, Configuration) else Configuration.load(os.fspath(source))
