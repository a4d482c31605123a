"""The table of detectors in `charters/README.md`: `python -m tribune.charter.detectors`."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticUndefined

from tribune.charter.detectors import DETECTORS, Detector
from tribune.charter.uses import Use, WordUse


def table() -> str:
    """A row for each detector in Markdown; the parameters that many share are told once, below."""
    rows = (f"| `{detector.name}` | {_finds(detector)} | {_parameters(detector)} |" for detector in DETECTORS)
    shared = (f"| `{name}` | {_described(WordUse, name)} |" for name in _own(WordUse))
    return "\n".join(
        (
            "| detector | finds | its own parameters |",
            "|---|---|---|",
            *rows,
            "",
            "¹ And those of every detector that looks for words:",
            "",
            "| parameter | |",
            "|---|---|",
            *shared,
        )
    )


def _finds(detector: Detector) -> str:
    return " ".join((detector.find.__doc__ or "").split()).replace("|", "\\|")


def _parameters(detector: Detector) -> str:
    own = [name for name in _own(detector.use) if name not in WordUse.model_fields]
    said = [f"`{name}`{_default(detector.use, name)}: {_described(detector.use, name)}" for name in own]
    return " ".join((*said, *(("¹",) if issubclass(detector.use, WordUse) else ())))


def _own(use: type[Use]) -> Iterator[str]:
    return (name for name in use.model_fields if name != "name")


def _described(use: type[Use], name: str) -> str:
    return (use.model_fields[name].description or "").replace("|", "\\|")


def _default(use: type[Use], name: str) -> str:
    default: Any = use.model_fields[name].default
    if default is PydanticUndefined:
        return " (required)"
    return f" ({default})" if isinstance(default, int) else ""


if __name__ == "__main__":
    print(table())  # noqa: T201 - a command's output
