"""Cryptographic assets as CycloneDX 1.6 JSON: what there is, where it is written, and whether it withstands a quantum computer."""

from __future__ import annotations

import datetime
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from secureinfra.check.formats.plain import plain
from secureinfra.reports.cbom.algorithms import ALGORITHMS, Algorithm, Ready
from secureinfra.reports.cbom.assets import READ, Asset, assets_of
from secureinfra.reports.paths import Paths
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.version import __version__

__all__ = ["as_cbom"]

_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:secureinfra:cbom")
_ROOT = "configurations"
_READY = "secureinfra:post-quantum"
_ORDER: tuple[Ready, ...] = ("no", "unknown", "yes")
_TYPES = {"key": "related-crypto-material", "certificate": "certificate", "protocol": "protocol"}


def as_cbom(
    configurations: Iterable[Configuration], title: str, date: datetime.date, paths: Paths, unread: int = 0
) -> str:
    """A cryptographic bill of materials as CycloneDX 1.6 JSON; the same input and date give the same bytes.

    Each key and certificate is a component, each version of a protocol that an endpoint offers one, and each algorithm that they
    use. The property `secureinfra:post-quantum` is `yes` only for what is known to withstand a quantum computer.

    Args:
        configurations: what was read.
        title: of what was read.
        date: of the document; no clock is read.
        paths: what files are called.
        unread: how many parts of it were not read.
    """
    components: list[dict[str, Any]] = []
    used: dict[str, set[str]] = {}
    for configuration in configurations:
        for asset in assets_of(configuration):
            for component, algorithms in _components(asset, configuration, paths):
                # Two configurations may be called alike.
                while component["bom-ref"] in used:
                    component["bom-ref"] += "+"
                components.append(component)
                used[component["bom-ref"]] = {_reference(one) for one in algorithms}
    names = {name for refs in used.values() for name in refs}
    known = [_algorithm(one) for one in ALGORITHMS.values() if _reference(one) in names]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": _metadata(components, title, date, unread),
        "components": [*components, *known],
        "dependencies": [
            {"ref": _ROOT, "dependsOn": [one["bom-ref"] for one in components]},
            *({"ref": ref, "dependsOn": sorted(refs)} for ref, refs in used.items() if refs),
        ],
        # What no resource of these types decides is not in it: libraries, data keys, what AWS encrypts by itself.
        "compositions": [{"aggregate": "incomplete", "assemblies": [_ROOT]}],
    }
    serial = uuid.uuid5(_IDS, json.dumps(document, sort_keys=True))
    return json.dumps({**document, "serialNumber": f"urn:uuid:{serial}"}, indent=1) + "\n"


def _metadata(components: Iterable[Mapping[str, Any]], title: str, date: datetime.date, unread: int) -> dict[str, Any]:
    counted = Counter(_value(one, _READY) for one in components)
    return {
        "timestamp": f"{date.isoformat()}T00:00:00Z",
        "lifecycles": [{"phase": "design"}],
        "tools": {"components": [{"type": "application", "name": "secureinfra", "version": __version__}]},
        "component": {"type": "application", "bom-ref": _ROOT, "name": plain(title) or _ROOT},
        "properties": [
            *(_property(f"{_READY}:{ready}", str(counted[ready])) for ready in _ORDER),
            _property("secureinfra:types-read", " ".join(sorted(READ))),
            _property("secureinfra:parts-not-read", str(unread)),
        ],
    }


def _components(
    asset: Asset, configuration: Configuration, paths: Paths
) -> Iterable[tuple[dict[str, Any], Sequence[Algorithm]]]:
    """A component, or one for each version of a protocol, with the algorithms that each uses."""
    if asset.kind != "protocol":
        ready: Ready = asset.algorithm.ready if asset.algorithm and not asset.unknown else "unknown"
        properties = _material(asset) if asset.kind == "key" else _certificate(asset)
        yield _component(asset, configuration, paths, ready, properties), [asset.algorithm] if asset.algorithm else []
        return
    policy = asset.policy
    for version in (policy.versions if policy else ()) or ("",):
        ready = policy.ready(version) if policy else "unknown"
        exchanges = [ALGORITHMS[name] for name in policy.exchanges] if policy and ready == "yes" else []
        held: dict[str, Any] = {"type": policy.protocol if policy else "unknown"}
        held |= {"version": version} if version else {}
        held |= {"cryptoRefArray": [_reference(one) for one in exchanges]} if exchanges else {}
        yield _component(asset, configuration, paths, ready, {"protocolProperties": held}, version), exchanges


def _component(
    asset: Asset,
    configuration: Configuration,
    paths: Paths,
    ready: Ready,
    properties: Mapping[str, Any],
    version: str = "",
) -> dict[str, Any]:
    block, name = asset.block, paths.of(configuration.name)
    address = plain(block.address)
    line = block.line_of(asset.at)
    occurrence: dict[str, Any] = {"location": plain(paths.of(block.file) or name or _ROOT), "symbol": address}
    occurrence |= {"line": line} if line else {}
    more = [
        *asset.facts,
        ("key-algorithm", asset.algorithm.name if asset.algorithm else ""),
        ("policy", asset.named),
        ("unknown", asset.unknown),
        ("stands-for-several", "yes" if block.stands_for_several else ""),
    ]
    spoken = {"key": "key", "certificate": "certificate", "protocol": "endpoint"}[asset.kind]
    return {
        "type": "cryptographic-asset",
        "bom-ref": "/".join(filter(None, (asset.kind, plain(name), address, version))),
        "name": f"{address} {spoken}" + (f" {version}" if version else ""),
        "evidence": {"occurrences": [occurrence]},
        "cryptoProperties": {"assetType": _TYPES[asset.kind], **properties},
        "properties": [
            _property(_READY, ready),
            *(_property(f"secureinfra:{key}", value) for key, value in more if value),
        ],
    }


def _material(asset: Asset) -> dict[str, Any]:
    held: dict[str, Any] = {"type": asset.material or "unknown"}
    held |= {"algorithmRef": _reference(asset.algorithm)} if asset.algorithm else {}
    held |= {"securedBy": {"mechanism": asset.secured}} if asset.secured else {}
    return {"relatedCryptoMaterialProperties": held}


def _certificate(asset: Asset) -> dict[str, Any]:
    """The algorithm is the one of the certificate's own key; that of its issuer's signature is not in the Terraform."""
    held = {"certificateFormat": "X.509"} | ({"subjectName": plain(asset.subject)} if asset.subject else {})
    held |= {"notValidAfter": asset.ends} if asset.ends else {}
    return {"certificateProperties": held}


def _algorithm(one: Algorithm) -> dict[str, Any]:
    return {
        "type": "cryptographic-asset",
        "bom-ref": _reference(one),
        "name": one.name,
        "cryptoProperties": {"assetType": "algorithm", "algorithmProperties": one.properties},
        "properties": [_property(_READY, one.ready)],
    }


def _reference(one: Algorithm) -> str:
    return f"algorithm/{one.name.replace(' ', '-')}"


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": plain(value)}


def _value(component: Mapping[str, Any], name: str) -> str:
    return next(str(one["value"]) for one in component["properties"] if one["name"] == name)
