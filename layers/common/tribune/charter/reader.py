"""Reading a text against a charter: the one door of this package."""

from tribune.charter.document import Charter
from tribune.charter.findings import Circumstances, Findings, Vocabulary

LAW = "law"
"""The clause id of gravity-4 breaches found while no charter is published: the law is the ground."""


class Reader:
    """Reads texts under one charter and one community's vocabulary. Build it once per charter version, reuse it."""

    def __init__(self, charter: Charter | None, vocabulary: Vocabulary) -> None:
        self.charter, self.vocabulary = charter, vocabulary

    def read(self, text: str, circumstances: Circumstances) -> Findings:
        """What `text` says under the charter. Never raises, whatever the text; costs time linear in its length."""
        raise NotImplementedError
