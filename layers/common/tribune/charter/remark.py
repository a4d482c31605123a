"""What `lint` has to say about a charter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tribune import words


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is missing or contradicts itself; `clause` is empty when it is about the whole charter."""

    clause: str
    code: str
    """Its sentence in `words/<language>/lint.yaml`."""
    at: tuple[str | int, ...] = ()
    """The field it is about, below its clause."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What its sentence names."""

    def said(self, language: str) -> str:
        """The sentence, in a language we speak."""
        return words.fill(str(words.table(language, "lint")[self.code]), self.fields)

    def __str__(self) -> str:
        """As an engineer reads it, with the id of its clause."""
        sentence = self.said("en")
        return f"{self.clause}: {sentence}" if self.clause else sentence
