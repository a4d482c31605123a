"""judging: all that stands around one comment, and what is decided in it. Reads a worksheet, writes nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from tribune.budgets import THREAD_IN_PRIVATE, TURNS, TURNS_WITHIN
from tribune.charter import Circumstances, Findings
from tribune.charter.brake import changed
from tribune.charter.document import Gravity
from tribune.comment import Audience, Comment, words_hash
from tribune.community import Post
from tribune.decision import Decision, Matter, Situation, decide
from tribune.journal import Budget, Head, HeadKind, asked_under
from tribune.operation import Entry, Kind, Operation, belonging
from tribune.standing import Standing
from tribune.workflow.deed import Deed, Ground, author_of, hour_of, thread_at
from tribune.workflow.gate import REPLY_STALE_AFTER
from tribune.workflow.shadow import Shadow
from tribune.workflow.speech import answer_of
from tribune.workflow.worksheet import ThreadId, Worksheet

FACT = "fact:"
"""What marks, among the texts used in a thread, the entry of the FAQ that they answered with."""


@dataclass(frozen=True, slots=True)
class Judging:
    """One comment where it was said, on the ground of its community."""

    deed: Deed
    said: Comment
    ground: Ground
    sheet: Worksheet

    @property
    def now(self) -> datetime:
        """The worksheet's moment."""
        return self.sheet.now

    @property
    def thread(self) -> ThreadId:
        """Where it is kept."""
        return thread_at(self.deed, self.ground)

    @property
    def author(self) -> str | None:
        """Their pseudonym."""
        return author_of(self.said, self.ground)

    @property
    def long_ago(self) -> bool:
        """Was it said so long before we heard of it that no template answers?"""
        return self.deed.fetched and self.now - self.said.posted_at > REPLY_STALE_AFTER

    def judge(self, before: Head | None) -> tuple[Findings, Decision]:
        """What was found in the words, and what is decided about them; `before`: the head, where they are an edit."""
        circumstances = self._circumstances(before)
        findings = self._answerable(self.ground.reader.read(self.said.text, circumstances))
        decision = decide(
            self._matter,
            findings,
            self._standing(before),
            self._situation(before, findings, circumstances),
            self.ground.charter.charter if self.ground.charter else None,
        )
        return findings, decision

    @property
    def _matter(self) -> Matter:
        vocabulary = self.ground.community.vocabulary
        return Matter.of(self.said, answers_member=self.answers_member(), vocabulary=vocabulary)

    @property
    def _post(self) -> Post | None:
        return self.ground.community.post(self.said.platform, self.said.account, self.said.thread.post)

    def _standing(self, before: Head | None) -> Standing:
        record = self.sheet.author((self.ground.community.id, self.author)) if self.author else None
        standing = record.standing if record else Standing()
        if before is None and standing.first_object == self.said.object:
            return replace(standing, first_seen=None)  # heard by an attempt of ours that was interrupted
        return standing

    def _circumstances(self, before: Head | None) -> Circumstances:
        """What a reader of the words should know besides them."""
        said, community, post, standing = self.said, self.ground.community, self._post, self._standing(before)
        operations, mechanic = self.belonging(before), post.mechanic if post else ""
        said_on = said.posted_at.astimezone(community.zone).date()
        return Circumstances(
            audience=said.audience,
            answers_member=self.answers_member(),
            contest=mechanic == Kind.CONTEST or any(one.is_game for one in operations),
            invited=mechanic == Kind.EVENT or any(one.enters is Entry.PARTICIPATES for one in operations),
            tagged=said.tagged,
            repetitions=standing.repetitions(words_hash(said.text), said.object, said.posted_at),
            waiting=standing.waiting_since is not None,
            newcomer=standing.is_newcomer(community.since, self.now),
            language=said.language,
            rate=standing.rate(said.object, said.posted_at) if self.author else None,
            author_name=said.author.name,
            ambassador=community.is_ambassador(said.platform, said.author.id, self.author),
            topics=(post.title,) if post and post.title else None,
            said_on=said_on,
            reserve=community.in_reserve(said_on),
        )

    def _situation(self, before: Head | None, findings: Findings, circumstances: Circumstances) -> Situation:
        """What besides words and author a decision depends on."""
        said, modes, post = self.said, self.ground.community.modes, self._post
        known, budget = self.sheet.known, self.budget()
        return Situation(
            now=self.now,
            mode=modes.default,
            clause_modes=self.ground.clause_modes,
            hide_gravity_4=modes.hide_gravity_4 and self._danger_stands(findings, circumstances),
            can=self.ground.card.can - known.breaker(*self.deed.at[:3]).cannot(self.now),
            trusted_link=bool(self.ground.community.charter_base_url),
            sensitive_post=bool(post and post.sensitive),
            contest=circumstances.contest,
            long_ago=self.long_ago,
            climate=known.brakes(self.deed.community).climate.get(self.deed.space, "green"),
            thread_automatic=self._automatic_in_thread(),
            post_automatic=budget.posts.get(said.thread.post, 0),
            account_automatic=budget.spent,
            explained=self.sheet.thread(self.thread).explained,
            thread_silent=self._must_be_silent(before),
            already_reminded=bool(before and before.reminded),
            already_answered=bool(before and any(a.purpose == "faq" and a.may_be_read for a in before.actions)),
            first_comment=self._standing(before).first_seen is None,
            newcomer=circumstances.newcomer,
            solicits=post.solicits if post else None,
            told=self._told(),
            covered=self._covered(findings),
        )

    def _must_be_silent(self, before: Head | None) -> bool:
        """Law 5, and enough said: somebody of the team spoke or acted here, or the machine had its turns."""
        thread = self.sheet.thread(self.thread)
        by_person = thread.human_at or self.said.led_elsewhere or (before and before.by_hand)
        return bool(thread.silent or by_person or len(self.turned()) >= TURNS)

    def belonging(self, before: Head | None) -> tuple[Operation, ...]:
        """The operations that the words belong to."""
        community = self.ground.community
        marked = before.marks if before else ()
        return belonging(self.said, community.operations, community.zone, marked)

    def _answerable(self, findings: Findings) -> Findings:
        """What expired, or has no answer in this language, nobody asks: the question is a person's to answer."""
        community = self.ground.community
        asks = tuple(one for one in findings.asks if answer_of(community, one, findings.language, self.now))
        return findings if asks == findings.asks else replace(findings, asks=asks)

    def _told(self) -> frozenset[str]:
        """The entries of the FAQ that were answered in this thread, or for which an answer was prepared."""
        used = self.sheet.thread(self.thread).used
        return frozenset(one.removeprefix(FACT) for one in used if one.startswith(FACT))

    def _covered(self, findings: Findings) -> frozenset[str]:
        """Of what is asked here, what was answered under this post within the hour, or waits for a person there."""
        told = self.budget().told
        return frozenset(one for one in findings.asks if asked_under(self.said.thread.post, one) in told)

    def decided_by(self, shadow: Shadow, before: Head | None) -> Decision:
        """What a version on trial makes of the same words, in the same place."""
        charter, reader = shadow.opened()
        real = self.ground.charter.charter if self.ground.charter else None
        braked = self.ground.braked - changed(real, charter.charter).keys() if self.ground.braked else frozenset[str]()
        ground = replace(self.ground, charter=charter, reader=reader, braked=braked, shadow=None)
        return replace(self, ground=ground).judge(before)[1]

    def _danger_stands(self, findings: Findings, circumstances: Circumstances) -> bool:
        """Is gravity 4 still hidden unasked? Not on the word of a clause that the brake holds, and of it alone.

        The brake stops what people just wrote into a charter; danger is hidden on the law's ground, with or without
        one. So what the packaged words of the law find is hidden provisionally all the same, and what only the
        changed clause accuses is proposed. A person is called for each of them either way.
        """
        clauses = {breach.clause for breach in findings.breaches if breach.gravity >= Gravity.DANGER}
        if not clauses or clauses - self.ground.braked:
            return True
        by_law = self.ground.law().read(self.said.text, circumstances)
        return any(breach.gravity >= Gravity.DANGER and not breach.doubtful for breach in by_law.breaches)

    def answers_member(self) -> bool:
        """Does it reply to somebody else than us and than its own author?"""
        if self.said.parent is None:
            return False
        parent = self.sheet.head((*self.deed.at[:3], self.said.parent))
        if parent is None:
            return True
        return parent.kind is HeadKind.COMMENT and (self.author is None or parent.author != self.author)

    def _automatic_in_thread(self) -> int:
        times = self.sheet.thread(self.thread).automatic.values()
        if self.said.audience is Audience.PUBLIC:
            return len(times)
        return sum(self.now - at < THREAD_IN_PRIVATE for at in times)

    def budget(self) -> Budget:
        """What the machine said on this account this hour, sent or about to be."""
        return self.sheet.budget((*self.deed.at[:3], hour_of(self.now)))

    def turned(self) -> frozenset[str]:
        """What this author said in this thread in the last minutes, now included, after the machine spoke to them here.

        What they say to another member is no answer to us.
        """
        record = self.sheet.author((self.deed.community, self.author)) if self.author else None
        if record is None or self._matter.to_member:
            return frozenset()
        spoken = self.sheet.thread(self.thread).automatic
        if not any(self.now - at < TURNS_WITHIN for action, at in record.automatic.items() if action in spoken):
            return frozenset()
        earlier = (turn for turn in record.turns if turn.thread == self.thread[3] and self.now - turn.at < TURNS_WITHIN)
        return frozenset({self.said.object, *(turn.object for turn in earlier)})
