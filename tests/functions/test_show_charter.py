"""show_charter through its real door: HTTP API events in, pages out, from the tables of the template."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from local.resources import Stack
from tribune import written
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.charter import Charter
from tribune.community import Community
from tribune.duty import Person, Rota
from tribune.voice import Voice

CHARTER = """
title: {fr: Notre charte}
languages: [fr]
commitments:
  moderation_hours: {fr: en semaine}
  appeal_contact: charte@garance.example
  response_target: {minutes: 60, text: {fr: une heure}}
  appeal_delay: {minutes: 60, text: {fr: une heure}}
  temp_ban: {minutes: 60, text: {fr: une heure}}
  strike_ttl: {minutes: 60, text: {fr: une heure}}
  retention: {minutes: 60, text: {fr: une heure}}
clauses:
  - {number: 1, id: objet, kind: frame, title: {fr: Objet}, text: {fr: Bienvenue à tous.}}
"""


@pytest.fixture
def door(stack: Stack, function: Callable[[str], ModuleType]) -> Callable[..., dict[str, Any]]:
    """GETs a path of the community garance, whose charter is published."""
    garance = Community(
        id="garance",
        name="Vélos Garance",
        voice=Voice(team_signature={"fr": "L'équipe"}),
        rota=Rota(people=(Person(id="marie", name="Marie"),)),
    )
    Communities(stack.tables()["CommunityTable"]).write(garance)
    now = datetime.now(UTC)
    charter = written.load(CHARTER, Charter)
    Charters(stack.tables()["CharterTable"]).publish("garance", charter, effective_from=now, now=now)
    app = function("show_charter")

    def get(path: str, **headers: str) -> dict[str, Any]:
        event = {
            "version": "2.0",
            "routeKey": "GET /charter/{proxy+}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "requestContext": {"http": {"method": "GET", "path": path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = app.handler(event, None)
        return answer

    return get


def test_a_reader_is_led_to_the_charter_in_force_and_reads_it(door: Callable[..., dict[str, Any]]) -> None:
    found = door("/charter/garance", Accept_Language="en")
    assert (found["statusCode"], found["headers"]["location"]) == (302, "garance/v1/fr")
    page = door("/charter/garance/v1/fr")
    assert page["statusCode"] == 200
    assert page["headers"]["content-type"] == "text/html; charset=utf-8"
    assert "Bienvenue à tous." in page["body"]
    assert 'id="article-1"' in page["body"]


def test_the_version_that_a_reminder_cites_is_there_the_moment_it_is_published(
    door: Callable[..., dict[str, Any]], stack: Stack
) -> None:
    assert door("/charter/garance/v2/fr")["statusCode"] == 404
    now, charter = datetime.now(UTC), written.load(CHARTER.replace("Bienvenue à tous.", "Bienvenue ici."), Charter)
    Charters(stack.tables()["CharterTable"]).publish("garance", charter, effective_from=now, now=now)
    page = door("/charter/garance/v2/fr")
    assert (page["statusCode"], "Bienvenue ici." in page["body"]) == (200, True)


def test_a_reader_who_has_the_page_already_is_told_so(door: Callable[..., dict[str, Any]]) -> None:
    page = door("/charter/garance/v1/fr")
    assert door("/charter/garance/v1/fr", If_None_Match=page["headers"]["etag"])["statusCode"] == 304


def test_machines_read_json(door: Callable[..., dict[str, Any]]) -> None:
    assert door("/charter/garance/v1.json")["headers"]["content-type"] == "application/json"


def test_what_does_not_exist_is_a_page_too(door: Callable[..., dict[str, Any]]) -> None:
    page = door("/charter/garance/v7/fr")
    assert page["statusCode"] == 404
    assert page["headers"]["content-type"].startswith("text/html")


def test_headers_are_found_whatever_their_case_and_none_is_needed(door: Callable[..., dict[str, Any]]) -> None:
    assert door("/charter")["statusCode"] == 302
    assert door("/charter/garance/v1", accept_LANGUAGE="fr")["headers"]["location"] == "v1/fr"
