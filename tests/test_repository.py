"""What the repository promises about itself: one list of dependencies, rules with reasons, nothing of one machine."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
REQUIREMENTS = (ROOT / "layers/common/requirements.txt").read_text(encoding="utf-8")


def locked() -> dict[str, dict[str, Any]]:
    """Name: package, of everything that the deployed code needs, as the lock has it."""
    packages = {package["name"]: package for package in LOCK["package"]}
    found: dict[str, dict[str, Any]] = {}
    waiting = [dependency["name"] for dependency in packages["tribune"]["dependencies"]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = packages[name]
            waiting += [dependency["name"] for dependency in packages[name].get("dependencies", ())]
    return found


def required() -> dict[str, tuple[str, set[str]]]:
    """Name: (version, hashes), as the layer installs it."""
    entries = re.findall(r"^([a-z0-9-]+)==(\S+)((?: \\\n\s+--hash=\S+)+)", REQUIREMENTS, re.MULTILINE)
    return {name: (version, set(re.findall(r"sha256:[0-9a-f]{64}", hashes))) for name, version, hashes in entries}


def test_the_layers_list_of_dependencies_is_the_locks() -> None:
    expected = {
        name: (
            package["version"],
            {file["hash"] for file in [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]},
        )
        for name, package in locked().items()
    }

    assert required() == expected, "run: make requirements"


def test_the_layer_does_not_bring_what_the_runtime_brings() -> None:
    assert set(required()) & {"boto3", "botocore", "s3transfer", "awscrt"} == set()


def test_both_makefiles_fetch_the_same_uv() -> None:
    versions = {
        re.search(r"^UV_VERSION := (\S+)$", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        for file in ("Makefile", "layers/common/Makefile")
    }

    assert len({found[1] for found in versions if found}) == 1


def test_every_target_of_make_that_a_person_types_says_what_it_does() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    for target in ("demo", "test", "check", "build", "deploy", "bench", "clean"):
        assert re.search(rf"^  make {target} +\S", listed, re.MULTILINE)


def deploying(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`make deploy` in a folder of its own, with a SAM CLI that only says what it is asked."""
    sam = (
        "SAM=echo sam",
        f"SAM_READY={folder}",
        f"UV={sys.executable}",
        f"--directory={folder}",
        "--no-print-directory",
    )
    command = ["make", "-f", str(ROOT / "Makefile"), *sam, "deploy", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_whoever_deploys_first_is_told_what_to_say(tmp_path: Path) -> None:
    done = deploying(tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert 'make deploy PARAMETERS="AlertAddress=… MailSender=…' in done.stderr


def test_a_deployment_has_the_name_that_the_command_looks_for_and_is_remembered(tmp_path: Path) -> None:
    build, deploy, _ = deploying(tmp_path, "STAGE=test", "PARAMETERS=AlertAddress=a@b.example").stdout.splitlines()
    (tmp_path / "samconfig.toml").write_text('[test.deploy.parameters]\nstack_name = "tribune-test"\n', "utf-8")

    assert build == "sam build"
    assert "--config-env test --stack-name tribune-test " in deploy
    assert deploy.endswith("--save-params --parameter-overrides Stage=test AlertAddress=a@b.example")
    assert "sam deploy --config-env test" in deploying(tmp_path, "STAGE=test").stdout.splitlines()
    assert deploying(tmp_path, "STAGE=prod").returncode == 2, "another stage was not said yet"


def test_ci_runs_make_check() -> None:
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert re.search(r"^make .*\bcheck$", script.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_silenced_rule_has_its_reason() -> None:
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    silenced = re.findall(r'^    "[A-Z]+[0-9]*",.*$', config, re.MULTILINE)

    assert silenced
    assert [line for line in silenced if not re.search(r"# \S", line)] == []


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_speaks_of_somebodys_machine() -> None:
    elsewhere = re.compile(rb"(?<![\w)])/(?:work|root|home|Users)/[\w.-]")

    assert [str(path.relative_to(ROOT)) for path in committed() if elsewhere.search(path.read_bytes())] == []


@pytest.mark.parametrize("file", sorted((ROOT / "events").rglob("*.json")), ids=lambda file: file.stem)
def test_an_event_is_json(file: Path) -> None:
    json.loads(file.read_text(encoding="utf-8"))
