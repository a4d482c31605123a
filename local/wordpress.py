"""A real WordPress on this machine, with our plugin in it: Debian's packages, a database of its own, nothing kept.

`make wordpress` runs it beside `tribune serve`; the test of the plugin does the same. Everything lives in one folder
that is thrown away, and nothing listens anywhere but on the loopback.
"""
# ruff: noqa: S603  the programs started here are named in NEEDED, and nothing a stranger wrote is part of them

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import yaml

from local.configuration import EXAMPLE_FILE, read
from local.serve import serve
from tribune.errors import BadConfiguration, Unavailable

SOURCE = Path("/usr/share/wordpress")
PLUGIN = Path(__file__).resolve().parents[1] / "wordpress" / "tribune.php"
OURS = Path(__file__).resolve().parent / "site"
NEEDED = ("php", "mariadbd", "mariadb-install-db")
STARTS_WITHIN_S = 60.0
SPACE = "blog-wordpress"
SECRET = "whsec_bG9jYWwtdGVzdC1zZWNyZXQtZm9yLXdvcmRwcmVzcy0="  # noqa: S105  for this machine only


@dataclass(frozen=True, slots=True)
class Site:
    """A running blog: where it is, and what Tribune needs to act on it."""

    url: str
    user: str
    password: str
    """The application password of Tribune's user."""

    @property
    def rest_url(self) -> str:
        """Where its REST API begins; the site has no pretty addresses, which is the harder case."""
        return f"{self.url}/?rest_route="

    def say(self, text: str, *, name: str = "Nadia", post: int = 1, parent: int = 0) -> None:
        """Write a comment the way a visitor does, through the form under the post. Raises Unavailable."""
        form = {
            "comment": text,
            "author": name,
            "email": f"membre-{name.encode().hex()}@membre.example",
            "comment_post_ID": post,
            "comment_parent": parent,
        }
        status, body = self._ask("POST", "/wp-comments-post.php", urlencode(form).encode())
        if status != HTTPStatus.FOUND:  # WordPress leads back to the page
            raise Unavailable(f"WordPress did not take the comment ({status}): {body[:200].decode(errors='replace')}")

    def comments(self, *, parent: int | None = None) -> list[dict[str, object]]:
        """The comments that the public can read, the oldest first; those under one comment. Raises Unavailable."""
        query = "&order=asc" + (f"&parent={parent}" if parent is not None else "")
        status, body = self._ask("GET", f"/?rest_route=/wp/v2/comments{query}")
        if status != HTTPStatus.OK:
            raise Unavailable(f"WordPress does not show its comments ({status})")
        found: list[dict[str, object]] = json.loads(body)
        return found

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        try:
            headers = {"content-type": "application/x-www-form-urlencoded"} if body is not None else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def configured(site: Site) -> str:
    """The example's configuration with this site as its WordPress."""
    configuration = yaml.safe_load(EXAMPLE_FILE.read_text(encoding="utf-8"))
    others = [channel for channel in configuration["channels"] if channel["platform"] != "wordpress"]
    configuration["channels"] = [
        *others,
        {
            "platform": "wordpress",
            "accounts": [{"id": SPACE, "space": SPACE, "name": "le WordPress de Garance"}],
            "verify": {"current": SECRET},
            "act": {"rest_url": site.rest_url, "user": site.user, "password": site.password},
        },
    ]
    return yaml.safe_dump(configuration, allow_unicode=True, sort_keys=False)


def main() -> int:
    """A blog and `tribune serve`, each knowing the other, until somebody ends it."""
    port = free_port()
    try:
        with running(f"http://127.0.0.1:{port}/webhooks/wordpress", SECRET, SPACE) as site:
            file = Path(tempfile.gettempdir()) / f"tribune-wordpress-{port}.yaml"
            file.write_text(configured(site), encoding="utf-8")
            print(f"write a comment: {site.url}/?p=1", file=sys.stderr)
            try:
                return serve(read(file), port)
            finally:
                file.unlink()
    except (Unavailable, BadConfiguration) as problem:
        print(problem, file=sys.stderr)
        return 1


def missing() -> str:
    """What this machine lacks to run WordPress, in a sentence; empty when nothing does."""
    lacking = [name for name in NEEDED if shutil.which(name, path=_path()) is None]
    if not (SOURCE / "wp-load.php").is_file():
        lacking.append("wordpress")
    if not lacking:
        return ""
    return f"no {', '.join(lacking)} here: apt-get install wordpress mariadb-server php-cli php-mysql brings them"


@contextmanager
def running(tribune_url: str, secret: str, space: str) -> Iterator[Site]:
    """A blog that tells `tribune_url` about its comments while this lasts. Raises Unavailable."""
    if lacking := missing():
        raise Unavailable(lacking)
    with tempfile.TemporaryDirectory(prefix="tribune-wordpress-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        started: list[subprocess.Popen[bytes]] = []
        try:
            started.append(_database(folder))
            port = free_port()
            _put_in_place(folder, port, tribune_url, secret, space)
            password = _installed(folder)
            started.append(_server(folder, port))
            _wait_for(port, started[-1])
            yield Site(f"http://127.0.0.1:{port}", "tribune", password)
        finally:
            for process in reversed(started):
                os.killpg(process.pid, signal.SIGTERM)  # PHP's workers too
            for process in reversed(started):
                process.wait(timeout=30)


def _path() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))


def _run(*command: str, folder: Path) -> bytes:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": _path()}, capture_output=True, check=False, timeout=120
    )
    if done.returncode:
        raise Unavailable(f"{command[0]} failed: {done.stderr[-400:].decode(errors='replace')}")
    return done.stdout


def _database(folder: Path) -> subprocess.Popen[bytes]:
    """A database that only this folder's socket reaches."""
    data, own = folder / "data", ["--no-defaults", f"--datadir={folder / 'data'}"]
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    _run("mariadb-install-db", *own, *as_root, "--auth-root-authentication-method=normal", folder=folder)
    command = ["mariadbd", *own, *as_root, "--skip-networking", "--skip-grant-tables", f"--socket={folder / 'db.sock'}"]
    process = _started(command, data, folder / "database.log")
    _until((folder / "db.sock").exists, process, "the database")
    return process


def _put_in_place(folder: Path, port: int, tribune_url: str, secret: str, space: str) -> None:
    site = folder / "site"
    # Copied, not linked: WordPress takes the folder its files really stand in for its own.
    shutil.copytree(SOURCE, site, ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("wp-config*.php"))
    plugins = site / "wp-content" / "mu-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for file in (PLUGIN, OURS / "one-machine.php"):
        shutil.copy(file, plugins / file.name)
    written = {
        "DB_NAME": "wordpress",
        "DB_USER": "root",
        "DB_PASSWORD": "",
        "DB_HOST": f"localhost:{folder / 'db.sock'}",
        "DB_CHARSET": "utf8mb4",
        "DB_COLLATE": "",
        # Application passwords over plain HTTP, on this machine only.
        "WP_ENVIRONMENT_TYPE": "local",
        "WP_HOME": f"http://127.0.0.1:{port}",
        "WP_SITEURL": f"http://127.0.0.1:{port}",
        "WP_CONTENT_DIR": str(site / "wp-content"),
        # Nothing leaves the machine: no update is looked for, no avatar, no mail.
        "WP_HTTP_BLOCK_EXTERNAL": True,
        "WP_ACCESSIBLE_HOSTS": "127.0.0.1",
        "AUTOMATIC_UPDATER_DISABLED": True,
        "TRIBUNE_URL": tribune_url,
        "TRIBUNE_SECRET": secret,
        "TRIBUNE_SPACE": space,
    }
    lines = [
        f"define( {json.dumps(key)}, json_decode( {_php(json.dumps(value))} ) );" for key, value in written.items()
    ]
    config = "\n".join(
        ["<?php", *lines, "$table_prefix = 'wp_';", "defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );",
         "require_once ABSPATH . 'wp-settings.php';", ""]
    )  # fmt: skip
    (site / "wp-config.php").write_text(config, encoding="utf-8")


def _php(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _installed(folder: Path) -> str:
    """Create the tables, a post, Tribune's user; its application password."""
    script = folder / "install.php"
    script.write_bytes((OURS / "install.php").read_bytes())
    return _run("php", str(script), str(folder / "db.sock"), folder=folder / "site").decode().strip().splitlines()[-1]


def _server(folder: Path, port: int) -> subprocess.Popen[bytes]:
    # Several workers: the plugin may speak to us while we speak to the site.
    command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(folder / "site")]
    return _started(command, folder / "site", folder / "server.log", PHP_CLI_SERVER_WORKERS="4")


def _started(command: list[str], folder: Path, log: Path, **more: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as written:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PATH": _path(), **more},
            stdout=subprocess.DEVNULL,
            stderr=written,
            start_new_session=True,
        )


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _until(answers, process, "WordPress")


def _until(ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise Unavailable(f"{what} did not start")
        time.sleep(0.05)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
