"""Contact data by its shape, and whether it is ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter import contacts
from tribune.charter.contacts import Shape


def shapes(original: str, language: str = "fr") -> list[tuple[Shape, str]]:
    return [(found.shape, original[found.start : found.end]) for found in contacts.find(original, language)]


@pytest.mark.parametrize(
    "written",
    [
        "06 39 98 12 34",
        "06.39.98.12.34",
        "06-39-98-12-34",
        "0639981234",
        "+33 6 39 98 12 34",
        "0033639981234",
        "+44 7700 900123",
    ],
)
def test_telephone_numbers_are_found_as_people_write_them(written: str) -> None:
    assert shapes(f"au {written} svp") == [(Shape.PHONE, written)]


@pytest.mark.parametrize(
    "innocent",
    [
        "commande 123456789",
        "0800 123 456",
        "20 000 km en 2024",
        "le 06/07/2024 à 12:30",
        "700x28c",
        "1 299,00 €",
        "ISBN 978-2-07-036822-8",
    ],
)
def test_other_numbers_are_no_telephones(innocent: str) -> None:
    assert Shape.PHONE not in {shape for shape, _ in shapes(innocent)}


@pytest.mark.parametrize(
    "written", ["jean.dupont+velo@exemple.fr", "jean (at) exemple (point) fr", "jean arobase exemple point com"]
)
def test_addresses_are_found_even_spelled(written: str) -> None:
    assert shapes(f"mon mail {written}") == [(Shape.EMAIL, written)]


def test_an_iban_counts_only_when_its_check_digits_do() -> None:
    assert shapes("FR76 3000 6000 0112 3456 7890 189") == [(Shape.IBAN, "FR76 3000 6000 0112 3456 7890 189")]
    assert Shape.IBAN not in {shape for shape, _ in shapes("FR77 3000 6000 0112 3456 7890 189")}


def test_a_street_with_its_town_is_a_home_and_alone_it_is_a_street() -> None:
    assert shapes("au 12 bis rue des Lilas, 59000 Lille") == [(Shape.HOME, "12 bis rue des Lilas, 59000 Lille")]
    assert shapes("at 12 Acacia Road, LS1 4AP", "en") == [(Shape.HOME, "12 Acacia Road, LS1 4AP")]
    assert shapes("12 rue de la Paix") == [(Shape.STREET, "12 rue de la Paix")]


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("12 rue des lilas personne ne répond", "12 rue des lilas"),
        ("12 bis, rue Victor Hugo en bas", "12 bis, rue Victor Hugo"),
        ("7 allée de l'Église Saint-Paul merci", "7 allée de l'Église Saint-Paul"),
        ("221B Baker Street is open", "221B Baker Street"),
        ("12 Oak Rd or so", "12 Oak Rd"),
    ],
)
def test_a_street_without_a_town_ends_where_its_name_does(said: str, street: str) -> None:
    assert shapes(said) == [(Shape.STREET, street)]


@pytest.mark.parametrize("theirs", ["01 99 00 12 34", "+33 1 99 00 12 34", "0033199001234"])
def test_our_number_is_ours_however_it_is_written(theirs: str) -> None:
    (found,) = contacts.find(f"appelle le {theirs}", "fr")
    assert contacts.is_ours(found, ["01.99.00.12.34"])
    assert not contacts.is_ours(found, ["01 99 00 12 35"])


def test_addresses_at_our_domains_and_the_street_of_our_shop_are_ours() -> None:
    (mail,) = contacts.find("écris à atelier@garance.example", "fr")
    assert contacts.is_ours(mail, [], ["garance.example"])
    assert not contacts.is_ours(mail, [], ["nce.example"])
    for said in ("au 3 quai de la Fosse", "au 3 quai de la Fosse samedi prochain"):
        (street,) = contacts.find(said, "fr")
        assert contacts.is_ours(street, ["3 quai de la Fosse, 44000 Nantes"])


@given(st.text(max_size=200))
def test_offsets_hold_something_and_never_overlap(original: str) -> None:
    last = 0
    for found in contacts.find(original, "fr"):
        assert last <= found.start < found.end <= len(original)
        last = found.end


@given(st.from_regex(r"0[67]( ?[0-9]{2}){4}", fullmatch=True))
def test_every_french_mobile_shape_is_hidden(number: str) -> None:
    assert [shape for shape, _ in shapes(f"appelez {number} merci")] == [Shape.PHONE]
