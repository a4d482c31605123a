"""The model charter and the community of the demo's story, as every test of this folder reads them."""

from pathlib import Path

import pytest

from tribune import written
from tribune.charter import Charter, Reader, Vocabulary

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def charters() -> Path:
    return ROOT / "charters"


@pytest.fixture(scope="session")
def model(charters: Path) -> Charter:
    return written.load(charters / "model.fr-en.yaml", Charter)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(
        own_contacts=("01 99 00 12 34", "bonjour@garance.example", "3 quai de la Fosse, 44000 Nantes"),
        own_domains=("garance.example",),
        questions={
            "sunday": ("ouverts le dimanche", "open on Sunday"),
            "hours": ("à quelle heure ouvrez-vous", "horaires"),
            "belgium": ("livrez-vous en Belgique", "ship to Belgium"),
        },
        brand="Vélos Garance",
    )


@pytest.fixture(scope="session")
def reader(model: Charter, vocabulary: Vocabulary) -> Reader:
    return Reader(model, vocabulary)
