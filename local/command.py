"""The `tribune` command: one list of subcommands, each loaded when it is asked for.

Exit codes: 0 done · 1 something was found (an example fails, the stack does not answer) · 2 bad input, with a
sentence on stderr that says the file, the line and the field.
"""

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tribune.errors import BadConfiguration, NotFound, TribuneError


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A word after `tribune`: `run(arguments)` of its module does it and answers the exit code."""

    name: str
    does: str
    module: str
    arguments: Callable[[ArgumentParser], None]


def _word(actions: "_SubParsersAction[ArgumentParser]", name: str, does: str) -> ArgumentParser:
    """A word of the command and its own `--help`, which says what it does too."""
    return actions.add_parser(name, help=does, description=does)


def _serve(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8787, help="where to listen on 127.0.0.1 (default 8787)")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a configuration; without it, a working example")
    parser.add_argument("--print-config", action="store_true", help="print that working example and stop")
    parser.add_argument("--alarms", action="store_true", help="what is counted sets off the template's alarms")


def _demo(_parser: ArgumentParser) -> None:
    return


def _apply(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a configuration, as `serve --print-config` prints one")
    parser.add_argument("--stage", default="prod", help="the stack is tribune-<stage> (default prod)")
    parser.add_argument("--summary", default="", help="what changes in the charter, in a sentence for members")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")


def _check(parser: ArgumentParser) -> None:
    parser.add_argument("--charter", type=Path, metavar="FILE", help="default: the model charter")
    parser.add_argument("--json", action="store_true", help="NDJSON in on stdin, NDJSON out")
    parser.add_argument("--why", action="store_true", help="what the machine looked at, and why it is held or not")
    parser.add_argument("text", nargs="*", metavar="TEXT", help="what somebody could write, in quotes")


def _charter(parser: ArgumentParser) -> None:
    """FILE is a charter, or a configuration: then the charter it names, in the community's name."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, does: str) -> ArgumentParser:
        one = _word(actions, name, does)
        one.add_argument("file", type=Path, metavar="FILE", help="a charter, or a configuration that names one")
        return one

    action("lint", "is it complete and consistent?")
    action("test", "do its own examples hold?")
    diff = action("diff", "what would change")
    diff.add_argument("other", type=Path, nargs="?", metavar="OTHER", help="what FILE would become")
    _published(diff, "compare with what this community has published")
    diff.add_argument(
        "--replay", type=Path, metavar="NDJSON", help="and which decisions on these comments would change"
    )
    diff.add_argument("--days", type=int, metavar="N", help="…on those that this community received in the last N days")
    diff.add_argument("--show-text", action="store_true", help="show the words of those comments")
    render = action("render", "as the HTML that members would read")
    render.add_argument("--lang", help="default: the charter's first language")
    publish = action("publish", "publish it as the next version")
    _published(publish, "whose charter it is (a configuration says it itself)")
    publish.add_argument(
        "--from", dest="effective_from", metavar="WHEN", help="when it takes effect (ISO 8601, or `now`)"
    )
    publish.add_argument(
        "--shadow", action="store_true", help="on trial beside the one in force: compared, never acting"
    )
    publish.add_argument("--summary", default="", help="what changes, in a sentence for members (from version 2 on)")
    publish.add_argument(
        "--now-because", metavar="REASON", help="take effect without the notice that was promised; members read why"
    )
    _trials(actions)
    announce = action("announce", "the texts that make it known: pinned post, bio, page tab, welcome")
    announce.add_argument("--url", help="the public address of the charter (a configuration says it itself)")
    announce.add_argument("--lang", help="default: every language of the charter")
    announce.add_argument("--from", dest="effective_from", metavar="WHEN", help="when it takes effect (default: today)")
    announce.add_argument("--change", metavar="SENTENCE", help="what this version changes, when it follows another")
    announce.add_argument(
        "--platform", action="append", default=[], metavar="NAME", help="default: those of the configuration"
    )
    terms = _word(actions, "terms", "a list of words, out to a spreadsheet and back")
    terms.add_argument("direction", choices=("export", "import"), help="out to CSV, or back from it")
    terms.add_argument("file", type=Path, metavar="FILE", help="a charter, or a configuration that names one")
    terms.add_argument("list", metavar="LIST", help="CLAUSE, CLAUSE/DETECTOR, CLAUSE/exceptions, or allowed")
    terms.add_argument("csv", metavar="CSV", help="columns term, language, clause, note; - for the terminal")
    allow = _word(actions, "allow", "declare an expression harmless for a community")
    allow.add_argument("file", type=Path, metavar="FILE", help="the community's configuration")
    allow.add_argument("expression", metavar="EXPRESSION", help="words that are never held against anybody there")


def _trials(actions: "_SubParsersAction[ArgumentParser]") -> None:
    """What concerns a charter at work: no FILE."""
    does = "what the version on trial would have changed so far"
    shadow = _word(actions, "shadow", does)
    shadow.add_argument("--show-text", action="store_true", help="with the words, while they are kept")
    shadow.add_argument("--stop", action="store_true", help="end the trial")
    _desk(shadow)
    does = "a clause that the brake holds acts again"
    release = _word(actions, "release", does)
    release.add_argument("clause", nargs="?", metavar="CLAUSE", help="its id; without one: what the brake holds")
    _desk(release)


def _published(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("--community", metavar="ID", help=what)
    parser.add_argument("--stage", default="prod", help="the stack is tribune-<stage> (default prod)")


def _case(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, does: str, *, decides: bool = True) -> ArgumentParser:
        one = _word(actions, name, does)
        if name != "list":
            one.add_argument("case", metavar="ID", help="the short name of a case, as `list` shows it")
        if decides:
            one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="who decides: id or initials")
        _desk(one)
        return one

    every = action("list", "what waits for a person, who waits for an answer first", decides=False)
    every.add_argument("--all", action="store_true", help="also beyond the first fifty")
    action("show", "one case: what was said, what was decided, what could be said", decides=False)
    send = action("send", "answer as oneself: a draft, or words of one's own")
    send.add_argument("--draft", type=int, metavar="N", help="which draft, when there are several")
    send.add_argument("--text", metavar="T", help="the words, instead of a draft's")
    private = action("private", "write to its author alone, beside what is said in public")
    private.add_argument("--text", metavar="T", required=True, help="the words")
    action("like", "like the comment in the page's name")
    hide = action("hide", "hide the comment, or confirm that it was hidden")
    action("unhide", "show the comment again: it was no breach")
    delete = action("delete", "delete the comment: nobody can undo it")
    delete.add_argument("--yes", action="store_true", help="yes, for ever")
    block = action("block", "exclude its author from the page; two persons decide")
    block.add_argument("--confirmed-by", dest="second", metavar="PERSON", help="the second person: id or initials")
    for one in (hide, delete, block):
        one.add_argument("--clause", metavar="CLAUSE", help="id or number, where none was cited, or another holds")
    action("close", "nothing more to do here")


def _say(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _desk(_word(actions, "list", "at most three things a day, each with its sources and a draft"))
    for name, does in (("done", "it was said"), ("drop", "not today")):
        one = _word(actions, name, does)
        one.add_argument("proposal", metavar="ID", help="the short name of a proposal, as `list` shows it")
        one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="who decides: id or initials")
        _desk(one)


def _ambassador(parser: ArgumentParser) -> None:
    """WHO is an account as the platform names it: `facebook:1234`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _desk(_word(actions, "list", "who declared themselves, and which internal charter they have read"))
    does = (
        "write into a configuration that somebody declares to be of the house; `tribune apply` brings it to the stack"
    )
    declare = _word(actions, "declare", does)
    declare.add_argument("file", type=Path, metavar="FILE", help="the configuration")
    declare.add_argument("who", metavar="WHO", help="their account, like facebook:1234")
    does = "somebody confirms having read the internal charter in force"
    acknowledge = _word(actions, "acknowledge", does)
    does = "somebody leaves: nothing is kept of what they confirmed"
    leave = _word(actions, "leave", does)
    for one in (acknowledge, leave):
        one.add_argument("who", metavar="WHO", help="their account, as they declared it")
        _desk(one)


def _call(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _desk(_word(actions, "list", "the calls that nobody took yet"))
    taking = _word(actions, "take", "take a call: nobody else is rung")
    taking.add_argument("call", nargs="+", metavar="[COMMUNITY] CALL", help="as the call itself says")
    taking.add_argument("--as", dest="person", metavar="PERSON", help="who takes it: id or initials")
    _desk(taking)
    muting = _word(actions, "mute", "hear no more of a call, its reason or its page for an hour")
    muting.add_argument("call", nargs="+", metavar="[COMMUNITY] CALL", help="as the call itself says")
    muting.add_argument(
        "--all-of", dest="of", choices=("call", "reason", "space"), default="call", help="how much of it"
    )
    _desk(muting)


def _duty(parser: ArgumentParser) -> None:
    """Days are written 2026-12-24, an hour of one 2026-12-24T14:00, by the community's clock."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    who = _word(actions, "who", "who is called, until when, who is next; is the team there, is it quiet time")
    who.add_argument("--at", metavar="WHEN", help="18:00, +2h, an ISO date and time (default: now)")
    who.add_argument("--role", choices=("cm", "smm"), default="cm", help="whom the call is for (default: cm)")
    week = _word(actions, "week", "seven days, one line each")
    week.add_argument("--from", dest="start", metavar="DAY", help="default: today")
    swap = _word(actions, "swap", "one takes the place of another, from a day or an hour to another")
    swap.add_argument("gives", metavar="PERSON", help="whose place it is")
    swap.add_argument("takes", metavar="OTHER", help="who takes it")
    away = _word(actions, "away", "somebody is on leave: nobody calls them")
    away.add_argument("who", metavar="PERSON", help="who is on leave")
    for one in (swap, away):
        one.add_argument("--from", dest="start", required=True, metavar="DAY", help="the first day, or hour")
        one.add_argument("--to", dest="end", metavar="DAY", help="the last day, included, or hour (default: that day)")
        one.add_argument("--undo", action="store_true", help="take it out again")
        one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="who says so: id or initials")
    for one in (who, week, swap, away):
        _desk(one)


def _operation(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, does: str, *, enters: bool = True) -> ArgumentParser:
        one = _word(actions, name, does)
        one.add_argument("operation", metavar="OPERATION", help="its id, as `list` shows it")
        if enters:
            one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="who says so: id or initials")
        _desk(one)
        return one

    _desk(_word(actions, "list", "the contests, BlogStormings, events and campaigns"))
    show = action("show", "what one came to, with the conversation beside it", enters=False)
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON")
    form.add_argument("--csv", action="store_true", help="as CSV, for a spreadsheet")
    entries = action("entries", "its entries of a day, one by one", enters=False)
    entries.add_argument("--day", metavar="DAY", help="2026-12-03 (default: today)")
    rule = action("rule", "say what an entry is worth")
    rule.add_argument("entry", metavar="ENTRY", help="its name, as `entries` shows it")
    rule.add_argument("ruling", choices=("valid", "invalid"), help="does it count?")
    article = action("article", "enter an article that somebody published for it")
    article.add_argument("url", metavar="URL", help="where it is read, whole: https://…")
    article.add_argument("--author", required=True, metavar="NAME", help="who signs it")
    article.add_argument("--title", metavar="T", help="its title")
    article.add_argument("--team", metavar="TEAM", help="for which team of the operation it counts: its id")
    outcome = action("outcome", "enter a figure that somebody looked up elsewhere")
    kinds = ("followers", "likes", "shares", "cost", "search_rank", "ranking", "other")
    outcome.add_argument("kind", choices=kinds, help="what the figure counts")
    outcome.add_argument("value", metavar="N", help="the figure")
    outcome.add_argument("--source", required=True, metavar="WHERE", help="where it was seen")
    outcome.add_argument("--label", metavar="WHAT", help="what exactly: the words searched for, the ranking, the site")
    remove = action("remove", "take out an article or an outcome that was entered by mistake")
    remove.add_argument("name", metavar="NAME", help="its short name, as `show` tells it")


def _report(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--week", metavar="WEEK", help="2026-W47 (default: the last one that is over)")
    which.add_argument("--month", metavar="MONTH", help="2026-11")
    parser.add_argument("--json", action="store_true", help="every figure with its counter or its formula")
    _desk(parser)


def _audit(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    does = "write every decision, link and anchor of a community into a file"
    export = _word(actions, "export", does)
    export.add_argument("file", type=Path, metavar="FILE", help="where to write it")
    _desk(export)
    does = "what such a file proves, on its own"
    verify = _word(actions, "verify", does)
    verify.add_argument("file", type=Path, metavar="FILE", help="what `export` wrote")
    verify.add_argument(
        "--key", metavar="FINGERPRINT", help="the key that has to have signed (SHA-256, as `verify` shows it)"
    )
    verify.add_argument("--lang", choices=("fr", "en"), default="fr", help="default: fr")


def _appeal(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _desk(_word(actions, "list", "the decisions that members contest"))
    reviews = {
        "show": "one of them: what was said, what was decided, why it is contested",
        "uphold": "the decision stands, and the member reads why",
        "overturn": "the decision is reversed: whatever it did is undone",
    }
    for name, does in reviews.items():
        one = _word(actions, name, does)
        one.add_argument("code", metavar="CODE", help="the six letters, as `list` shows them")
        if name != "show":
            one.add_argument("--by", dest="person", required=True, metavar="PERSON", help="who reviews: id or initials")
            one.add_argument("--because", metavar="SENTENCE", help="what the member reads on their page")
        _desk(one)


_SCOPE = "all, space:<page>, post:<case or post>, thread:<case>"


def _pause(parser: ArgumentParser) -> None:
    parser.add_argument("scope", nargs="?", metavar="SCOPE", help=f"{_SCOPE}; without one: what is paused")
    parser.add_argument("--until", metavar="WHEN", help="18:00, +2h, an ISO date and time (default: until you resume)")
    _desk(parser)


def _resume(parser: ArgumentParser) -> None:
    parser.add_argument("scope", metavar="SCOPE", help=_SCOPE)
    _desk(parser)


def _connect(parser: ArgumentParser) -> None:
    parser.add_argument("platform", metavar="PLATFORM", help="one of the README's table: facebook, line, generic…")
    parser.add_argument("--channel", default="main", help="which secret of the platform, when there are several")
    parser.add_argument("--stage", help="a deployed stack, tribune-<stage>; without it, the one that `serve` runs here")
    parser.add_argument("--port", type=int, help="which `serve`, when several run on this machine")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr", help="default: fr")


def _backfill(parser: ArgumentParser) -> None:
    parser.add_argument("platform", nargs="?", metavar="PLATFORM", help="default: every one that can be asked")
    parser.add_argument("--hours", type=int, default=24, metavar="N", help="how far back (default 24)")
    _desk(parser)


def _desk(parser: ArgumentParser) -> None:
    """What every command of the desk takes."""
    parser.add_argument("--stage", help="a deployed stack, tribune-<stage>; without it, the one that `serve` runs here")
    parser.add_argument("--port", type=int, help="which `serve`, when several run on this machine")
    parser.add_argument("--community", metavar="ID", help="which community, when the stack has several")
    parser.add_argument("--lang", choices=("fr", "en"), help="default: the language of the person, or of the house")


SUBCOMMANDS = (
    Subcommand("serve", "the whole system on this machine, kept running", "local.serve", _serve),
    Subcommand("demo", "one day of a community manager, played and checked", "local.demo", _demo),
    Subcommand("apply", "bring a stack to what a configuration says", "local.apply_command", _apply),
    Subcommand("check", "check texts against a charter", "local.check", _check),
    Subcommand("charter", "the charter as a file", "local.charter_command", _charter),
    Subcommand("connect", "what connecting a platform takes, and a signed trial", "local.connect_command", _connect),
    Subcommand("backfill", "ask the platforms for what was missed", "local.backfill_command", _backfill),
    Subcommand("case", "what waits for a person: look, answer, like, hide, delete, close", "local.case_command", _case),
    Subcommand("say", "what could be said today: whom to thank, what to ask, what to post", "local.say_command", _say),
    Subcommand(
        "ambassador",
        "who of the house declared themselves, and what they read",
        "local.ambassador_command",
        _ambassador,
    ),
    Subcommand("appeal", "the decisions that members contest: review them", "local.appeal_command", _appeal),
    Subcommand("call", "who is called about what; take a call", "local.call_command", _call),
    Subcommand("duty", "who is called, until when, who is next; swaps and leave", "local.duty_command", _duty),
    Subcommand(
        "operation",
        "what a contest, an event or a campaign came to; articles, results and rulings entered by hand",
        "local.operation_command",
        _operation,
    ),
    Subcommand("report", "what a week or a month came to, and three suggestions", "local.report_command", _report),
    Subcommand("audit", "the ledger of decisions: export it, verify it anywhere", "local.audit_command", _audit),
    Subcommand("pause", "a thread, a post, a page or everything falls silent", "local.pause_command", _pause),
    Subcommand("resume", "…and speaks again", "local.pause_command", _resume),
)


def parser() -> ArgumentParser:
    """The parser of every subcommand."""
    top = ArgumentParser(
        prog="tribune",
        description="What a brand's community manager stands on. `tribune COMMAND --help` says more of each.",
        epilog="Exit codes: 0 done, 1 something was found or does not answer, 2 bad input, said in a sentence.",
    )
    words = top.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    for one in SUBCOMMANDS:
        one.arguments(_word(words, one.name, one.does))
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; answers the exit code."""
    given = parser().parse_args(arguments)
    try:
        return _run(given)
    except BrokenPipeError:
        # Whoever read our output has heard enough; Python must not complain of it while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:  # a file, or a folder that is not there
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        code = 2
    except TribuneError as error:
        print(error, file=sys.stderr)
        code = 2 if isinstance(error, BadConfiguration | NotFound) else 1
    except OverflowError:  # the years 1 and 9999 have no day before, or after, them
        print("no calendar reaches that far: write a day of our time", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    return code


def _run(given: Namespace) -> int:
    if given.subcommand == "serve" and given.print_config:
        sys.stdout.write(import_module("local.configuration").EXAMPLE_FILE.read_text(encoding="utf-8"))
        return 0
    module = import_module(next(one.module for one in SUBCOMMANDS if one.name == given.subcommand))
    return int(module.run(given))


if __name__ == "__main__":
    sys.exit(main())
