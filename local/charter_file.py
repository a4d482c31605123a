"""The file that `tribune charter` is about: a charter, or a configuration that names one."""

from dataclasses import dataclass
from pathlib import Path

from local.configuration import ConfigurationFile, WrittenCommunity, community_of, read
from tribune import written
from tribune.charter import Charter, Vocabulary, terms
from tribune.charter.remark import Remark
from tribune.community import Community

_NOBODY = "preview"


@dataclass(frozen=True, slots=True)
class Opened:
    """A charter, where it is written and, when the file was a configuration, whose it is."""

    charter: Charter
    file: Path
    """The charter's own file."""
    community: Community | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """What the community adds to the charter's own words."""
        if self.community is not None:
            return self.community.vocabulary
        return Vocabulary(brand=self.charter.values(self.charter.languages[0]).get("brand", ""))

    @property
    def somebody(self) -> Community:
        """The community, or one that stands for the community which a charter alone does not name."""
        if self.community is not None:
            return self.community
        first = self.charter.languages[0]
        brand = self.charter.values(first).get("brand", self.charter.title.get(first, _NOBODY))
        return community_of(ConfigurationFile(community=WrittenCommunity(id=_NOBODY, name=brand)))

    def place(self, remark: Remark) -> str:
        """`charter.yaml:12`: the line that a remark is about."""
        document = written.parse(written.text_of(self.file), file=str(self.file))
        ids = [clause.get("id") for clause in document.value["clauses"]]
        above = ("clauses", ids.index(remark.clause)) if remark.clause in ids else ()
        line = document.line_of((*above, *remark.at))
        return f"{self.file}:{line}" if line else str(self.file)


def opened(path: Path) -> Opened:
    """The charter in a file, whichever of the two kinds it is. Raises BadConfiguration."""
    if is_configuration(path):
        configuration = read(path)
        return Opened(configuration.charter, configuration.charter_file, configuration.community)
    return Opened(terms.load(path), path)


def is_configuration(path: Path) -> bool:
    """Does the file say a community, and not a charter? Raises BadConfiguration when it cannot be read."""
    value = written.parse(written.text_of(path), file=str(path)).value
    return isinstance(value, dict) and isinstance(value.get("community"), dict)
