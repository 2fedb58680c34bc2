"""DuckDB: its tables, and our questions in its SQL.

Tables are as one would make them for speed: sorted, names as ENUM, ids as UUID; a raw event's session is even a mere
number. Of several ways to ask, the one that cost least is here.
"""

import os

import duckdb

# What the lists hold that a list of sessions does not show.
LISTS = "c LIKE 'step\\_%' ESCAPE '\\' OR c LIKE 'view\\_%' ESCAPE '\\' OR c LIKE 'request\\_%' ESCAPE '\\'"


def version():
    return duckdb.__version__


def file_of(directory):
    return os.path.join(directory, "duckdb.db")


def connect(directory, sessions, events):
    """Tables are read only where they were loaded; files of the lake are read as they are."""
    database = file_of(directory)
    connection = duckdb.connect(database, read_only=True) if os.path.exists(database) else duckdb.connect()
    lake = {"lake_sessions": sessions, "lake_events": events}
    for name, files in lake.items():
        if files:
            connection.execute(
                f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet('{files}', hive_partitioning = false)"
            )
    return connection


def load(directory, sessions, sequences):
    connection = duckdb.connect(file_of(directory))
    if sequences:
        load_events(connection, sequences)
    connection.execute(
        f"""CREATE TYPE route AS ENUM (
            SELECT DISTINCT unnest(view_route) FROM read_parquet('{sessions}') ORDER BY 1)"""
    )
    connection.execute(
        f"""CREATE TABLE sessions AS
            SELECT * REPLACE (session_id::UUID AS session_id, view_route::route[] AS view_route)
            FROM read_parquet('{sessions}', hive_partitioning = false) ORDER BY start_at"""
    )
    connection.execute("CHECKPOINT")
    connection.close()


def load_events(connection, sequences):
    """The n-th line of numbers is the n-th session: a page view each, five seconds apart."""
    lines = f"read_csv('{sequences}', columns = {{'line': 'VARCHAR'}}, header = false, delim = '\\0', quote = '')"
    connection.execute(f"CREATE TEMP TABLE lines AS SELECT row_number() OVER () AS nth, trim(line) AS line FROM {lines}")
    names = connection.execute("SELECT line FROM lines WHERE line LIKE 'frontpage %'").fetchone()[0].split()
    listed = ", ".join(f"'{name}'" for name in names)
    connection.execute(f"CREATE TYPE page AS ENUM ({listed})")
    connection.execute("CREATE TYPE kind AS ENUM ('page', 'error')")
    connection.execute(
        f"""CREATE TABLE events AS
        WITH sessions AS (
            SELECT row_number() OVER (ORDER BY nth) - 1 AS session, string_split(line, ' ') AS pages
            FROM lines WHERE line SIMILAR TO '[0-9].*'
        ), viewed AS (
            SELECT session, unnest(pages) AS page, generate_subscripts(pages, 1) AS nth,
                   session * 86400000 // (SELECT count(*) FROM sessions) AS start FROM sessions
        )
        SELECT session::UINTEGER AS session, make_timestamp_ms(start + 5000 * (nth - 1)) AS happened,
               'page'::kind AS kind, ([{listed}])[page::INTEGER]::page AS page
        FROM viewed ORDER BY session, happened"""
    )
    connection.execute(f"COPY events TO '{events_file(connection)}'")


def events_file(connection):
    database = connection.execute("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchone()[0]
    return os.path.join(os.path.dirname(database), "events.parquet")


def rows(connection, statement):
    return connection.execute(statement).fetchall()


def plain(fetched):
    return fetched


def statement(question, layout):
    if layout == "events":
        return of_events(question)
    table = {"sessions": "sessions", "lake": "lake_sessions"}[layout]
    return of_sessions(question, table)


def of_events(question):
    asks = question["asks"]
    if asks == "list":
        by = "epoch_ms(start_at)" if question["by"] == "start_at" else question["by"]
        return f"""
            SELECT *, {by} FROM (
                SELECT session, min(happened) AS start_at, date_diff('millisecond', min(happened), max(happened)) AS duration_ms,
                       count(*) FILTER (kind = 'page') AS n_page_views, count(*) FILTER (kind = 'error') AS n_errors
                FROM events GROUP BY session ORDER BY {question["by"]} DESC, start_at DESC LIMIT {question["limit"]})"""
    if asks == "funnel":
        steps, before = [], None
        for nth, page in enumerate(question["pages"]):
            joined = f"JOIN step{before} USING (session)" if nth else ""
            after = f"AND events.happened > step{before}.reached" if nth else ""
            steps.append(
                f"""step{nth} AS (SELECT session, min(happened) AS reached FROM events {joined}
                WHERE kind = 'page' AND page = '{page}' {after} GROUP BY session)"""
            )
            before = nth
        counts = ", ".join(f"(SELECT count(*) FROM step{nth})" for nth in range(len(steps)))
        return f"WITH {', '.join(steps)} SELECT {counts}"
    if asks == "transitions":
        return """
            SELECT page, next, count(*) FROM (
                SELECT page, lead(page) OVER (PARTITION BY session ORDER BY happened) AS next FROM events WHERE kind = 'page')
            GROUP BY page, next"""
    if asks == "paths":
        length, limit = question["length"], question["limit"]
        return f"""
            SELECT path, count(*) AS n FROM (
                SELECT arg_min(page, happened, {length}) AS path FROM events WHERE kind = 'page' GROUP BY session)
            GROUP BY path ORDER BY n DESC LIMIT {limit}"""
    raise ValueError(asks)


def of_sessions(question, table):
    asks = question["asks"]
    where = " AND ".join(["bot IS NULL", *in_range(question), *searched(question)])
    if asks == "sql":
        return question["sql"]["duckdb"].replace("{sessions}", table).replace("{where}", where)
    if asks == "count":
        return f"SELECT count(*), count(*) FILTER (n_errors > 0) FROM {table} WHERE {where}"
    if asks == "list":
        by = question["by"]
        key = "epoch_ms(start_at)" if by == "start_at" else by
        columns = "session_id, start_at, duration_ms, n_page_views, n_errors"
        if question["whole"]:
            columns = f"COLUMNS(lambda c: NOT ({LISTS}))"
        shown = "SELECT * REPLACE (epoch_ms(start_at) AS start_at"
        shown += ", epoch_ms(end_at) AS end_at)" if question["whole"] else ")"
        return f"""{shown}, {key} FROM (SELECT {columns} FROM {table} WHERE {where}
            ORDER BY {by} DESC, start_at DESC LIMIT {question["limit"]})"""
    if asks == "histogram":
        edges = question["edges"]
        return f"""SELECT (epoch_ms(start_at) - {edges[0]}) // {edges[1] - edges[0]} AS bucket, count(*)
            FROM {table} WHERE {where} GROUP BY bucket"""
    if asks == "session":
        return f"SELECT COLUMNS(lambda c: c NOT LIKE '%\\_at' ESCAPE '\\'), n_events FROM {table} WHERE session_id = '{question['id']}'"
    if asks == "events":
        return f"""SELECT epoch_ms("at"), seq, kind, path, route, body, context FROM lake_events
            WHERE session_id = '{question["id"]}' ORDER BY "at", tab_id, seq"""
    if asks == "funnel":
        return funnel(table, where, question["pages"])
    if asks == "transitions":
        return f"""
            SELECT route, next, count(*) FROM (
                SELECT unnest(view_route) AS route, unnest(list_append(view_route[2:], NULL)) AS next
                FROM {table} WHERE {where} AND len(view_route) > 0)
            GROUP BY route, next"""
    if asks == "complete":
        return complete(table, where, question["column"], question["in_lists"], question["typed"])
    if asks == "paths":
        return f"""SELECT view_route[1:{question["length"]}] AS path, count(*) AS n FROM {table}
            WHERE {where} AND len(view_route) > 0 GROUP BY path ORDER BY n DESC LIMIT {question["limit"]}"""
    raise ValueError(asks)


def funnel(table, where, pages):
    """Each step looks in what is left after the one before; where a page is not there, nothing is left."""
    inner = f"SELECT view_route AS rest FROM {table} WHERE {where}"
    counts = []
    for nth, page in enumerate(pages):
        inner = f"""SELECT * EXCLUDE (rest, place), place > 0 AS reached{nth}, rest[place + 1:] AS rest
            FROM (SELECT *, coalesce(list_position(rest, '{page}'), 0) AS place FROM ({inner}))"""
        inner = f"SELECT * REPLACE (CASE WHEN reached{nth} THEN rest ELSE [] END AS rest) FROM ({inner})"
        counts.append(f"count(*) FILTER (reached{nth})")
    return f"SELECT {', '.join(counts)} FROM ({inner})"


def complete(table, where, column, in_lists, typed):
    if not in_lists:
        return f"SELECT {column}, count(*) FROM {table} WHERE {where} AND contains(lower({column}), '{typed}') GROUP BY 1"
    found = f"list_distinct(list_filter({column}, lambda word: contains(lower(word), '{typed}')))"
    return f"SELECT word, count(*) FROM (SELECT unnest({found}) AS word FROM {table} WHERE {where}) GROUP BY word"


def searched(question):
    search = question.get("search")
    return [f"({search['sql']['duckdb']})"] if search else []


def in_range(question):
    if not question["range"]:
        return []
    since, until = question["range"]
    return [f"start_at >= epoch_ms({since})::TIMESTAMPTZ AND start_at < epoch_ms({until})::TIMESTAMPTZ"]
