"""The lake's tables are open: engines that know nothing of Footpath count in them what the API counts.

Runs the demo, waits until its sessions are in the lake, and asks delta-rs, Polars and ClickHouse's engine. The
environment variable FOOTPATH_BIN names the binary.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import chdb
import polars
from deltalake import DeltaTable

PATIENCE_S = 90
# What started longer ago is over, whatever its length.
SETTLED_MS = 26 * 3600 * 1000


def start(data_dir):
    server = subprocess.Popen(
        [os.environ["FOOTPATH_BIN"], "demo", "--no-trickle", "--days", "7"]
        + ["--listen", "127.0.0.1:0", "--data-dir", data_dir, "--log-format", "json"],
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = []
    for line in server.stderr:
        seen.append(line)
        found = re.search(r"listening on (http://[^\"]+)", line)
        if found:
            url = found.group(1)
        if "filled the demo shop" in line:
            return server, url
    sys.exit("the server ended:\n" + "".join(seen))


def get(url, path):
    with urllib.request.urlopen(url + path, timeout=30) as answer:
        return json.load(answer)


def until_quiet(url):
    """Waits until the demo's history is folded and most of it flushed. A stop then flushes the rest of what is over."""
    deadline = time.monotonic() + PATIENCE_S
    before = None
    while time.monotonic() < deadline:
        storage = get(url, "/api/v1/storage")
        if storage["lake_sessions"] > 500 and storage == before:
            return
        before = storage
        time.sleep(6)
    sys.exit(f"the sessions did not come to the lake: {before}")


def agree(what, counts):
    print(f"{what}: {counts}")
    if len(set(counts.values())) != 1:
        sys.exit(f"they disagree on {what}")


def main():
    with tempfile.TemporaryDirectory() as data_dir:
        server, url = start(data_dir)
        try:
            until_quiet(url)
            to = int(time.time() * 1000) - SETTLED_MS
            listed = get(url, f"/api/v1/sites/shop/sessions?bots=include&from=0&to={to}")
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_S)

        lake = os.path.join(data_dir, "lake")
        tables = {name: DeltaTable(os.path.join(lake, name)) for name in ["sessions", "events"]}
        rows = polars.read_delta(tables["sessions"])
        events = polars.read_delta(tables["events"])
        in_range = rows.filter(rows["start_at"].dt.epoch("ms") < to)
        files = {name: "{" + ",".join(uri.removeprefix(lake) for uri in table.file_uris()) + "}"
                 for name, table in tables.items()}
        os.chdir(lake)

        def clickhouse(table, what, where="1"):
            path = files[table].replace("{/", "{").replace(",/", ",")
            return int(str(chdb.query(f"SELECT {what} FROM file('{path}', Parquet) WHERE {where}")).strip())

        before = f"toUnixTimestamp64Milli(start_at) < {to}"
        agree("sessions", {
            "api": listed["total"],
            "polars": in_range.height,
            "clickhouse": clickhouse("sessions", "count()", before),
        })
        agree("sessions with errors", {
            "api": listed["with_errors"],
            "polars": in_range.filter(in_range["n_errors"] > 0).height,
            "clickhouse": clickhouse("sessions", "count()", f"n_errors > 0 AND {before}"),
        })
        agree("ids", {"rows": rows.height, "distinct": rows["session_id"].n_unique()})
        agree("events", {
            "said by sessions": rows["n_events"].sum(),
            "rows": events.height,
            "clickhouse": clickhouse("events", "count()"),
        })
        agree("steps and their labels", {
            "kinds": int(rows["step_kind"].list.len().sum()),
            "labels": int(rows["step_label"].list.len().sum()),
        })


main()
