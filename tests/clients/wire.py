"""One connection to a server, and answers that are read as strictly as typed clients read them.

It knows HTTP and nothing of services and jobs. Only the standard library is used.
"""

import http.client
import json
import time
import urllib.parse

SILENCE_S = 20
"""How long a client waits for an answer."""


class Unexpected(Exception):
    """Another answer came than the description of the server promises."""


class Answer:
    """One answer, its body still as it came."""

    def __init__(self, request, response):
        self.request = request
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def expect(self, *statuses):
        """This answer, when it has one of those statuses."""
        if self.status not in statuses:
            raise Unexpected(f"{self.request}: {self.status} and not {statuses}: {self.body[:2000]!r}")
        return self

    def json(self):
        """The body, which must be JSON and say so."""
        kind = self.headers.get_content_type()
        if kind not in ("application/json", "application/problem+json"):
            raise Unexpected(f"{self.request}: the content type is {kind}")
        return json.loads(self.body)

    def empty(self):
        """Fails when there is a body."""
        if self.body:
            raise Unexpected(f"{self.request}: a body where none belongs: {self.body[:200]!r}")


class Connection:
    """A connection that is kept open from one request to the next."""

    def __init__(self, host, port, agent):
        self.connection = http.client.HTTPConnection(host, port, timeout=SILENCE_S)
        self.agent = agent

    def send(self, method, path, body=None, headers=()):
        """Sends exactly these headers beside `Host` and `User-Agent`: no length where there is no body."""
        for attempt in (1, 2):
            try:
                self.connection.putrequest(method, path, skip_accept_encoding=True)
                self.connection.putheader("User-Agent", self.agent)
                for name, value in headers:
                    self.connection.putheader(name, value)
                if body is not None:
                    self.connection.putheader("Content-Length", str(len(body)))
                self.connection.endheaders(body)
                return Answer(f"{method} {path}", self.connection.getresponse())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A connection that the server has closed meanwhile is replaced once, as every HTTP client does.
                self.connection.close()
                if attempt == 2:
                    raise


def place(base):
    """The host, the port and the path of a base address."""
    parts = urllib.parse.urlsplit(base)
    return parts.hostname, parts.port or 80, parts.path.rstrip("/")


def exactly(value, *keys):
    """The object, which has these keys and no other: a typed reader fails on one that it does not know."""
    if not isinstance(value, dict) or set(value) != set(keys):
        found = sorted(value) if isinstance(value, dict) else value
        raise Unexpected(f"the keys {sorted(keys)} were due: {found}")
    return value


def having(value, *keys):
    """The object, which has these keys and perhaps more."""
    if not isinstance(value, dict) or not set(keys) <= set(value):
        raise Unexpected(f"the keys {sorted(keys)} were due: {value}")
    return value


def same(what, found, due):
    """Fails when something else was found than was due."""
    if found != due:
        raise Unexpected(f"{what}: {found!r} and not {due!r}")


def eventually(what, probe):
    """What `probe` gives, as soon as it is not `None`."""
    end = time.monotonic() + 3 * SILENCE_S
    while time.monotonic() < end:
        found = probe()
        if found is not None:
            return found
        time.sleep(0.02)
    raise Unexpected(f"waited in vain for {what}")
