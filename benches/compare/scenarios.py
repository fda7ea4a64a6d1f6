"""What is measured of a function, each time in the same way for all."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

import answers
import pool
import throttle
from contestants import Contestant
from function import ALL_CPUS, Function, FunctionFailed, Reply, started

# A measure's name and its value, in the unit that the name ends with.
Measures = dict[str, float]

# After these a just-in-time compiler has seen everything once.
WARM_UP = 1500

# Lambda's smallest size, in MB.
SMALLEST = 128

# By itself the function answers for the requested method alone when everything takes more than 8 KiB: here 17 KiB.
WHOLE_POLICY = {"POLICY_BUDGET_BYTES": "32768"}

# The last CPU is the function's alone, when there is more than one; what measures stays on the others.
FUNCTIONS_CPU = {max(ALL_CPUS)}


@dataclass(frozen=True)
class Events:
    """Events of each kind, with what they should be answered. No token is in two events of a process."""

    first: bytes
    warm_up: list[bytes]
    kinds: dict[str, tuple[list[bytes], str]]
    every_scope: list[bytes]

    @classmethod
    def of(cls, user_pool: pool.Pool, count: int) -> Events:
        token = pool.token_event
        half = count // 2
        kinds = {
            "TOKEN": ([token(one) for one in user_pool.tokens(count)], "allow"),
            "bad signature": ([token(one) for one in pool.tampered(user_pool.tokens(half))], "unauthorized"),
            "deny": ([token(one) for one in user_pool.tokens(half, "openid profile/read")], "deny"),
            "REQUEST": ([pool.request_event(one) for one in user_pool.tokens(half)], "allow"),
        }
        every_scope = [token(one) for one in user_pool.tokens(half, pool.EVERY_SCOPE)]
        return cls(token(user_pool.token()), [token(one) for one in user_pool.tokens(WARM_UP)], kinds, every_scope)


class Scenarios:
    """The scenarios over one pool and its endpoint."""

    def __init__(self, folder: Path, events: Events, endpoint: pool.KeyEndpoint) -> None:
        self._folder = folder
        self._events = events
        self._endpoint = endpoint
        # Where the documents lie that this function is told of.
        for routes in (10, 300):
            (folder / f"permissions-{routes}.json").write_bytes(pool.permissions(routes))

    def _started(self, contestant: Contestant, keys: dict[str, str], routes: int = 10, cpus: set[int] = FUNCTIONS_CPU):
        document = {"PERMISSIONS_FILE": f"permissions-{routes}.json"} if contestant.reads_document else {}
        return started(contestant.command, self._folder, contestant.settings | document | keys, cpus)

    def round(self, contestant: Contestant, colds: int) -> Measures:
        found = self._cold(contestant, "cold, keys fetched", contestant.fetching, colds)
        if contestant.from_file is not None:
            found |= self._cold(contestant, "cold, keys from a file", contestant.from_file, colds)
        if throttle.is_possible():
            found |= self._cold(contestant, f"cold at {SMALLEST} MB, keys fetched", contestant.fetching, colds, SMALLEST)
        return found | self._warm(contestant)

    def _cold(
        self, contestant: Contestant, name: str, keys: dict[str, str], times: int, memory: int | None = None
    ) -> Measures:
        walls, cpus = [], []
        for _ in range(times):
            with self._started(contestant, keys) as function:
                init_ns = function.await_next()
                with throttle.throttled(function.pid, memory):
                    reply = function.invoke(self._events.first)
                walls.append((init_ns + reply.wall_ns) / 1e6)
                cpus.append(function.cpu_ns() / 1e6)
                answers.check(reply, pool.METHOD, contestant.expected("allow"))
        wall = {f"{name}: wall ms": statistics.median(walls)}
        return wall if memory else wall | {f"{name}: CPU ms": statistics.median(cpus)}

    def _warm(self, contestant: Contestant) -> Measures:
        found: Measures = {}
        with self._started(contestant, contestant.fetching) as function:
            self._answered(contestant, function, self._events.warm_up, "allow")
            for kind, (events, outcome) in self._events.kinds.items():
                found |= self._series(contestant, function, kind, events, outcome)
            every_scope = self._events.every_scope
            found |= self._series(contestant, function, "every scope, 10 routes", every_scope, "allow")
            found["after all these events: RSS MiB"] = function.memory_kib("VmRSS") / 1024
        if contestant.reads_document:
            found |= self._large_document(contestant, "every scope, 300 routes, above the budget", {})
            found |= self._large_document(contestant, "every scope, 300 routes, whole policy", WHOLE_POLICY)
        return found

    def _large_document(self, contestant: Contestant, name: str, budget: dict[str, str]) -> Measures:
        with self._started(contestant, contestant.fetching | budget, routes=300) as function:
            self._answered(contestant, function, self._events.warm_up, "allow")
            return self._series(contestant, function, name, self._events.every_scope, "allow")

    def _series(
        self, contestant: Contestant, function: Function, kind: str, events: list[bytes], outcome: str
    ) -> Measures:
        before = function.cpu_ns()
        replies = self._answered(contestant, function, events, outcome)
        cpu_us = (function.cpu_ns() - before) / len(events) / 1e3
        walls = sorted(reply.wall_ns / 1e3 for reply in replies)
        found = {f"{kind}: CPU us": cpu_us, f"{kind}: p50 us": statistics.median(walls)}
        if kind == "TOKEN":
            found[f"{kind}: p99 us"] = walls[len(walls) * 99 // 100]
        return found

    def _answered(self, contestant: Contestant, function: Function, events: list[bytes], outcome: str) -> list[Reply]:
        replies = [function.invoke(event) for event in events]
        for reply in replies:
            answers.check(reply, pool.METHOD, contestant.expected(outcome))
        return replies

    def large_answer(self, contestant: Contestant) -> Measures:
        """Peak memory when the key endpoint answers with far too much. Nothing may be allowed then."""
        self._endpoint.is_large = True
        try:
            with self._started(contestant, contestant.fetching) as function:
                outcome = answers.outcome(function.invoke(self._events.first), pool.METHOD)
                if outcome == "allow":
                    raise FunctionFailed("allowed a token without having a key")
                return {"key endpoint answers 256 MiB: peak RSS MiB": function.memory_kib("VmHWM") / 1024}
        finally:
            self._endpoint.is_large = False

    def throughput(self, contestant: Contestant, at_once: int) -> tuple[float, float]:
        """Events a second when the function takes so many at a time, on whatever CPU is free; CPU us for each."""
        concurrency = {"AWS_LAMBDA_MAX_CONCURRENCY": str(at_once)} if at_once > 1 else {}
        events, outcome = self._events.kinds["TOKEN"]
        with self._started(contestant, contestant.fetching | concurrency, cpus=ALL_CPUS) as function:
            function.flood(self._events.warm_up)
            before = function.cpu_ns()
            replies, elapsed_ns = function.flood(events)
            cpu_ns = function.cpu_ns() - before
            for reply in replies:
                answers.check(reply, pool.METHOD, contestant.expected(outcome))
        return len(events) / (elapsed_ns / 1e9), cpu_ns / len(events) / 1e3
