"""chDB, which is ClickHouse in a library: its tables, and our questions in its SQL.

Tables are as one would make them for speed: sorted, names as LowCardinality, ids as UUID; a raw event's session is even
a mere number. Of several ways to ask, the one that cost least is here.
"""

import json
import os

import chdb
from chdb import session as chdb_session

LISTS = "^(step|view|request)_"


def version():
    return chdb.__version__


def connect(directory, sessions, events):
    """Tables are there only where they were loaded; files of the lake are read as they are."""
    connection = chdb_session.Session(os.path.join(directory, "chdb"))
    connection.query("CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic")
    for name, files in {"lake_sessions": sessions, "lake_events": events}.items():
        if files:
            connection.query(f"CREATE OR REPLACE VIEW bench.{name} AS SELECT * FROM file('{files}', Parquet)")
    return connection


def load(directory, sessions, sequences):
    connection = connect(directory, None, None)
    if sequences:
        # DuckDB has made a file of them.
        made = os.path.join(directory, "events.parquet")
        connection.query(
            """CREATE TABLE bench.events (session UInt32, happened DateTime64(3, 'UTC'),
                kind LowCardinality(String), page LowCardinality(String))
            ENGINE = MergeTree ORDER BY (session, happened)"""
        )
        connection.query(f"INSERT INTO bench.events SELECT session, happened, kind, page FROM file('{made}', Parquet)")
        connection.query("OPTIMIZE TABLE bench.events FINAL")
    connection.query(
        f"""CREATE TABLE bench.sessions ENGINE = MergeTree ORDER BY start_at AS
        SELECT * REPLACE (toUUID(session_id) AS session_id, assumeNotNull(start_at) AS start_at,
            CAST(view_route, 'Array(LowCardinality(String))') AS view_route)
        FROM file('{sessions}', Parquet)"""
    )
    connection.query("OPTIMIZE TABLE bench.sessions FINAL")
    connection.close()


def rows(connection, statement):
    return connection.query(statement, "JSONCompact").bytes()


def plain(fetched):
    return json.loads(fetched)["data"]


def statement(question, layout):
    if layout == "events":
        asked = of_events(question)
    else:
        asked = of_sessions(question, {"sessions": "bench.sessions", "lake": "bench.lake_sessions"}[layout])
    return asked + " SETTINGS output_format_json_quote_64bit_integers = 0"


def of_events(question):
    asks = question["asks"]
    if asks == "list":
        by = "toUnixTimestamp64Milli(start_at)" if question["by"] == "start_at" else question["by"]
        return f"""
            SELECT *, {by} FROM (
                SELECT session, min(happened) AS start_at, dateDiff('millisecond', min(happened), max(happened)) AS duration_ms,
                       countIf(kind = 'page') AS n_page_views, countIf(kind = 'error') AS n_errors
                FROM bench.events GROUP BY session ORDER BY {question["by"]} DESC, start_at DESC
                LIMIT {question["limit"]})"""
    if asks == "funnel":
        conditions = ", ".join(f"kind = 'page' AND page = '{page}'" for page in question["pages"])
        counts = ", ".join(f"countIf(reached >= {nth + 1})" for nth in range(len(question["pages"])))
        return f"""SELECT {counts} FROM (
            SELECT windowFunnel(864000000)(toUInt64(toUnixTimestamp64Milli(happened)), {conditions}) AS reached
            FROM bench.events GROUP BY session)"""
    if asks == "transitions":
        return """SELECT page, next, count() FROM (
                SELECT page, leadInFrame(page) OVER (PARTITION BY session ORDER BY happened
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next
                FROM bench.events WHERE kind = 'page')
            GROUP BY page, next"""
    if asks == "paths":
        length, limit = question["length"], question["limit"]
        return f"""SELECT path, count() AS n FROM (
                SELECT groupArray(page) AS path FROM (
                    SELECT session, page FROM bench.events WHERE kind = 'page'
                    ORDER BY session, happened LIMIT {length} BY session)
                GROUP BY session)
            GROUP BY path ORDER BY n DESC LIMIT {limit}"""
    raise ValueError(asks)


def pairs(pages):
    """Each with the one after it, the last with nothing."""
    return f"arrayZip({pages}, arrayPushBack(arrayPopFront({pages}), ''))"


def of_sessions(question, table):
    asks = question["asks"]
    where = " AND ".join(["bot IS NULL", *in_range(question), *searched(question)])
    if asks == "sql":
        return question["sql"]["chdb"].replace("{sessions}", table).replace("{where}", where)
    if asks == "count":
        return f"SELECT count(), countIf(n_errors > 0) FROM {table} WHERE {where}"
    if asks == "list":
        by = question["by"]
        key = "toUnixTimestamp64Milli(start_at)" if by == "start_at" else by
        columns = "session_id, start_at, duration_ms, n_page_views, n_errors"
        if question["whole"]:
            columns = f"* EXCEPT('{LISTS}')"
        return f"""SELECT *, {key} FROM (SELECT {columns} FROM {table} WHERE {where}
            ORDER BY {by} DESC, start_at DESC LIMIT {question["limit"]})"""
    if asks == "histogram":
        edges = question["edges"]
        return f"""SELECT intDiv(toUnixTimestamp64Milli(start_at) - {edges[0]}, {edges[1] - edges[0]}) AS bucket, count()
            FROM {table} WHERE {where} GROUP BY bucket"""
    if asks == "session":
        return f"SELECT *, n_events FROM {table} WHERE session_id = '{question['id']}'"
    if asks == "events":
        return f"""SELECT at, seq, kind, path, route, body, context FROM bench.lake_events
            WHERE session_id = '{question["id"]}' ORDER BY at, tab_id, seq"""
    if asks == "funnel":
        return funnel(table, where, question["pages"])
    if asks == "transitions":
        return f"""SELECT step.1, step.2, count() FROM {table} ARRAY JOIN {pairs('view_route')} AS step
            WHERE {where} GROUP BY step.1, step.2"""
    if asks == "complete":
        return complete(table, where, question["column"], question["in_lists"], question["typed"])
    if asks == "paths":
        return f"""SELECT arraySlice(view_route, 1, {question["length"]}) AS path, count() AS n FROM {table}
            WHERE {where} AND notEmpty(view_route) GROUP BY path ORDER BY n DESC LIMIT {question["limit"]}"""
    raise ValueError(asks)


def funnel(table, where, pages):
    """Each step looks in what is left after the one before; where a page is not there, nothing is left."""
    inner = f"SELECT view_route AS rest0 FROM {table} WHERE {where}"
    counts = []
    for nth, page in enumerate(pages):
        rest = f"if(place{nth} > 0, arraySlice(rest{nth}, place{nth} + 1), [])"
        inner = f"SELECT *, indexOf(rest{nth}, '{page}') AS place{nth}, {rest} AS rest{nth + 1} FROM ({inner})"
        counts.append(f"countIf(place{nth} > 0)")
    return f"SELECT {', '.join(counts)} FROM ({inner})"


def complete(table, where, column, in_lists, typed):
    if not in_lists:
        held = f"position(lower({column}), '{typed}') > 0"
        return f"SELECT {column}, count() FROM {table} WHERE {where} AND {held} GROUP BY {column}"
    found = f"arrayDistinct(arrayFilter(word -> ifNull(position(lower(word), '{typed}'), 0) > 0, {column}))"
    return f"SELECT word, count() FROM {table} ARRAY JOIN {found} AS word WHERE {where} GROUP BY word"


def searched(question):
    search = question.get("search")
    return [f"({search['sql']['chdb']})"] if search else []


def in_range(question):
    if not question["range"]:
        return []
    since, until = question["range"]
    return [f"start_at >= fromUnixTimestamp64Milli({since}) AND start_at < fromUnixTimestamp64Milli({until})"]
