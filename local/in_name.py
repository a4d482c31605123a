"""What a charter says about the community that it speaks for, and the model charter in a community's own name."""

from datetime import date, datetime
from typing import Any

from tribune.charter import Charter
from tribune.community import Community
from tribune.duty import DAYS, Hours
from tribune.platforms import PLATFORMS
from tribune.voice import clock_words
from tribune.words import spoken, table

type Fields = dict[str, str | dict[str, str]]


def own_fields(community: Community, contact: str = "") -> Fields:
    """The placeholders that the community itself can fill; a charter that fills them otherwise is right."""
    fields: Fields = {
        "brand": community.name,
        "cm_public_name": _each(community, _host),
        "team_signature": dict(community.voice.team_signature),
        "contact": contact or community.charter_base_url or community.name,
        "dpo_contact": contact or community.name,
    }
    if initials := next((person.initials for person in community.rota.people if person.initials), ""):
        fields["signature_example"] = f"^{initials}"
    if community.channels:
        fields["spaces"] = _each(community, _spaces)
    return fields


def in_name(model: Charter, community: Community, contact: str = "") -> Charter:
    """The model charter as this community's: it promises the hours of its rota, and appeals go to its own address."""
    commitments = model.commitments.model_copy(
        update={
            "appeal_contact": contact or community.name,
            "moderation_hours": {language: _presence(community, language) for language in model.languages},
        }
    )
    own = own_fields(community, contact)
    return model.model_copy(update={"commitments": commitments, "fields": model.fields | own})


def _each(community: Community, say: Any) -> dict[str, str]:
    return {language: say(community, language) for language in dict.fromkeys((*community.languages, "fr", "en"))}


def _host(community: Community, language: str) -> str:
    voice, people = community.voice, community.rota.people
    if voice.identity_mode == "persona" and voice.persona:
        return voice.persona
    if voice.identity_mode in ("first_name", "full_name"):
        return next((person.name for person in people if person.role == "cm"), people[0].name)
    return str(_setup(language)["host"].format(name=community.name))


def _spaces(community: Community, language: str) -> str:
    words = _setup(language)
    accounts: dict[str, int] = {}
    for channel in community.channels:
        accounts[channel.platform] = accounts.get(channel.platform, 0) + len(channel.accounts)
    return _listed(
        [
            words["spaces"].get(platform, {}).get("one" if number == 1 else "many", PLATFORMS[platform].CARD.title)
            for platform, number in accounts.items()
        ],
        language,
    )


def _presence(community: Community, language: str) -> str:
    words = _setup(language)
    by_days: dict[frozenset[int], list[Hours]] = {}
    for part in community.rota.presence.parts:
        by_days.setdefault(part.days, []).append(part)
    when = (
        words["when"].format(
            days=_days(parts[0], language), hours=_listed([_from_to(part, language) for part in parts], language)
        )
        for parts in by_days.values()
    )
    city = community.timezone.rpartition("/")[2].replace("_", " ")
    return str(words["presence"].format(when=words["between"].join(when), city=city))


def _from_to(hours: Hours, language: str) -> str:
    start, end = (clock_words(datetime.combine(date.min, one), language) for one in (hours.start, hours.end))
    return str(_setup(language)["hours"].format(start=start, end=end))


def _days(hours: Hours, language: str) -> str:
    words, days = _setup(language), sorted(hours.days)
    names = [words["days"][day] for day in days]
    if len(days) == len(DAYS):
        return str(words["every_day"])
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004  two days are named one by one
        return str(words["range"].format(first=names[0], last=names[-1]))
    return _listed(names, language)


def _listed(parts: list[str], language: str) -> str:
    return str(_setup(language)["and"]).join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _setup(language: str) -> Any:
    return table(spoken(language), "setup")
