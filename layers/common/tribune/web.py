"""The network edge: the only HTTP client. Sends what platform modules and managers prepared.

It tells apart what certainly did not leave from what may have: everything about not answering twice hangs on that.
"""

from functools import cache

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
)

from tribune.channel import HttpAnswer, HttpCall
from tribune.errors import NotSent, PerhapsSent

LONGEST_WAIT = 10.0
"""Seconds that we wait for a platform, at most."""


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False, maxsize=4)


def send(call: HttpCall, seconds: float) -> HttpAnswer:
    """Send once, without following redirects. Raises NotSent when nothing left, PerhapsSent when we cannot know."""
    wait = max(0.5, min(LONGEST_WAIT, seconds))
    try:
        answer = _pool().request(
            call.method,
            call.url,
            body=call.body,
            headers=dict(call.headers),
            timeout=urllib3.Timeout(connect=min(3.0, wait), total=wait),
            redirect=False,
        )
    except (ConnectTimeoutError, NewConnectionError, NameResolutionError) as error:
        raise NotSent(type(error).__name__) from error
    except HTTPError as error:
        raise PerhapsSent(type(error).__name__) from error
    return HttpAnswer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.data)
