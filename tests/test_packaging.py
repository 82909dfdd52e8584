"""Wheel and sdist hold all of the tree, and work outside it."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


def run(*command, cwd, **env):
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "", **env}, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A copy of what git tracks, built into a sdist and, from it, a wheel."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    files = run("git", "ls-files", "-z", cwd=ROOT).split("\0")[:-1]
    for name in files:
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    run(sys.executable, "-m", "build", "--outdir", out, tree, cwd=tree)
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz")), files


def shipped(files):
    """What an installation must hold: packages and data, under the names they have there."""
    for name in files:
        top, _, rest = name.partition("/")
        if top in ("rules", "corpora"):
            yield f"auditor/{name}", name
        elif top in ("auditor", "web") and rest:
            yield name, name


def test_the_wheel_holds_every_package_and_data_file(built):
    wheel, _, files = built
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {inside for inside, _ in shipped(files)} - names == set()
    packages = {n.partition("/")[0] for n in names}
    assert {p for p in packages if not p.endswith(".dist-info")} == {"auditor", "web"}


def test_the_sdist_holds_every_package_and_data_file(built):
    _, sdist, files = built
    with tarfile.open(sdist) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    assert {outside for _, outside in shipped(files)} - names == set()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_installation_runs_the_whole_way_outside_the_checkout(built, kind, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", built[0] if kind == "wheel" else built[1], cwd=tmp_path)
    told = run(tmp_path / "venv" / "bin" / "auditor", "demo", "--exit-after-audit", cwd=tmp_path)
    assert "Đã chấm 24 bài" in told
    run(python, "-c", "import web; import auditor; assert auditor.audit('Hội nghị diễn ra sáng nay tại xã.').verdict == 'clear'", cwd=tmp_path)
