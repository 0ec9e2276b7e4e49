"""The wheel stands on its own: no checkout near, dictionaries inside."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "corpus" / "samples" / "jiangxi-suichuan-xinfang.tsv"
LARGEST = 60 * 1024 * 1024  # bytes: what a package index takes without asking, with room to spare

ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # nothing leads back to the checkout

pytestmark = pytest.mark.skipif(importlib.util.find_spec("build") is None, reason="needs the extra: pip install 'jiaokan[dev]'")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; with the build backend at hand where it is installed, else from the package index."""
    folder = tmp_path_factory.mktemp("dist")
    isolation = ["--no-isolation"] if importlib.util.find_spec("hatchling") else []
    built = subprocess.run([sys.executable, "-m", "build", "--wheel", *isolation, "--outdir", str(folder), str(ROOT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a new environment, which borrows this one's dependencies; return its folder of programs."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check", wheel], check=True)
    packages = subprocess.run([programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True)
    Path(packages.stdout.strip(), "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return programs


def test_the_wheel_holds_the_dictionaries(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in ("places.tsv", "terms.tsv", "weights.toml", "language/forward.klm", "language/backward.klm", "families/performance.toml"):
        assert f"jiaokan/dictionaries/{name}" in names
    assert "jiaokan/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "corpus/", "benchmarks/"))]


def test_the_wheel_is_small_enough(wheel: Path) -> None:
    assert wheel.stat().st_size < LARGEST


def test_the_wheel_works_far_from_a_checkout(installed: Path, tmp_path: Path) -> None:
    page = tmp_path / SAMPLE.name
    page.write_bytes(SAMPLE.read_bytes())
    where = subprocess.run([installed / "python", "-c", "import jiaokan; print(jiaokan.__file__)"], capture_output=True, text=True, check=True, cwd=tmp_path, env=ALONE)
    assert Path(where.stdout.strip()).is_relative_to(installed.parent)
    done = subprocess.run([installed / "jiaokan", "clean", str(page), "-o", "run"], capture_output=True, text=True, check=False, cwd=tmp_path, env=ALONE)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / "run" / "text" / f"{SAMPLE.stem}.txt").exists()
    checked = subprocess.run([installed / "jiaokan", "dictionary", "check"], capture_output=True, text=True, check=False, cwd=tmp_path, env=ALONE)
    assert checked.returncode == 0, checked.stderr
