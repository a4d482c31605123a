"""Every platform, every call of an answer, every way of not learning what became of it: never two answers.

The twin is told to fail at one call, or at that one and those after it; time passes, keep_watch wakes. Whoever reads
the platform sees one answer at most; where nobody can know whether it stands there, a person is asked.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from everywhere import PLACES, Place, body
from world import World

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.facebook import FacebookTwin
from local.twins.generic import GenericTwin
from local.twins.instagram import InstagramTwin
from local.twins.line import LineTwin
from local.twins.linkedin import LinkedInTwin
from local.twins.mastodon import MastodonTwin
from local.twins.messenger import MessengerTwin
from local.twins.telegram import TelegramTwin
from local.twins.threads import ThreadsTwin
from local.twins.wordpress import WordpressTwin
from local.twins.x import XTwin
from local.twins.youtube import YoutubeTwin
from tribune.channel import ActKind
from tribune.journal import Action, ActionState, Head
from tribune.platforms import PLATFORMS, telegram

TOWN = "town"
"""The channel: the world has a `main` of some of these platforms already."""
SECRET = "whsec_" + base64.b64encode(b"everywhere's secret of 32 bytes!").decode()
TWINS: Mapping[str, Callable[[Outbox, Mapping[str, tuple[str, ...]]], Any]] = {
    "facebook": FacebookTwin,
    "instagram": InstagramTwin,
    "messenger": MessengerTwin,
    "threads": ThreadsTwin,
    "line": LineTwin,
    "x": XTwin,
    "linkedin": LinkedInTwin,
    "mastodon": MastodonTwin,
    "youtube": YoutubeTwin,
    "telegram": TelegramTwin,
    "generic": lambda outbox, _: GenericTwin(outbox, (SECRET,)),
    "wordpress": lambda outbox, _: WordpressTwin(outbox, {"tribune": "a password"}),
}
ACCESS = {
    "generic": f"{{secret: {SECRET}, reply_url: http://generic.test}}",
    "wordpress": "{user: tribune, password: a password, rest_url: http://wordpress.test}",
    "mastodon": "{token: a-token, server: http://mastodon.test}",
    "youtube": "{refresh_token: a-token, client_id: c, client_secret: s, base_url: http://youtube.test}",
}
CALLS = {"threads": 2}
"""Calls of an answer, where it is more than one."""
MODES = ("timeout_before", "timeout_after", "reset_before", "reset_after", "502", "502_after")


@dataclass(frozen=True)
class Strike:
    """What happens while one member is being answered: from the call of that number on, so many calls fail like that."""

    mode: str
    at_call: int = 1
    times: int = 1


NONE = Strike("502", times=0)


class Struck:
    """A twin that fails as its strike says, while it is armed."""

    def __init__(self, twin: Any) -> None:
        self.twin = twin
        self.calls = 0
        self._strike = NONE

    def arm(self, strike: Strike) -> None:
        self._strike, self.calls = strike, 0

    def hear(self, raw: bytes, now: datetime) -> None:
        self.twin.hear(raw, now)

    def handle(self, request: TwinRequest) -> TwinAnswer:
        self.calls += 1
        if 0 <= self.calls - self._strike.at_call < self._strike.times:
            self.twin.fail({"mode": self._strike.mode, "of": "reads" if request.method == "GET" else "acts"})
        answer: TwinAnswer = self.twin.handle(request)
        self.twin.fail(None)
        return answer


@dataclass
class Town:
    """A world with a channel of one platform more, and members who speak there, one after the other."""

    world: World
    place: Place
    numbers: Iterator[int] = field(default_factory=lambda: count(4711))
    members: dict[str | None, str] = field(default_factory=dict)
    """What an act may be done to, as the twin calls it -> the comment."""

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def twin(self) -> Struck:
        twin: Struck = self.world.twins[self.name]
        return twin

    def open(self) -> None:
        for name in {self.name, self.place.path or self.name}:
            act = ACCESS.get(name, f"{{token: a-token, base_url: http://{name}.test}}")
            account = PLACES[name].account
            channel = f"""
  - platform: {name}
    channel: {TOWN}
    accounts: [{{id: "{account}", space: {name}-town, name: Garance}}]
    verify: {{current: {SECRET}}}
    act: {act}
"""
            self.world.join(name, Struck(TWINS[name](self.world.outbox, {"a-token": (account,)})), SECRET, channel)
        self.world.apply()

    def pass_by(self, minutes: int) -> None:
        """Time passes; tokens are renewed."""
        self.world.now += timedelta(minutes=minutes)
        self.world.invoke("refresh_tokens", {})

    def answer_another(self, strike: Strike) -> str:
        """Another member speaks and is answered under a strike; what we call their comment."""
        self.pass_by(70)  # X refuses the same words within an hour
        comment = self._heard()
        answer = self.answer(comment)
        if answer.why == "courtesy":
            self.world.now = answer.due_at
            self.world.invoke("keep_watch", {})
        self.twin.arm(strike)
        self.world.pump_only("perform_action")
        for _ in range(strike.times - 1):
            self.world.now += timedelta(minutes=10)
            self.world.invoke("keep_watch", {})
            self.world.pump_only("perform_action")
        self.twin.arm(NONE)
        return comment

    def _heard(self) -> str:
        number, now = next(self.numbers), self.world.now
        comment = self.place.object(number)
        if self.place.said is None:
            comment = self.twin.twin.said(
                {"account": self.place.account, "text": self.place.text, "author": f"m{number}"}, now
            )
            self.world.now += timedelta(minutes=1)  # a platform that is asked shows what was said a moment later
            self.world.poll()
        else:
            raw = body(self.place.said(number, self.place.text, now))
            self.twin.hear(raw, now)
            assert self.world.deliver_raw(self.place.path or self.name, raw, channel=TOWN) == 200
        self.members |= dict.fromkeys((comment, self.place.target(number), f"U{number:032x}"), comment)
        self.world.pump_only("poll_platforms")
        self.world.pump_only("moderate_comments")
        return comment

    def live_on(self) -> None:
        """Until nothing moves, and some hours more; whoever has to be asked is asked again."""
        for minutes in (0, 6 * 60):
            self.pass_by(minutes)
            if self.place.said is None:
                self.world.poll()
            self.world.settle()

    def answers(self, comment: str) -> set[str | None]:
        """What stands under it in our name: a repetition that the platform took for the first one is no second one."""
        acts = [entry for entry in self.world.outbox.effects if entry.to == self.name]
        assert {entry.kind for entry in acts} <= {"reply"}
        return {entry.created for entry in acts if self.members[entry.object] == comment}

    def head(self, comment: str) -> Head:
        head = self.world.head("garance", self.name, self.place.account, comment)
        assert head is not None
        return head

    def answer(self, comment: str) -> Action:
        (action,) = (one for one in self.head(comment).actions if one.kind is ActKind.REPLY)
        return action


@pytest.fixture
def town(world: World, request: pytest.FixtureRequest) -> Town:
    made = Town(world, PLACES[request.param])
    made.open()
    return made


def test_every_platform_is_here() -> None:
    assert PLACES.keys() == TWINS.keys() == set(PLATFORMS)


def strikes(name: str) -> list[Strike]:
    """Every mode at every call of an answer: that call alone, or with the two after it (an attempt, a read-back)."""
    return [
        Strike(mode, at_call, times)
        for at_call in range(1, CALLS.get(name, 1) + 1)
        for mode in MODES
        for times in (1, 3)
    ]


def judge(town: Town, comment: str, strike: Strike) -> None:
    answers, action = town.answers(comment), town.answer(comment)
    assert len(answers) <= 1, f"twice in public: {strike}"
    if action.state is ActionState.SENT:
        assert answers == {action.platform_id}, f"said to be sent, and nobody can read it: {strike}"
    else:
        assert town.head(comment).case, f"nobody is asked: {strike}, {action.state}, {action.why}"


@pytest.mark.parametrize("town", sorted(PLACES), indirect=True)
def test_of_an_answer_of_which_nothing_is_known_there_is_one_or_a_person_is_asked(town: Town) -> None:
    quiet = town.answer_another(NONE)
    told = {town.answer_another(strike): strike for strike in strikes(town.name)}
    town.live_on()

    assert (town.answer(quiet).state, len(town.answers(quiet))) == (ActionState.SENT, 1)
    for comment, strike in told.items():
        judge(town, comment, strike)
    assert {town.answer(comment).state for comment in told} <= {ActionState.SENT, ActionState.UNCERTAIN}


@pytest.mark.parametrize("town", sorted(PLACES), indirect=True)
@pytest.mark.parametrize("mode", ["timeout_after", "502_after"])
def test_what_may_have_been_said_is_not_said_again_after_a_rest_in_which_the_platform_forgot_it(
    town: Town, mode: str
) -> None:
    comment = town.answer_another(Strike(mode))
    town.twin.arm(Strike("token", times=100))
    for _ in range(4):
        town.world.now += timedelta(minutes=40)
        town.world.invoke("keep_watch", {})
        town.world.pump_only("perform_action")
    town.twin.arm(NONE)
    town.live_on()

    judge(town, comment, Strike(mode))


@pytest.mark.parametrize("town", ["telegram"], indirect=True)
def test_a_platform_whose_answers_were_simply_repeated_would_be_found_out(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = telegram.act
    monkeypatch.setattr(telegram, "act", lambda *asked: replace(act(*asked), repeatable=True))
    strike = Strike("timeout_after")
    comment = town.answer_another(strike)
    town.live_on()

    with pytest.raises(AssertionError, match="twice in public"):
        judge(town, comment, strike)
