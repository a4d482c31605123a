"""The desk with two hundred open cases on the local stack: how long a screen takes, and where the time goes.

Every screen is asked for thirty times over HTTP, signed in, once its function is warm. Beside it, in the same run, a bare
answer of the same function through the same door (its style sheet: no reading, no session). For each: the least and the
median time at the door, the processor time of the function, that of the stack around it (moto, its HTTP, ours), and the
AWS requests. On a busy machine the least and the processor times are what to look at.

`python -m bench.desk [--cases N] [--requests N]`
"""

import argparse
import http.client
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from local import configuration
from local.serve import applied
from local.stack import LocalStack
from tribune.aws import clients
from tribune.aws.journal import Journal
from tribune.desk.place import named
from tribune.journal import Changes, SaidWords
from tribune.platforms import generic
from tribune.workflow.deed import case_id

COMMUNITY, MANAGER = "garance", "marie@velosgarance.example"
MOST_MS = 300
"""Of server time, for the first screen."""
AT_ONCE = 40
"""Cases written in one transaction."""


@dataclass
class Visitor:
    """Somebody's browser: keeps cookies, follows nothing by itself."""

    stack: LocalStack
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, target: str, body: str = "") -> http.client.HTTPResponse:
        """One request; the body of the answer is read from it."""
        connection = http.client.HTTPConnection(urlsplit(self.stack.url).netloc, timeout=60)
        sent = {"accept": "text/html", "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            sent |= {"content-type": "application/x-www-form-urlencoded"}
        connection.request(method, target, body, sent)
        answer = connection.getresponse()
        for line in answer.headers.get_all("set-cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer

    def page(self, target: str) -> str:
        """A page. Raises AssertionError where there is none."""
        answer = self.ask("GET", target)
        text = answer.read().decode()
        assert answer.status == http.HTTPStatus.OK, (target, answer.status, text[:200])  # noqa: S101  a bench checks
        return text

    def sign_in(self, email: str) -> None:
        """To the provider and back."""
        leaving = self.ask("GET", "/desk/sign-in").headers["location"]
        asked = urlsplit(leaving)
        vouched = self.ask("POST", f"{asked.path}?{asked.query}", urlencode({"email": email}))
        back = urlsplit(vouched.headers["location"])
        self.ask("GET", f"{back.path}?{back.query}").read()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one address costs."""

    name: str
    least_ms: float
    median_ms: float
    function_ms: float
    """Processor time of the function's process, for each request."""
    around_ms: float
    """Processor time of everything else here: moto, its HTTP server, the door."""
    requests: float
    """To AWS."""
    bytes: int


def measured(stack: LocalStack, visitor: Visitor, name: str, target: str, n: int) -> Cost:
    """Ask `n` times, after two that warm up."""
    size = max(len(visitor.page(target).encode()) for _ in range(2))
    taken, calls = [], _calls(stack)
    function, around = _processor_s(_desk_pid(stack)), time.process_time()
    for _ in range(n):
        began = time.perf_counter()
        visitor.page(target)
        taken.append((time.perf_counter() - began) * 1000)
    return Cost(
        name=name,
        least_ms=min(taken),
        median_ms=statistics.median(taken),
        function_ms=(_processor_s(_desk_pid(stack)) - function) * 1000 / n,
        around_ms=(time.process_time() - around) * 1000 / n,
        requests=(_calls(stack) - calls) / n,
        bytes=size,
    )


def _desk_pid(stack: LocalStack) -> int:
    return next(one.pid for one in stack.functions.all() if one.function == "Desk")


def _processor_s(pid: int) -> float:
    """What a process has used, in seconds: every thread, to the nanosecond (Linux: `proc_pid_schedstat`)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _calls(stack: LocalStack) -> int:
    return sum(n for (function, _), n in list(stack.cloud.calls.items()) if function == "Desk")


def crowded(stack: LocalStack, cases: int) -> str:
    """So many open cases like one that really came; the short address of one."""
    example = configuration.read(configuration.EXAMPLE_FILE)
    applied(stack, example)
    channel = next(one for one in example.channels if one.platform == "generic")
    account = next(one for one in example.community.channels if one.platform == "generic").accounts[0].id
    now = stack.clock.now()
    data = {
        "id": "c-0",
        "text": "Où en est ma commande ? Deux semaines de retard, c'est long.",
        "created_at": now.isoformat(),
        "author": {"id": "u-0", "name": "Paul"},
        "thread": {"id": "t-0"},
        "space": account,
    }
    body = json.dumps({"type": "comment.created", "timestamp": now.isoformat(), "data": data}).encode()
    stack.deliver("/webhooks/generic", generic.sign(body, channel.verify["current"], now, "d-0"), body)
    stack.settle()
    tables = stack.created.tables()
    journal = Journal(clients.dynamodb(), tables["JournalTable"], tables["TextTable"], tables["CounterTable"], "bench")
    at = (COMMUNITY, "generic", account, "c-0")
    pk = f"{COMMUNITY}#object#generic#{account}#c-0"
    known = journal.read([{"pk": pk, "sk": sk} for sk in ("head", "case")])
    head, case = known.head(*at), known.case(*at)
    assert head is not None  # noqa: S101  it was decided
    assert case is not None  # noqa: S101  and waits
    for start in range(1, cases, AT_ONCE):
        names = [f"c-{number}" for number in range(start, min(start + AT_ONCE, cases))]
        heads = tuple(replace(head, object=one, thread=one, rev=1) for one in names)
        more = tuple(replace(case, object=one, thread=one, id=case_id((*at[:3], one)), rev=1) for one in names)
        until = now + timedelta(days=30)
        said = [SaidWords(*at[:3], one, head.v, "Et ma commande ? " * 12, until, author_name="Paul") for one in names]
        journal.keep_words(said, ())
        journal.commit(Changes(heads=heads, cases=more), now)
    return named(at)


def costs(cases: int, n: int) -> Iterator[Cost]:
    """The bare answer first."""
    with LocalStack() as stack:
        case = crowded(stack, cases)
        visitor = Visitor(stack)
        visitor.sign_in(MANAGER)
        here = f"/desk/{COMMUNITY}"
        sheet = re.search(r'href="(/desk/desk-[0-9a-f]+\.css)"', visitor.page(f"{here}/unanswered"))
        assert sheet is not None  # noqa: S101  every screen has one
        yield measured(stack, visitor, "a bare answer", unescape(sheet[1]), n)
        yield measured(stack, visitor, f"unanswered, {cases} cases", f"{here}/unanswered", n)
        yield measured(stack, visitor, "one case", f"{here}/case/{case}", n)
        for name in ("calls", "say", "charter", "engagement"):
            yield measured(stack, visitor, name, f"{here}/{name}", n)


def main() -> int:
    """Print a row for each screen; 1 where the first takes too long even at its best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--requests", type=int, default=30)
    asked = parser.parse_args()
    print(f"{'':>24} {'least':>8} {'median':>8} {'function':>9} {'around':>8} {'AWS':>5} {'KB':>6} {'ratio':>6}")
    rows: list[Cost] = []
    for one in costs(asked.cases, asked.requests):
        rows.append(one)
        print(
            f"{one.name:>24} {one.least_ms:6.0f}ms {one.median_ms:6.0f}ms {one.function_ms:7.0f}ms {one.around_ms:6.0f}ms "
            f"{one.requests:5.1f} {one.bytes / 1000:6.1f} {one.least_ms / rows[0].least_ms:6.1f}"
        )
    return int(rows[1].least_ms > MOST_MS)


if __name__ == "__main__":
    sys.exit(main())
