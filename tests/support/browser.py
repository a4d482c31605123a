"""A browser at the desk's door: keeps cookies, follows links, sends forms; and the provider that vouches for people."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from world import World

from local import provider
from local.twins import TwinAnswer, TwinRequest
from local.wire import Request
from tribune.aws import keys, secrets

HOST = "localhost"


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def field(self, name: str) -> str:
        """The value of the first hidden field of that name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body)
        assert found, f"no field {name} in {self.body}"
        return unescape(found[1])


@dataclass
class Browser:
    """Somebody's browser."""

    world: World
    host: str = HOST
    language: str = "fr"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, target: str, body: str = "", headers: dict[str, str] | None = None, *, origin: str = ""
    ) -> Answered:
        """One request, no redirection followed."""
        parts = urlsplit(target)
        sent = {"host": self.host, "accept": "text/html", "accept-language": self.language} | (headers or {})
        if method == "POST":
            sent = {
                "content-type": "application/x-www-form-urlencoded",
                "origin": origin or f"http://{self.host}",
            } | sent
        event = {
            "version": "2.0",
            "routeKey": f"{method} /desk/{{proxy+}}",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "queryStringParameters": dict(parse_qsl(parts.query, keep_blank_values=True)),
            "headers": sent,
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "requestContext": {"http": {"method": method, "path": parts.path}},
            "body": body,
            "isBase64Encoded": False,
        }
        answer = self.world.invoke("desk", event)
        for line in answer.get("cookies", ()):
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return Answered(answer["statusCode"], answer["headers"], tuple(answer.get("cookies", ())), answer["body"])

    def get(self, target: str, **headers: str) -> Answered:
        """A page."""
        return self.ask("GET", target, headers=headers)

    def json(self, target: str) -> Any:
        """What a program sees there."""
        answer = self.ask("GET", target, headers={"accept": "application/json"})
        assert answer.status == 200, answer.body
        return answer.json

    def send(self, target: str, page: Answered, **fields: str) -> Answered:
        """A form of a page: its proof comes along."""
        own = {name: page.field(name) for name in (("csrf", "rev") if "/case/" in target else ("csrf",))}
        return self.ask("POST", target, urlencode(own | fields))

    def sign_in(self, email: str, to: str = "/desk") -> Answered:
        """To the provider and back; the page one comes back to."""
        leaving = self.get(f"/desk/sign-in?{urlencode({'to': to})}")
        asked = urlsplit(leaving.headers["location"])
        vouched = self.world.twins[HOST].provider.handle(
            Request("POST", f"{asked.path}?{asked.query}", (), urlencode({"email": email}).encode())
        )
        assert vouched.status == 303, vouched.body
        return self.get(
            urljoin("/", urlsplit(dict(vouched.headers)["Location"])._replace(scheme="", netloc="").geturl())
        )


class ProviderTwin:
    """The provider where the desk's own requests reach it."""

    def __init__(self, world: World) -> None:
        self.provider = provider.Provider(f"http://{HOST}", lambda: world.now, list)

    def handle(self, request: TwinRequest) -> TwinAnswer:
        reply = self.provider.handle(Request(request.method, request.path, (), request.body))
        return TwinAnswer(reply.status, dict(reply.headers), reply.body)


def open_desk(world: World) -> None:
    """The world's desk: a team, somebody who vouches for it."""
    twin = ProviderTwin(world)
    world.twins[HOST] = twin
    secrets.put(
        keys.secret_path("test", "desk", "provider"),
        secrets.as_text({"issuer": twin.provider.issuer, "client_id": provider.CLIENT}),
    )
