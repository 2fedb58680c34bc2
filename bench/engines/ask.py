"""Questions put to an engine that is not ours; run by `footpath-bench`, see `bench/src/engines.rs`.

    python ask.py ENGINE load --dir DIR --sessions GLOB [--sequences FILE]
    python ask.py ENGINE ask --dir DIR --sessions GLOB --events GLOB --layout LAYOUT [--once] < questions.json

Layouts are `events` (one row an event, loaded into the engine's own tables), `sessions` (our columns, loaded likewise)
and `lake` (our Parquet files as they are). What is printed is JSON: for each question its answer, in the form that is
the same for all engines, and what each time cost. CPU time is that of the whole process, all its threads.
"""

import argparse
import json
import resource
import sys
import time

import clickhouse
import duck

ENGINES = {"duckdb": duck, "chdb": clickhouse}
# As often as ours, in `bench/src/kernel/answer.rs` and `child.rs`.
WARM_UP, TIMES, SECONDS = 3, 9, 1.0
# What takes long is asked less often.
LONG_SECONDS, LONG_TIMES = 3.0, 3


def answer_of(question, rows):
    """The form that all answers have; see `Answer::json` in `bench/src/kernel/answer.rs`."""
    asks = question["asks"]
    if asks in ("count", "funnel"):
        return [int(number) for number in rows[0]]
    if asks == "list":
        # The last column is what they are ordered by.
        return [int(row[-1]) for row in rows]
    if asks == "histogram":
        edges, by_bucket = question["edges"], dict(rows)
        return [int(by_bucket.get(bucket, 0)) for bucket in range(len(edges) - 1)]
    if asks == "session":
        return [int(row[-1]) for row in rows]
    if asks == "events":
        return [len(rows)]
    if asks == "transitions":
        # None comes first, as in Rust.
        return sorted(
            ([before, after or None, int(n)] for before, after, n in rows),
            key=lambda row: (row[0], row[1] is not None, row[1]),
        )
    if asks == "complete":
        return sorted([value, int(n)] for value, n in rows)
    if asks == "sql":
        # What a report has besides is asked for, and not compared.
        compared = (list(row)[: question["compared"]] for row in rows)
        return sorted(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in compared)
    if asks == "paths":
        last = min((int(n) for _, n in rows), default=0)
        return sorted([list(path), int(n)] for path, n in rows if int(n) > last)
    raise ValueError(asks)


def ask(engine, connection, question, layout, once):
    statement = engine.statement(question, layout)
    began = time.perf_counter()
    for _ in range(0 if once else WARM_UP):
        engine.rows(connection, statement)
        if time.perf_counter() - began > SECONDS:
            break
    cpu_ms, wall_ms = [], []
    while not cpu_ms or not once and (len(cpu_ms) < TIMES or sum(wall_ms) < SECONDS * 1e3):
        if len(cpu_ms) >= LONG_TIMES and sum(wall_ms) > LONG_SECONDS * 1e3:
            break
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        rows = engine.rows(connection, statement)
        wall_ms.append((time.perf_counter_ns() - wall) / 1e6)
        cpu_ms.append((time.process_time_ns() - cpu) / 1e6)
    return {"answer": answer_of(question, engine.plain(rows)), "cpu_ms": cpu_ms, "wall_ms": wall_ms}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("do", choices=["load", "ask", "version"])
    parser.add_argument("--dir")
    parser.add_argument("--sessions")
    parser.add_argument("--events")
    parser.add_argument("--sequences")
    parser.add_argument("--layout", choices=["events", "sessions", "lake"])
    parser.add_argument("--once", action="store_true")
    args = parser.parse_args()
    engine = ENGINES[args.engine]
    if args.do == "version":
        print(engine.version())
        return
    if args.do == "load":
        engine.load(args.dir, args.sessions, args.sequences)
        return
    questions = json.load(sys.stdin)
    connection = engine.connect(args.dir, args.sessions, args.events)
    answers = {one["name"]: ask(engine, connection, one, args.layout, args.once) for one in questions}
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    json.dump({"answers": answers, "peak_bytes": peak_bytes}, sys.stdout)


if __name__ == "__main__":
    main()
