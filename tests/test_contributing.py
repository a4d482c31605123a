"""What CONTRIBUTING says of adding a platform is true: its own example, put in place, passes the contract test."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```(?:json|python)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
LIST = "layers/common/tribune/platforms/__init__.py"
(LINE,) = re.findall(r"^```diff\n\+(.*\n)```$", GUIDE, re.MULTILINE)
NEEDED = ("layers/common/tribune", "local", "events", "tests/support", "tests/platforms")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository, as far as the contract test looks at it, with the example in place."""
    folder = tmp_path_factory.mktemp("agora")
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for name in ("pyproject.toml", "template.yaml", "tests/conftest.py"):
        shutil.copy(ROOT / name, folder / name)
    for name, content in FILES.items():
        assert not (folder / name).exists(), f"{name} is there already"
        (folder / name).write_text(content, encoding="utf-8")
    listed = (folder / LIST).read_text(encoding="utf-8")
    before, opened, after = listed.partition("_MODULES: Final[Mapping[str, str]] = {\n")
    assert opened
    (folder / LIST).write_text(before + opened + LINE + after, encoding="utf-8")
    return folder


def pytest_in(folder: Path, *arguments: str) -> str:
    """The last lines of a run of pytest in the copy."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTHONPATH"] = f"{folder / 'layers' / 'common'}{os.pathsep}{folder}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout[-3000:] + done.stderr[-1000:]


def test_a_platform_is_one_module_its_payloads_one_test_file_and_one_line() -> None:
    payloads = [name for name in FILES if name.startswith("events/webhooks/agora__")]
    assert FILES.keys() - set(payloads) == {"layers/common/tribune/platforms/agora.py", "tests/platforms/test_agora.py"}
    assert len(payloads) == 3
    assert LINE.strip() == '"agora": "tribune.platforms.agora",'


def test_the_example_passes_the_contract_test_and_its_own(copy: Path) -> None:
    said = pytest_in(
        copy,
        "tests/platforms/test_contract.py",
        "tests/platforms/test_agora.py",
        "-k",
        "agora or our_own or no_recorded",
    )

    passed = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert passed, said
    assert "failed" not in said
    assert int(passed[1]) > 40


def test_the_contract_would_see_a_careless_one(copy: Path) -> None:
    module = copy / "layers/common/tribune/platforms/agora.py"
    good = module.read_text(encoding="utf-8")
    careless = good.replace(
        '    signatures.verify_hex(delivery.headers.get("x-agora"), delivery.body, secrets, "")\n', ""
    )
    assert careless != good
    module.write_text(careless, encoding="utf-8")
    try:
        said = pytest_in(
            copy, "tests/platforms/test_contract.py", "-k", "agora and (tampered or wrong_secret or spoilt)"
        )
    finally:
        module.write_text(good, encoding="utf-8")

    assert re.search(r"^10 failed", said, re.MULTILINE), said


def test_the_example_is_arranged_like_everything_else(copy: Path) -> None:
    module = str(copy / "layers/common/tribune/platforms/agora.py")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), module],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
