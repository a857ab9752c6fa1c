"""Copies of other people's scripts: each the one that was tried, with its license, and only where the packages are."""

import hashlib
import io
import tarfile
import tomllib
from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.site import scripts
from secureinfra.site.project import settings
from secureinfra.site.scripts import SCRIPTS, Script, scripts_in
from secureinfra.site.write import Site

CONTENT = {"package/dist/draw.js": b"draw()", "package/LICENSE": b"MIT"}


def packed(folder: Path, script: Script) -> str:
    """The digest of a package of that name."""
    with tarfile.open(folder / script.archive, "w:gz") as members:
        for name, content in CONTENT.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            members.addfile(about, io.BytesIO(content))
    return hashlib.sha256((folder / script.archive).read_bytes()).hexdigest()


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = Script("draw@1.2.3", "", "package/dist/draw.js", "draw.min.js")
    monkeypatch.setattr(scripts, "SCRIPTS", (script._replace(sha256=packed(tmp_path, script)),))
    return tmp_path


def test_each_comes_with_its_license(packages: Path) -> None:
    assert scripts_in(packages) == {"draw.min.js": b"draw()", "draw-license.txt": b"MIT"}


def test_refuses_another_package(packages: Path) -> None:
    (packages / "draw-1.2.3.tgz").write_bytes(b"changed")
    with pytest.raises(ConfigurationError, match="is not the package that this version was tried with. Remove it."):
        scripts_in(packages)
    (packages / "draw-1.2.3.tgz").unlink()
    with pytest.raises(ConfigurationError, match=r"draw-1\.2\.3\.tgz: cannot be read: .* npm pack draw@1\.2\.3"):
        scripts_in(packages)


def test_versions_and_digests_are_exact() -> None:
    for script in SCRIPTS:
        assert script.package.count("@") == 1
        assert len(script.sha256) == 64


def test_settings_with_scripts_name_copies_only(site: Site) -> None:
    project = tomllib.loads(settings(site.pages, scripts=True))["project"]
    copied = {f"assets/{script.name}" for script in SCRIPTS}
    (shim,) = project["extra"]["polyfills"]
    # The generator looks for this word, and without it would take the script from another server.
    assert "iframe-worker" in shim["path"] in copied
    assert project["plugins"]["offline"] == {"enabled": True}
    assert set(project["extra_javascript"]) <= set(site.files)
    (fence,) = project["markdown_extensions"]["pymdownx"]["superfences"]["custom_fences"]
    assert (fence["name"], fence["class"]) == ("mermaid", "diagram")
    # A page without a diagram does not load what draws them.
    assert "assets/mermaid.min.js" not in project["extra_javascript"]
    plain = tomllib.loads(settings(site.pages))["project"]
    assert "plugins" not in plain
    assert "polyfills" not in plain["extra"]
