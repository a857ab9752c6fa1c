"""Maps in Python."""

import json
from pathlib import Path

import pytest

from secureinfra.errors import ConfigError
from secureinfra.maps import network_map, trust_map
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.network.documents import balanced
from tests.maps.trust.documents import delivered


def test_of_a_folder_and_of_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "shop.tf.json").write_text(json.dumps(balanced()))
    text = network_map(tmp_path, title="shop")
    assert text == network_map(Configuration.of(balanced()), title="shop")
    assert '<title id="map-title">Network map of shop</title>' in text


def test_refuses_an_unknown_layout(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="layout='tall' is unknown. Use 'auto', 'wide' or 'narrow'."):
        network_map(Configuration.of(balanced()), layout="tall")
    with pytest.raises(ConfigError, match="trust_map: layout='tall' is unknown."):
        trust_map(Configuration.of(delivered()), layout="tall")


def test_trust_of_a_folder_and_of_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "shop.tf.json").write_text(json.dumps(delivered()))
    text = trust_map(tmp_path, title="shop")
    assert text == trust_map(Configuration.of(delivered()), title="shop")
    assert '<title id="map-title">Trust map of shop</title>' in text
