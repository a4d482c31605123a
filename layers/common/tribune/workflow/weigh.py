"""weigh: what one event changes, given everything that is known. Pure: it writes on a worksheet.

created, edited, deleted · our own message, a message of the team · a reaction · a hide by the team's hand.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tribune import climate, duty, promises
from tribune.budgets import (
    COURTESIES,
    FLOODS,
    TURNS,
    TURNS_WITHIN,
    Silence,
    courtesy_delay,
)
from tribune.channel import ActKind
from tribune.charter import Findings, Signal, pack
from tribune.comment import Audience, Comment, Reaction, TeamAct, Verb, same_words, words_hash
from tribune.decision import Act, Decision, Leave, Measure, Unconfirmed, Urgency
from tribune.journal import (
    BEGUN,
    IN_DOUBT,
    NOT_BEGUN,
    Action,
    ActionState,
    AuthorNote,
    BudgetNote,
    Case,
    CaseState,
    Count,
    Draft,
    Head,
    HeadKind,
    OutgoingWords,
    Pulse,
    SaidWords,
    ShadowNote,
    ThreadNote,
    Turn,
    Verdict,
    asked_under,
)
from tribune.notice import RESTRICTING, code, codes_in, link, token
from tribune.operation import Mark, belonging, marks
from tribune.standing import Standing, Strike, Utterance
from tribune.workflow import promise
from tribune.workflow.by_hand import NOT_HEARD, acted_on, settle_sent
from tribune.workflow.deed import (
    EVIDENCE_KEPT,
    NO_WEATHER,
    SPEAKING,
    WORDS_KEPT,
    Deed,
    Ground,
    Outcome,
    act_due,
    case_id,
    hour_of,
    known_as,
    named,
)
from tribune.workflow.judging import FACT, Judging
from tribune.workflow.opening import call_about, case_about
from tribune.workflow.provisional import confirm_by
from tribune.workflow.shadow import Shadow, judged
from tribune.workflow.speech import RESPONSE_TARGET, About, Speech
from tribune.workflow.takeback import (
    CONTESTED,
    STANDING_WORDS,
    cancelled,
    closed,
    deleted_by_us,
    is_hidden,
    left_standing,
    standing_hides,
    taking_back,
    unexplained,
    with_actions,
    withdrawn_if_asked,
    without_strike,
)
from tribune.workflow.worksheet import ThreadId, Worksheet

CONFIDENTIAL_KEPT = timedelta(days=30)
MOST_OVERTAKEN = 10
"""Acts that an edit overtook before they began, as far as a head remembers them: somebody may edit a thousand times."""
_STATE = {
    Leave.ALONE: ActionState.READY,
    Leave.PROPOSED: ActionState.PROPOSED,
    Leave.OBSERVED: ActionState.OBSERVED,
}


def weigh(deed: Deed, ground: Ground, sheet: Worksheet) -> str:
    """Write on the sheet what this event changes; answers an Outcome."""
    match deed.said:
        case Comment() as said:
            return _Weighing(deed, said, ground, sheet, Judging(deed, said, ground, sheet)).weigh()
        case Reaction():
            return _reaction(deed, deed.said, ground, sheet)
        case TeamAct():
            return acted_on(deed, deed.said, sheet)


@dataclass(slots=True)
class _Weighing:
    """One comment against what is known of it."""

    deed: Deed
    said: Comment
    ground: Ground
    sheet: Worksheet
    judging: Judging

    @property
    def now(self) -> datetime:
        return self.sheet.now

    @property
    def thread(self) -> ThreadId:
        return self.judging.thread

    @property
    def author(self) -> str | None:
        return self.judging.author

    def weigh(self) -> str:
        self._hear_appeals()
        head = self.sheet.head(self.deed.at)
        if head is None or head.v == NOT_HEARD:
            return self._first_sight(head)
        if head.kind is not HeadKind.COMMENT:
            return self._own_again(head)
        # A deletion is final: no clock of a platform makes it older than the words it takes away.
        if head.deleted or (self.said.version <= head.v and self.said.verb is not Verb.DELETED):
            self._wake(head)
            if head.deleted:
                self.sheet.erase.add(self.deed.at)
            return Outcome.DUPLICATE
        if self.said.verb is Verb.DELETED:
            return self._delete(head)
        if same_words(self.said.version, head.v):
            self.sheet.put_head(replace(head, v=self.said.version))
            self._keep_words(self._words_kept(head))
            return Outcome.RECORDED
        self._decide(head)
        return Outcome.DECIDED

    def _hear_appeals(self) -> None:
        """Whoever writes the code of a measure about them contests it, however often they write it."""
        codes = codes_in(self.said.text) if self.author and self.said.verb is not Verb.DELETED else frozenset[str]()
        if codes and self.author:
            known = self.sheet.author((self.deed.community, self.author)).notices
            contested = sorted(known[one][0] for one in codes & known.keys())
            self.sheet.contests += [(self.deed.community, address, self.said.text) for address in contested]

    def _first_sight(self, touched: Head | None) -> str:
        """`touched`: a person acted on it before its words came."""
        if self.said.verb is Verb.DELETED:
            self.sheet.put_head(replace(self._new_head(HeadKind.COMMENT), deleted=True))
            self.sheet.erase.add(self.deed.at)
            return Outcome.RECORDED
        if self.said.author.is_ours:
            self._own()
            return Outcome.RECORDED
        self._decide(self._touched(touched) if touched else None)
        return Outcome.DECIDED

    def _touched(self, by_hand: Head) -> Head:
        """The head of words that just came, as a person left the comment; where it stands and when, they say best."""
        new = self._new_head(HeadKind.COMMENT)
        return replace(new, v=NOT_HEARD, hidden=by_hand.hidden, acted_at=by_hand.acted_at, by_hand=True)

    # --- our own voice ---

    def _own(self) -> None:
        """A message of ours: one that an action of this thread is sending, or a person of the team."""
        waiting = self._sending_these_words()
        if waiting is not None:
            head, action = waiting
            settled = replace(
                action, state=ActionState.SENT, platform_id=self.said.object, done_at=self.now, why="seen"
            )
            marked = withdrawn_if_asked(with_actions(head, [settled]), self.ground.card, self.now)
            self.sheet.put_head(marked)
            if settled.signed_by:  # perform will find it settled: whatever follows from a person's answer follows here
                self._answered_by_desk(marked, settled)
            self.sheet.wakes.add(head.at)
            self.sheet.put_head(self._new_head(HeadKind.OURS))
            return
        self.sheet.put_head(replace(self._new_head(HeadKind.TEAM), asks=promises.asks(self.said.text)))
        self.sheet.note_thread(ThreadNote(*self.thread, human_at=self.said.posted_at))

    def _answered_by_desk(self, head: Head, action: Action) -> None:
        spoken_at, house = self.said.posted_at, self.ground.community
        made = promise.made_in(self.said.text, house.languages, spoken_at, house.zone)
        settle_sent(head, action, self.sheet, made, spoken_at=spoken_at)

    def _own_again(self, head: Head) -> str:
        if self.said.verb is Verb.DELETED and not head.deleted:
            self.sheet.put_head(replace(head, deleted=True, v=max(head.v, self.said.version)))
            return Outcome.RECORDED
        if head.kind is HeadKind.TEAM and self._rewritten(head):
            self.sheet.put_head(replace(head, v=self.said.version))
            return Outcome.RECORDED
        if head.kind is HeadKind.OURS and self._rewritten(head):
            self.sheet.put_head(replace(head, by_hand=True, v=self.said.version))
            self.sheet.note_thread(ThreadNote(*head.thread_at, human_at=self.said.posted_at))
            return Outcome.RECORDED
        return Outcome.DUPLICATE

    def _rewritten(self, head: Head) -> bool:
        """Did a person of the team put other words in the place of ours, or of their own? The machine edits nothing."""
        newer = self.said.verb is Verb.EDITED and self.said.version > head.v and not head.deleted
        return newer and not same_words(self.said.version, head.v)

    def _sending_these_words(self) -> tuple[Head, Action] | None:
        """An action in this thread whose fate is not known and whose words are these."""
        words, place = words_hash(self.said.text), self.deed.at[:3]
        heads = (self.sheet.head((*place, name)) for name in sorted(self.sheet.thread(self.thread).open))
        ours = ((head, one) for head in heads if head for one in head.actions if one.kind is ActKind.REPLY)
        return next(((head, one) for head, one in ours if one.words == words and one.state in IN_DOUBT), None)

    # --- deleted by its author, or by a person ---

    def _delete(self, head: Head) -> str:
        if deleted_by_us(head):
            # Our own act comes back to us: the words stay as the evidence of it, for their time.
            self._wake(head)
            return Outcome.DUPLICATE
        if head.counted:
            kind, level = head.counted
            self.sheet.count(Count(head.community, head.space, head.hour, kind, level, -1))
        actions, forgotten = cancelled(
            head.actions, "deleted", self.now, only=lambda action: action.purpose != "withdraw"
        )
        told = without_strike(replace(head, actions=actions), [a for a in head.actions if a.id in forgotten])
        self.sheet.put_head(replace(told, v=max(head.v, self.said.version), deleted=True, counted=None))
        self._close_case("deleted")
        self.sheet.note_thread(ThreadNote(*head.thread_at, closed=frozenset({head.object}), forgotten=forgotten))
        if head.author:
            self.sheet.note_author(
                AuthorNote(
                    head.community,
                    head.author,
                    unsaid=frozenset({head.object}),
                    lifted=frozenset({head.object}) if told.verdict != head.verdict else frozenset(),
                    answered=frozenset({head.object}),
                    forgotten=forgotten,
                )
            )
        self.sheet.erase.add(self.deed.at)
        return Outcome.RECORDED

    # --- words of somebody else ---

    def _decide(self, before: Head | None) -> None:
        if before is not None:
            self._unplan(before)
        findings, decision = self.judging.judge(before)
        decision = self._against_nobody_of_ours(before, decision)
        first = before is None or before.v == NOT_HEARD
        turned = self.judging.turned() if first else frozenset[str]()
        if self.ground.shadow and not decision.confidential:
            self._judge_beside(self.ground.shadow, before, decision)
        head, drafts = self._recorded(before, findings, decision)
        head = self.sheet.put_head(head)
        if first:
            self._feel(head, findings, decision)
        self._open_case(head, decision, drafts)
        if left_standing(before, head):
            self._tell_of_standing_words(head, decision)
        self._note_thread(head, before, decision)
        self._note_author(head, before, decision)
        self._note_budget(head, before, decision)
        if turned and head.author:
            self._note_turns(head, turned)
        self._keep_words(EVIDENCE_KEPT if decision.clause and not decision.confidential else WORDS_KEPT)
        self._call(head, before, decision)
        self._wake(head)

    def _feel(self, head: Head, findings: Findings, decision: Decision) -> None:
        """What the climate and the digest are computed from, once for each comment: never a word, never a name."""
        bucket = climate.Bucket()
        if decision.reason not in NO_WEATHER and not self.judging.long_ago:
            who = self.author or self.said.object
            bucket = climate.bucket_of(who, findings.signals, hostile=decision.hostile)
        observed = Counter(str(one.kind) for one in head.actions if one.state is ActionState.OBSERVED)
        if bucket.comments or observed:
            self._pulse(self.deed.received_at, bucket, observed)

    def _pulse(self, at: datetime, bucket: climate.Bucket, observed: Mapping[str, int]) -> None:
        where = (self.deed.community, self.deed.space, hour_of(at), at.minute // 15)
        self.sheet.feel(Pulse(*where, bucket, observed))

    def _against_nobody_of_ours(self, before: Head | None, decision: Decision) -> Decision:
        """Law 5. Where a person showed again what the machine had hidden, edited words that it still accuses are theirs.

        Words that were clean when they were shown, or when they were edited since, are new ones. Those that a person
        showed before we heard them were read by them.
        """
        if before is None or not (self._was_accused(before) or self._was_read_first(before)):
            return decision
        shown = any(a.kind is ActKind.UNHIDE and a.signed_by and a.may_be_read for a in before.actions)
        if not (shown or before.hidden is False) or is_hidden(before):
            return decision
        theirs = tuple(
            replace(act, leave=Leave.PROPOSED) if act.kind is ActKind.HIDE and act.leave is Leave.ALONE else act
            for act in decision.acts
        )
        return replace(decision, acts=theirs)

    @staticmethod
    def _was_accused(before: Head) -> bool:
        return before.verdict is not None and before.verdict.clause is not None

    def _was_read_first(self, before: Head) -> bool:
        """Did somebody of the team act on these very words before we heard them?"""
        return before.v == NOT_HEARD and before.acted_at is not None and self.said.said_at <= before.acted_at

    def _unplan(self, before: Head) -> None:
        """What was planned for the earlier words and never began to leave counts in nobody's budget."""
        forgotten = frozenset(action.id for action in before.unsaid)
        if not forgotten:
            return
        self.sheet.note_thread(ThreadNote(*before.thread_at, forgotten=forgotten))
        if before.author:
            self.sheet.note_author(AuthorNote(before.community, before.author, forgotten=forgotten))

    def _judge_beside(self, shadow: Shadow, before: Head | None, decision: Decision) -> None:
        """What the version on trial makes of the same words, in the same place: noted, never done."""
        try:
            would = judged(self.judging.decided_by(shadow, before))
        except Exception:  # noqa: BLE001  whatever is wrong with a version on trial, the decision stands; it is counted
            self.sheet.count_shadow(self.deed.community, shadow.name, "failed")
            return
        was = judged(decision)
        cited = [f"{which}#{one.clause}" for which, one in (("was", was), ("would", would)) if one.clause]
        self.sheet.count_shadow(self.deed.community, shadow.name, "judged", *cited)
        if was != would or before is not None:
            at = self.deed.at
            self.sheet.note_shadow(ShadowNote(at[0], shadow.name, *at[1:], at=self.now, was=was, would=would))

    def _recorded(self, before: Head | None, findings: Findings, decision: Decision) -> tuple[Head, tuple[Draft, ...]]:
        """The head as it will be kept, and what the CM could say."""
        new = self._new_head(HeadKind.COMMENT)
        base = before or new
        if base.audience is Audience.PRIVATE:  # who was forgotten and speaks again is in their conversation again
            base = replace(base, thread=new.thread, post=new.post)
        kept, undone = self._reconsidered(before, decision)
        unread = frozenset(action.variant for action in before.unsaid if action.variant) if before else frozenset()
        standing = replace(base, actions=kept)
        appeal = self._appeal_link(decision, standing)
        speech = Speech(self.deed, self.said, self.ground, self.sheet, unread, decision.hostile, appeal)
        fresh, drafts = self._acts(decision, findings.language, kept, speech, hidden=is_hidden(standing))
        actions = (*kept, *undone, *fresh)
        hides = any(action.kind is ActKind.HIDE and action.state is ActionState.READY for action in fresh)
        marked = self._marked(before, findings, decision)
        verdict = replace(
            self._verdict(findings, decision),
            strike=(decision.strike and _told_by(fresh)) or self._still_struck(before, decision),
            unsaid=decision.unsaid or _speechless(decision, actions),
        )
        head = replace(
            base,
            v=self.said.version,
            parent=self.said.parent,
            url=self.said.url or base.url,
            posted_at=self.said.posted_at,
            author=None if decision.confidential else self.author,
            counted=self._counted(base, marked, findings, decision),
            marks=marked,
            language=findings.language,
            confidential=decision.confidential,
            expires=self.now + CONFIDENTIAL_KEPT if decision.confidential else None,
            verdict=verdict,
            actions=actions,
            hidden=None if hides else base.hidden,
            case=bool(
                decision.case
                or decision.awaits_answer
                or decision.calls
                or drafts
                or any(action.state is ActionState.PROPOSED for action in actions)
                or left_standing(before, replace(base, actions=actions))
            ),
        )
        return head, drafts

    def _verdict(self, findings: Findings, decision: Decision) -> Verdict:
        """What was decided and on what ground, before it is known what comes of it."""
        version = self.ground.charter
        clause = version.charter.clause(decision.clause) if version and decision.clause else None
        tone = climate.tone_of(findings.signals, hostile=decision.hostile)
        return Verdict(
            measure=decision.measure,
            reason=decision.reason,
            mode=self.ground.clause_modes.get(decision.clause or "", self.ground.community.modes.default),
            clause=decision.clause,
            clause_hash=version.charter.hash_of(clause, findings.language) if version and clause else None,
            charter_version=version.version if version else None,
            ground=decision.ground,
            detectors=decision.detectors,
            trace="" if decision.confidential else pack(findings.trace),
            foresees=decision.foresees or "",
            awaits_answer=decision.awaits_answer,
            at=self.now,
            alone=any(act.leave is Leave.ALONE for act in decision.acts),
            strike_no=self._strike_no(decision),
            tone=climate.Tone.NEITHER if decision.confidential else tone,
            helps=Signal.HELPS_MEMBER in findings.signals and not decision.confidential,
        )

    def _strike_no(self, decision: Decision) -> int | None:
        if not decision.strike or self.ground.charter is None:
            return None
        record = self.sheet.author((self.deed.community, self.author)) if self.author else None
        lapse_after = self.ground.charter.charter.commitments.strike_ttl.lasting
        standing = record.standing if record else Standing()
        return 1 + standing.told_before(self.said.posted_at, lapse_after, besides=self.said.object)

    def _marked(self, before: Head | None, findings: Findings, decision: Decision) -> tuple[Mark, ...]:
        """The operations that it belongs to; distress belongs to none.

        Of an operation that the file no longer has nobody can say whether the words are still its own: it keeps them.
        """
        earlier, operations = before.marks if before else (), self.judging.belonging(before)
        if decision.confidential or not (earlier or operations):
            return ()
        participates = Signal.PARTICIPATES in findings.signals
        zone, who = self.ground.community.zone, known_as(self.said, self.ground)
        found = marks(self.said, operations, zone, who, participates=participates, before=earlier)
        marked = {mark.operation for mark in found}
        gone = (mark for mark in earlier if self.ground.community.operation(mark.operation) is None)
        return (*found, *(mark for mark in gone if mark.operation not in marked))

    def _counted(
        self, base: Head, marked: tuple[Mark, ...], findings: Findings, decision: Decision
    ) -> tuple[str, int] | None:
        """What breaks the charter, or the law, enters nothing."""
        operations = (self.ground.community.operation(mark.operation) for mark in marked if mark.entry)
        broken = decision.clause or decision.ground == "law"
        enters = () if broken else [one.kind for one in operations if one]
        post = self.ground.community.post(self.said.platform, self.said.account, self.said.thread.post)
        after = (
            None
            if decision.confidential
            else self.ground.community.scale(base.received_at).count_of(
                self.said.audience, findings, mechanic=post.mechanic if post else "", enters=enters
            )
        )
        if after != base.counted:
            for slot, n in ((base.counted, -1), (after, 1)):
                if slot:
                    self.sheet.count(Count(base.community, base.space, base.hour, slot[0], slot[1], n))
        return after

    # --- what an edit does to what was done before ---

    def _reconsidered(self, before: Head | None, decision: Decision) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
        """(the earlier actions as they stand now, the actions that take back what lost its ground)."""
        if before is None:
            return (), ()
        kept: list[Action] = []
        undone: list[Action] = []
        left = tuple(action for action in before.actions if action.state not in NOT_BEGUN or action.signed_by)
        hides = standing_hides(replace(before, actions=left))
        stands = self._breach_stands(before, decision)
        for earlier in before.actions:
            action = _timed_anew(earlier, decision)
            due = _still_due(action, decision, stands=stands)
            if action.state is ActionState.SENDING:
                kept.append(replace(action, withdraw=not due))
            elif action.state in NOT_BEGUN and action.signed_by is None:
                kept.append(replace(action, state=ActionState.CANCELLED, why="edited", done_at=self.now))
            else:
                kept.append(action)
                lifted = action.kind is ActKind.HIDE and earlier not in hides
                if action.state is ActionState.SENT and not (lifted or due):
                    undoing = taking_back(action, self.ground.card, self.now, by_hand=before.by_hand)
                    undone += [undo for undo in undoing if _not_undone_yet(before.action(undo.id))]
        overtaken = [action.id for action in kept if action.state is ActionState.CANCELLED and action.why == "edited"]
        dropped = {undo.id for undo in undone} | set(overtaken[:-MOST_OVERTAKEN])
        return tuple(action for action in kept if action.id not in dropped), tuple(undone)

    def _breach_stands(self, before: Head, decision: Decision) -> bool:
        """Is something still held against the words that counts, or what was: no protection, no mere suggestion?"""
        if decision.clause is None or before.verdict is None or self.ground.charter is None:
            return False
        clause = self.ground.charter.charter.clause(decision.clause)
        return decision.clause == before.verdict.clause or (clause is not None and clause.strike)

    def _still_struck(self, before: Head | None, decision: Decision) -> bool:
        """An edit that still breaches leaves the strike where it is, as it leaves the reminder, if that one was read."""
        if before is None or before.verdict is None or not before.verdict.strike:
            return False
        told = before.reminded or not any(action.reminds for action in before.unsaid)
        return told and self._breach_stands(before, decision)

    # --- acts and drafts ---

    def _acts(
        self, decision: Decision, language: str, earlier: tuple[Action, ...], speech: Speech, *, hidden: bool
    ) -> tuple[list[Action], tuple[Draft, ...]]:
        done = {
            (action.purpose, action.kind)
            for action in earlier
            if action.state in BEGUN and (hidden or action.kind is not ActKind.HIDE)
        }
        actions: list[Action] = []
        drafts: list[Draft] = []
        for act in decision.acts:
            if act.kind in SPEAKING and act.leave is Leave.PROPOSED:
                drafts += speech.drafts(act.text, act.kind, About(language, decision.clause, act.faq))
                continue
            if (act.purpose, act.kind) in done:
                continue
            action = self._action(act, decision, language, speech)
            if action is None:
                drafts += speech.drafts(act.text, act.kind, About(language, decision.clause, act.faq))
            else:
                actions.append(action)
        if decision.draft:
            drafts += speech.drafts(
                decision.draft, decision.draft_kind, About(language, decision.clause, decision.draft_faq)
            )
        return actions, tuple(drafts)

    def _action(self, act: Act, decision: Decision, language: str, speech: Speech) -> Action | None:
        """The outbox entry of an act; None when there are no words we may send alone."""
        action_id = named(*self.deed.at, act.purpose, act.kind, self.said.version)
        action = act_due(action_id, act.kind, act.purpose, self.said.object, self.now)
        action = replace(action, state=_STATE[act.leave], urgent=act.urgent)
        if act.kind in RESTRICTING:
            action = self._reasoned(action, decision, language)
        if act.unconfirmed and act.leave is Leave.ALONE:
            action = replace(
                action, confirm_by=confirm_by(self.ground.community, self.now), unconfirmed=act.unconfirmed
            )
        if act.text is None:
            return action
        written = speech.alone(act.text, act.kind, About(language, decision.clause, act.faq))
        if written is None:
            return None
        if act.leave is Leave.ALONE:
            self._keep_outgoing(action_id, written.text)
            action = self._in_its_time(action)
        return replace(
            action,
            words=words_hash(written.text),
            variant=written.variant,
            reply_token=self.said.reply_token,
            reply_token_at=self.said.posted_at if self.said.reply_token else None,
            quote=self.said.quote,
        )

    def _appeal_link(self, decision: Decision, standing: Head) -> str:
        """Where the hide of this comment gives its reason: the one that stands, or the one that is ordered now."""
        stands = next((hide.notice for hide in standing_hides(standing) if hide.notice and hide.may_be_read), None)
        act = next((act for act in decision.acts if act.kind is ActKind.HIDE), None)
        if stands is None and act is not None:
            stands = token(self.ground.pseudonym, named(*self.deed.at, act.purpose, act.kind, self.said.version))
        community = self.ground.community
        return link(community.charter_base_url, community.id, stands) if stands else ""

    def _reasoned(self, action: Action, decision: Decision, language: str) -> Action:
        """A restriction, with the clause it rests on whatever becomes of the words, and the address of its reason."""
        version = self.ground.charter
        clause = version.charter.clause(decision.clause) if version and decision.clause else None
        cited = version.charter.hash_of(clause, language) if version and clause else None
        address = token(self.ground.pseudonym, action.id)
        number = version.version if version else None
        return replace(action, clause=decision.clause, clause_hash=cited, charter_version=number, notice=address)

    def _in_its_time(self, action: Action) -> Action:
        """A courtesy in public waits as a person would; in private the person waits for us, and a reply token dies."""
        if action.purpose not in COURTESIES or self.said.audience is Audience.PRIVATE or self.said.reply_token:
            return action
        delay = courtesy_delay(action.id, self.ground.community.voice.courtesy_delay_s)
        return replace(action, due_at=self.now + delay, why="courtesy") if delay else action

    # --- what follows for the case, the thread, the author, the words, the CM ---

    def _open_case(self, head: Head, decision: Decision, drafts: tuple[Draft, ...]) -> None:
        known = self.sheet.case(self.deed.at)
        if not head.case:
            self._close_case("edited")
            return
        going_on = known if known is not None and known.state is CaseState.OPEN else None
        case = going_on or case_about(head, known, decision.reason, self._promise(decision, head), self.now)
        self.sheet.put_case(
            replace(
                case,
                reason=decision.reason,
                clause=decision.clause,
                drafts=drafts + case.of_colleagues,
                awaits_answer=decision.awaits_answer,
                awaits_since=self._waiting_since(decision, known),
                language=head.language,
            )
        )

    def _promise(self, decision: Decision, head: Head) -> datetime:
        """When our promise to answer runs out: at once in danger, and for whoever says that they are waiting for us."""
        if any(wish.urgency is Urgency.NOW for wish in decision.calls):
            return self.said.posted_at
        if decision.awaits_answer:
            waited = promises.waited(self.said.text, head.language)
            if waited is not None:
                return self.said.posted_at - waited
            if decision.reason == "still_waiting":
                return self.said.posted_at
        community = self.ground.community
        return max(duty.next_presence(community.rota, self.now, community.zone), self.now) + RESPONSE_TARGET

    def _waiting_since(self, decision: Decision, known: Case | None) -> datetime | None:
        if not decision.awaits_answer:
            return None
        record = self.sheet.author((self.deed.community, self.author)) if self.author else None
        earlier = [known.awaits_since if known else None, record.standing.waiting_since if record else None]
        return min([since for since in earlier if since] + [self.said.posted_at])

    def _close_case(self, by: str) -> None:
        known = self.sheet.case(self.deed.at)
        if known is None or known.state is not CaseState.OPEN:
            return
        if by == "edited" and (known.reason == CONTESTED or known.owes_a_word):
            # An appeal is reviewed, and who said that they come back comes back, whatever the words are now.
            self.sheet.put_case(replace(known, drafts=(), awaits_answer=known.awaits_answer and known.owes_a_word))
        elif by != "edited" or known.reason != STANDING_WORDS:
            self.sheet.put_case(closed(known, by, self.now))

    def _note_thread(self, head: Head, before: Head | None, decision: Decision) -> None:
        speaking = head.unsaid
        reminder = next((action.id for action in speaking if action.reminds), None)
        unsettled = any(action.kind is ActKind.REPLY for action in head.unfinished)
        case = self.sheet.case(self.deed.at)
        promised = case is not None and case.state is CaseState.OPEN and case.owes_a_word
        is_open = bool(head.case or unsettled or promised)
        explaining = unexplained(head, self.sheet.thread(self.thread))
        if decision.clause and reminder:
            explaining[decision.clause] = reminder
        now_cancelled = {a.id for a in head.actions if a.state is ActionState.CANCELLED and a.done_at == self.now}
        note = ThreadNote(
            *self.thread,
            silent=decision.reason if decision.silence_thread else "",
            attacked=decision.hostile and not self.sheet.thread(self.thread).attacked,
            automatic={action.id: self.now for action in speaking},
            used=frozenset(action.variant for action in speaking if action.variant) | _facts(decision),
            explaining=explaining,
            expected_rev=self.sheet.known.thread(*self.thread).rev if speaking else None,
            opened=frozenset({head.object}) if is_open else frozenset(),
            closed=frozenset({head.object}) if before and not is_open else frozenset(),
            forgotten=frozenset(now_cancelled),
        )
        if note != ThreadNote(*self.thread):
            self.sheet.note_thread(note)

    def _note_author(self, head: Head, before: Head | None, decision: Decision) -> None:
        if head.author is None:
            return
        speaking = head.unsaid
        counts = bool(head.verdict and head.verdict.strike)
        struck = decision.strike and counts and _told_by(speaking)
        lifted = before is not None and before.verdict is not None and before.verdict.strike and not counts
        waits = decision.awaits_answer
        self.sheet.note_author(
            AuthorNote(
                head.community,
                head.author,
                first_at=self.said.posted_at,
                said=(Utterance(words_hash(self.said.text), head.object, self.said.posted_at),),
                strikes=(Strike(decision.clause or "", head.object, self.now),) if struck else (),
                lifted=frozenset({head.object}) if lifted else frozenset(),
                waiting={head.object: self.said.posted_at} if waits else {},
                answered=frozenset({head.object}) if before is not None and not waits else frozenset(),
                automatic={action.id: self.now for action in speaking},
                used={action.variant: self.now for action in speaking if action.variant},
                human_requested_at=self.said.posted_at if decision.silence_person else None,
                expected_rev=self.sheet.author((head.community, head.author)).rev if speaking else None,
                notices=self._contestable(head),
            )
        )

    def _contestable(self, head: Head) -> dict[str, tuple[str, datetime]]:
        """The codes of the measures about to take effect; spam is hidden without a word (DSA, article 17(2))."""
        told = (a for a in head.actions if a.notice and a.state is ActionState.READY and a.purpose != "spam")
        return {code(a.notice): (a.notice, self.now) for a in told if a.notice}

    def _note_budget(self, head: Head, before: Head | None, decision: Decision) -> None:
        """What is planned in public is taken from the hour's budget; that it is used up, the climate's call says.

        What is planned again for edited words, in the place of a message that never began to leave, keeps its place.
        """
        if head.audience is Audience.PRIVATE:
            return
        hour = (*head.at[:3], hour_of(self.now))
        told = self.judging.budget().told
        asked = frozenset(asked_under(head.post, act.faq) for act in decision.acts if act.faq) - told
        replaced = [one for one in before.unsaid if hour_of(one.created_at) == hour_of(self.now)] if before else []
        planned = max(0, len(head.unsaid) - len(replaced))
        if head.unsaid:
            self.sheet.note_budget(BudgetNote(*hour, posts={head.post: planned} if planned else {}, told=asked))
        if decision.unsaid not in FLOODS:
            return
        one_post = decision.unsaid is Silence.POST
        scope = head.post if one_post else "*"
        if asked:
            self.sheet.note_budget(BudgetNote(*hour, told=asked))
        if scope in told:
            return
        self.sheet.note_budget(BudgetNote(*hour, told=frozenset({scope})))
        flood = climate.Flood(decision.unsaid, head.platform, head.account, head.post, head.object)
        self._pulse(self.now, climate.Bucket(floods=frozenset({flood})), {})

    def _note_turns(self, head: Head, turned: frozenset[str]) -> None:
        """Somebody comes back to the machine again and again: it falls silent there, and a person looks."""
        record = self.sheet.author((head.community, head.author or ""))
        stale = frozenset(turn.object for turn in record.turns if self.now - turn.at >= TURNS_WITHIN)
        turn = Turn(head.thread, head.object, self.now)
        self.sheet.note_author(AuthorNote(head.community, head.author or "", turns=(turn,), over=stale))
        if len(turned) >= TURNS and not self.sheet.thread(self.thread).silent:
            self.sheet.note_thread(ThreadNote(*self.thread, silent="loop"))
            figures = {"turns": str(TURNS), "minutes": str(TURNS_WITHIN // timedelta(minutes=1))}
            self._call_of(head, "loop", named(*self.thread), figures)

    def _tell_of_standing_words(self, head: Head, decision: Decision) -> None:
        """Our own words lost their ground where we cannot take them back: a person does it by hand."""
        case = self.sheet.case(head.at)
        if case is not None and decision.measure is Measure.NOTHING:
            self.sheet.put_case(replace(case, reason=STANDING_WORDS))
        self._call_of(head, "failed", f"{head.platform}-{head.account}-{self.now.date().isoformat()}", {})

    def _call_of(self, head: Head, reason: str, identity: str, figures: dict[str, str]) -> None:
        """One call for whatever bears this identity."""
        call = call_about(head, f"{reason}-{identity}", reason, Urgency.HOURS, self.now)
        self.sheet.call(replace(call, figures=figures, received_at=self.deed.received_at))

    def _keep_words(self, kept: timedelta) -> None:
        """For as long as the community keeps words and the platform lets it; not those of somebody who is forgotten."""
        known = self.sheet.known.author(self.deed.community, self.author, self.now) if self.author else None
        if known and known.forgotten_at and self.said.posted_at <= known.forgotten_at:
            return
        kept = min(kept, self.ground.card.words_kept or kept)
        self.sheet.said.append(
            SaidWords(
                *self.deed.at,
                v=self.said.version,
                text=self.said.text,
                expires=self.now + kept,
                author_id=self.said.author.id,
                author_name=self.said.author.name,
                conversation=self.said.answered_at,
                url=self.said.url,
            )
        )

    @staticmethod
    def _words_kept(head: Head) -> timedelta:
        return EVIDENCE_KEPT if head.verdict and head.verdict.clause and not head.confidential else WORDS_KEPT

    def _keep_outgoing(self, action_id: str, text: str) -> None:
        self.sheet.outgoing.append(
            OutgoingWords(
                *self.deed.at,
                action_id=action_id,
                text=text,
                recipient=self.said.answered_at,
                expires=self.now + WORDS_KEPT,
            )
        )

    def _call(self, head: Head, before: Head | None, decision: Decision) -> None:
        """Somebody is called once about a comment; again about a danger that was gone and is edited back into it."""
        again = before is not None and before.verdict is not None and before.verdict.reason != decision.reason
        for wish in decision.calls:
            identity = case_id(self.deed.at) if wish.per_object else self.now.date().isoformat()
            if wish.urgency is Urgency.NOW and again:
                identity += f"-{self.said.version[:15]}"
            call = call_about(head, f"{wish.reason}-{identity}", wish.reason, wish.urgency, self.now)
            call = replace(call, roles=wish.roles, received_at=self.deed.received_at, known_at=self.now)
            (self.sheet.call if wish.per_object else self.sheet.call_once_a_day)(call)

    def _wake(self, head: Head) -> None:
        if any(not action.why or action.due_at <= self.now for action in head.unfinished):
            self.sheet.wakes.add(head.at)

    def _new_head(self, kind: HeadKind) -> Head:
        said, deed = self.said, self.deed
        return Head(
            community=deed.community,
            platform=said.platform,
            account=said.account,
            object=said.object,
            kind=kind,
            v=said.version,
            rev=0,
            space=deed.space,
            thread=self.thread[3],
            post=self.ground.pseudonym(said.thread.post) if said.audience is Audience.PRIVATE else said.thread.post,
            audience=said.audience,
            posted_at=said.posted_at,
            received_at=deed.received_at,
            author=self.author if kind is HeadKind.COMMENT else None,
            parent=said.parent,
            url=said.url,
            channel=deed.channel,
            hour=hour_of(deed.received_at),
        )


def _told_by(actions: Iterable[Action]) -> bool:
    """Will whoever reads what is about to leave know that it counts?"""
    return any(action.reminds and action.state is ActionState.READY for action in actions)


def _still_due(action: Action, decision: Decision, *, stands: bool) -> bool:
    """Has what was done before the edit still a ground? What only protects ends with what it protected."""
    if action.purpose == "reminder":
        return stands
    if action.kind is ActKind.HIDE:
        hides = any(act.kind is ActKind.HIDE for act in decision.acts)
        return hides or (decision.clause is not None and action.purpose != "protect")
    return True


def _not_undone_yet(undo: Action | None) -> bool:
    """Is it still to be taken back: nobody began to, and only an edit overtook whoever was about to?"""
    return undo is None or undo.state in NOT_BEGUN or (undo.state is ActionState.CANCELLED and undo.why == "edited")


def _timed_anew(action: Action, decision: Decision) -> Action:
    """A provisional hide whose words were edited ends as those words deserve; where that is not clear, with a person."""
    if action.confirm_by is None or decision.clause is None:
        return action
    same = next((act for act in decision.acts if (act.kind, act.purpose) == (action.kind, action.purpose)), None)
    if same is None:
        return replace(action, unconfirmed=Unconfirmed.CALL)
    return replace(action, unconfirmed=same.unconfirmed, confirm_by=action.confirm_by if same.unconfirmed else None)


def _facts(decision: Decision) -> frozenset[str]:
    """The entries of the FAQ that a decision answers with, or prepares an answer with."""
    entries = (decision.draft_faq, *(act.faq for act in decision.acts))
    return frozenset(FACT + entry for entry in entries if entry)


def _speechless(decision: Decision, actions: Iterable[Action]) -> str:
    """`no_words` where the machine was to speak and had no text that nobody read yet."""
    said = {(action.purpose, action.kind) for action in actions}
    alone = (act for act in decision.acts if act.text and act.leave is Leave.ALONE)
    return "no_words" if any((act.purpose, act.kind) not in said for act in alone) else ""


def _reaction(deed: Deed, said: Reaction, ground: Ground, sheet: Worksheet) -> str:
    before = sheet.head(deed.at)
    if before is not None and said.version <= before.v:
        return Outcome.DUPLICATE
    received_at, community = before.received_at if before else deed.received_at, ground.community
    levels = community.scale(received_at)
    given = before.marks if before and before.counted else ()  # a like that becomes a heart stays where it was given
    operations = belonging(said, community.operations, community.zone, given)
    counted = None if said.undone or said.author.is_ours else levels.count_of_reaction(said.kind)
    hour = before.hour if before else hour_of(deed.received_at)
    earlier = before.counted if before else None
    for slot, n in ((earlier, -1), (counted, 1)):
        if slot and earlier != counted:
            sheet.count(Count(deed.community, deed.space, hour, slot[0], slot[1], n))
    sheet.put_head(
        Head(
            community=deed.community,
            platform=said.platform,
            account=said.account,
            object=said.object,
            kind=HeadKind.REACTION,
            v=said.version,
            rev=0,
            space=deed.space,
            thread=said.thread.id,
            post=said.thread.post,
            audience=Audience.PUBLIC,
            posted_at=said.said_at,
            received_at=received_at,
            author=ground.pseudonym(said.author.id) if said.author.id else None,
            channel=deed.channel,
            counted=counted,
            hour=hour,
            marks=marks(said, operations, community.zone, known_as(said, ground), before=given) if operations else (),
        )
    )
    return Outcome.RECORDED
