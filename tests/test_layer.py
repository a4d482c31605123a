"""The layer as it is shipped, built by its own Makefile for this machine's architecture."""

import marshal
import os
import platform
import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from tribune.charter import lists

ROOT = Path(__file__).resolve().parent.parent
TRIBUNE = ROOT / "layers/common/tribune"
BROUGHT_BY_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "dateutil", "six.py", "jmespath", "urllib3")


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """/opt/python of a function."""
    artifacts = tmp_path_factory.mktemp("CommonLayer")
    architecture = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    subprocess.run(
        ["make", "--silent", "--makefile", ROOT / "layers/common/Makefile", "build-CommonLayer"],
        env=os.environ | {"ARTIFACTS_DIR": str(artifacts), "LAYER_ARCH": architecture},
        cwd=artifacts,
        check=True,
    )
    return artifacts / "python"


def test_the_runtime_brings_the_sdk_not_the_layer(layer: Path) -> None:
    assert {folder.name for folder in layer.iterdir()} & {"boto3", "botocore", "s3transfer", "awscrt"} == set()


def test_nothing_is_compiled_again_at_a_cold_start(layer: Path) -> None:
    unchecked = (0b01).to_bytes(4, "little")
    for source in layer.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        header = compiled.read_bytes()[:8]
        assert header == MAGIC_NUMBER + unchecked, f"{source} would be compiled again"


def test_a_traceback_names_the_place_that_the_layer_has_in_lambda(layer: Path) -> None:
    compiled = layer / "tribune/__pycache__/errors.cpython-313.pyc"

    code = marshal.loads(compiled.read_bytes()[16:])  # noqa: S302  we compiled it ourselves

    assert code.co_filename == "/opt/python/tribune/errors.py"


def test_the_words_and_pages_are_in_it(layer: Path) -> None:
    data = {path.relative_to(TRIBUNE) for path in TRIBUNE.rglob("*") if path.is_file() and path.suffix != ".pyc"}

    assert {path.relative_to(layer / "tribune") for path in (layer / "tribune").rglob("*") if path.is_file()} >= data


def test_the_lists_of_words_are_there_as_one_file_that_says_what_the_files_say(layer: Path) -> None:
    compiled = (layer / "tribune/charter/lists.json").read_text("utf-8")

    assert compiled.strip() == lists.compiled_text()


def test_every_module_finds_all_it_needs_in_the_layer_and_the_runtime(layer: Path, tmp_path: Path) -> None:
    site = next(Path(folder) for folder in sys.path if folder.endswith("site-packages"))
    for name in BROUGHT_BY_THE_RUNTIME:
        (tmp_path / name).symlink_to(site / name)
    names = (path.relative_to(TRIBUNE.parent).with_suffix("") for path in sorted(TRIBUNE.rglob("*.py")))
    modules = [".".join(name.parts).removesuffix(".__init__") for name in names]

    finished = subprocess.run(
        [sys.executable, "-S", "-c", "\n".join(f"import {module}" for module in modules)],
        env={"PATH": os.defpath, "PYTHONPATH": f"{layer}:{tmp_path}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
