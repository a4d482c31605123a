"""What `lint` has to say about a charter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is missing or contradicts itself; `clause` is empty when it is about the whole charter."""

    clause: str
    sentence: str
    at: tuple[str | int, ...] = ()
    """The field it is about, below its clause."""

    def __str__(self) -> str:
        return f"{self.clause}: {self.sentence}" if self.clause else self.sentence
