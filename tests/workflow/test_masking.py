"""What a member wrote, as a call, a list and a mail show it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.workflow.masking import masked_line


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Colis perdu, rappelez-moi au 06 39 98 12 34 svp", "Colis perdu, rappelez-moi au ••• svp"),
        ("WhatsApp +33 6 39 98 56 78", "WhatsApp •••"),
        ("écrivez à jean.dupont@mail.example merci", "écrivez à ••• merci"),
        ("voir https://x.example/a?b=c ici", "voir ••• ici"),
        ("@Nadia.B appelle", "••• appelle"),
        ("Colis perdu, rappelez-moi au 06–39–98–12–34 svp", "Colis perdu, rappelez-moi au ••• svp"),
        ("Mon numéro : 06 - 39 - 98 - 12 - 34 !", "Mon numéro : ••• !"),
        ("jean.dupont (at) mail (point) example, vite", "•••, vite"),
        ("On sait qu'elle habite 12 rue des Lilas, 59800 Lille", "On sait qu'elle habite •••"),
        ("Elle habite 12 rue des Lilas et mon colis n'arrive pas", "Elle habite ••• et mon colis n'arrive pas"),
        ("j'habite 4 place de la république, venez", "j'habite •••, venez"),
        ("She lives at 12 Acacia Road and is alone", "She lives at ••• and is alone"),
        ("La boutique de la rue de la Paix est fermée", "La boutique de la rue de la Paix est fermée"),
        ("J'ai pris 3 cours de mécanique, il reste 1 place de libre ?",) * 2,
        ("Il reste 1 place pour Nadia",) * 2,
        ("virez-moi ça : GB82 WEST 1234 5698 7654 32", "virez-moi ça : •••"),
        ("deux\nlignes\u2028et \u202edemie", "deux lignes et demie"),
        ("20 000 € en 48 h", "20 000 € en 48 h"),
    ],
)
def test_what_is_private_is_masked(said: str, shown: str) -> None:
    assert masked_line(said) == shown


@given(st.text(max_size=400))
def test_a_quotation_is_one_short_line(said: str) -> None:
    line = masked_line(said)

    assert len(line) <= 140
    assert line.isprintable()


@given(st.text(alphabet="0123456789 .-/()+", max_size=60))
def test_no_number_that_could_be_rung_is_quoted(said: str) -> None:
    digits = 0
    for character in masked_line(said):
        digits = digits + 1 if character.isdigit() else (digits if character == " " else 0)
        assert digits < 14
