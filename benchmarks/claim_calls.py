"""What the next call costs over HTTP, beside a bare Django view that does the same.

    python -m benchmarks.claim_calls [--quick]

In one database with millions of follow-ups, from two web servers that are set up alike
(gunicorn as it is deployed: two workers with four threads). Short bursts take turns, so
that other work on the machine meets both. In a burst every agent, each signed in with
a session, asks once; between the bursts those who were handed out leave the queue.

What a request computes, in the web server and in PostgreSQL on the same machine, does
not depend on other work: its share says more than requests a second on a busy machine.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from benchmarks.callback_room import Size, fill
from benchmarks.database import own_database, refresh_statistics, url_of_own
from benchmarks.load import Burst, Server, processor_seconds, send, serve
from followups.models import QueuedCall
from hospital.models import Role, User

CLIENTS = (1, 8, 32)
AGENTS = 512
BURST = 128
ROUNDS = 8
SERVED = {
    "DEMO_MODE": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "127.0.0.1",
    # At whatever hour it is measured.
    "CALL_DAY_PARTS": "always=00:00-24:00",
    "CALL_ON_HOLIDAYS": "1",
    "CONN_MAX_AGE": "3600",  # so that every connection is there until the end
}
TOKEN = "a" * 32  # against forgery: the one of the cookie, sent once more
Agent = tuple[int, str]  # the person's key and that of the session


@dataclass(frozen=True)
class Target:
    """A view that hands out calls, and how it is asked."""

    name: str
    path: str
    status: int
    headers: str = ""

    def ask(self, agent: Agent) -> bytes:
        pk, session = agent
        lines = f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.headers}\r\n"
        return lines.format(agent=pk, session=session, token=TOKEN).encode()


@dataclass
class Sum:
    """All bursts against one target by so many clients."""

    seconds: float = 0
    in_server: float = 0
    in_database: float = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, burst: Burst) -> None:
        self.seconds += burst.seconds
        self.latencies += burst.latencies

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cost(self) -> float:
        """Seconds of a processor for a request."""
        return (self.in_server + self.in_database) / len(self.latencies)

    def shown(self, product: "Sum") -> str:
        ordered = sorted(self.latencies)
        last = ordered[len(ordered) * 19 // 20]
        server, database = (
            1000 * seconds / len(ordered)
            for seconds in (self.in_server, self.in_database)
        )
        return (
            f"{self.rate:>11.0f}{product.rate / self.rate:>12.2f}x"
            f"{1000 * median(ordered):>11.1f}{1000 * last:>9.1f}"
            f"{server:>10.2f}{database:>9.2f}{self.cost / product.cost:>12.2f}x"
        )


EMPTY = "Content-Length: 0\r\n"
PRODUCT = Target(
    "product",
    "/calls/next/",
    302,
    f"{EMPTY}Accept-Language: zh-CN\r\nX-CSRFToken: {{token}}\r\n"
    "Cookie: sessionid={session}; csrftoken={token}\r\n",
)
BARE = Target("bare", "/sql/{agent}/", 204, EMPTY)
BARE_BY_ORM = Target("bare by ORM", "/orm/{agent}/", 204, EMPTY)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.claim_calls")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    is_quick = parser.parse_args().quick
    with own_database("measured_claims"):
        fill(Size().tenth() if is_quick else Size())
        agents = sign_in()
        refresh_statistics()
        now_ready = QueuedCall.objects.filter(needs_number=False, attempts=0).count()
        print(f"ready {now_ready}, in the queue {QueuedCall.objects.count()}")
        measure(agents, 2 if is_quick else ROUNDS)
    return 0


def measure(agents: Sequence[Agent], rounds: int) -> None:
    env = SERVED | {"DATABASE_URL": url_of_own()}
    with (
        serve("service_center.wsgi", env) as product,
        serve("benchmarks.bare:application", env) as bare,
    ):
        servers = {PRODUCT: product, BARE: bare, BARE_BY_ORM: bare}
        _let_them(servers, agents, clients=max(CLIENTS), rounds=2)  # to warm up
        print(
            f"{'clients':>7}  {'view':<12}{'requests/s':>11}{'product is':>13}"
            f"{'median ms':>11}{'95th ms':>9}{'server':>10}{'database':>9}"
            f"{'product is':>13}"
        )
        for clients in CLIENTS:
            sums = _let_them(servers, agents, clients=clients, rounds=rounds)
            for target, measured in sums.items():
                line = f"{clients:>7}  {target.name:<12}{measured.shown(sums[PRODUCT])}"
                print(line, flush=True)


def _let_them(
    servers: Mapping[Target, Server],
    agents: Sequence[Agent],
    *,
    clients: int,
    rounds: int,
) -> dict[Target, Sum]:
    sums = {target: Sum() for target in servers}
    for number in range(rounds):
        first = number * BURST % AGENTS
        asking = agents[first : first + BURST]
        for target, server in servers.items():
            requests = [target.ask(agent) for agent in asking]
            in_server, in_database = _computed(server)
            sums[target].add(send(server.port, requests, target.status, clients))
            until_server, until_database = _computed(server)
            sums[target].in_server += until_server - in_server
            sums[target].in_database += until_database - in_database
            _finish({pk for pk, __ in asking})
    return sums


def _computed(server: Server) -> tuple[float, float]:
    """What the server and all connections to the database have computed so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        backends = [pid for (pid,) in cursor.fetchall()]
    return processor_seconds(server.processes()), processor_seconds(backends)


def _finish(askers: set[int]) -> None:
    """Each has somebody in hand, and nobody two; those leave the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM followups_queuedcall WHERE claimed_by_id IS NOT NULL"
            " RETURNING claimed_by_id"
        )
        holders = [holder for (holder,) in cursor.fetchall()]
    if len(holders) != len(askers) or set(holders) != askers:
        raise SystemExit(f"{len(holders)} calls in the hands of {len(askers)}")


def sign_in() -> list[Agent]:
    """Agents with a session each."""
    users = User.objects.bulk_create(
        User(
            employee_number=f"A{n}",
            name=f"回访员{n}",
            roles=[Role.CALLBACK_AGENT],
            password=f"!{n}",
        )
        for n in range(AGENTS)
    )
    return [(user.pk, _session_of(user)) for user in users]


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key or ""


if __name__ == "__main__":
    sys.exit(main())
