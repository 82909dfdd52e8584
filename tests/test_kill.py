"""kill -9 at any moment: what was acknowledged is there, the trail is whole, and work goes on where it stopped.

The processes are forked, not started afresh: that way hundreds of milliseconds go into being killed, not into imports.
"""

import os
import signal
import time

from stored import audit, filled, finding, put

from auditor.keep import intake
from auditor.keep.backup import verify
from auditor.keep.export import FILES, export
from auditor.keep.store import Store


def start(work):
    """Run work(say) in a process of its own; return its number and the end of the pipe on which it acknowledges."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(out)
            work(lambda word: os.write(into, f"{word}\n".encode()))
        finally:
            os._exit(0)  # nothing of the test session may run twice
    os.close(into)
    return child, out


def kill(process, after):
    """Kill the process *after* seconds; return what it had acknowledged by then."""
    child, out = process
    time.sleep(after)  # the moment of death, not a wait for anything
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(out, encoding="utf-8") as pipe:
        return [line.rstrip() for line in pipe if line.endswith("\n")]


def test_no_acknowledged_decision_is_lost(tmp_path):
    """Two writers at once, each killed at 25 different moments."""
    path = tmp_path / "kho.db"
    with filled(path) as store:
        *_, [flagged] = put(store)

    def decide(say):
        with Store.open(path) as store:
            while True:
                say(store.decide(flagged, "an", "confirm", "ghi chú")["id"])

    acknowledged = []
    for turn in range(25):
        writers = [start(decide) for _ in range(2)]
        for writer in writers:
            acknowledged += map(int, kill(writer, 0.004 * turn))
    with Store.open(path) as store:
        kept = [decision["id"] for decision in store.decisions()]
    assert set(acknowledged) <= set(kept)
    assert kept == list(range(1, len(kept) + 1)), "each decision once, none half"
    assert len(acknowledged) >= 100
    assert verify(path) == []


def test_killed_import_goes_on_and_stores_nothing_twice(tmp_path):
    path, lines = tmp_path / "kho.db", tmp_path / "bai.jsonl"
    filled(path).close()
    written = "".join(f'{{"id": "bai-{n}", "title": "Bài {n}", "text": "Cán bộ xã nói phái yếu nên ở nhà."}}\n' for n in range(1_000))
    lines.write_text(written, encoding="utf-8")

    def load(say):
        with Store.open(path) as store:
            intake.import_file(store, lines, lambda record: audit(record["id"], [finding(record["id"])]))
        say("xong")

    counts = [0]
    for turn in range(20):
        said = kill(start(load), 0.02 + 0.01 * turn)
        with Store.open(path) as store:
            counts.append(store.count_articles())
            assert counts[-1] % intake._BATCH == 0, "a batch is there whole or not at all"
            assert store.value("SELECT count(*) FROM articles WHERE verdict IS NULL") == 0
            assert store.value("SELECT count(*) FROM versions") == counts[-1]
        if said:
            break
    load(print)
    assert counts == sorted(counts)
    with Store.open(path) as store:
        assert store.count_articles() == store.count_articles("phái yếu") == 1_000
        assert store.value("SELECT count(*) FROM versions") == 1_000
    assert verify(path) == []


def test_killed_creation_leaves_nothing_half(tmp_path):
    for turn in range(20):
        path = tmp_path / f"kho-{turn}.db"
        kill(start(lambda _say, path=path: Store.open(path, create=True).close()), 0.001 * turn)
        with Store.open(path, create=True) as store:
            store.put_outlets([{"id": "bao-a", "name": "Báo A", "kind": "newspaper"}], actor="test")
        assert verify(path) == []


def test_killed_export_leaves_no_half_folder_under_the_name(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        for number in range(60):
            put(store, number)
    for turn in range(12):

        def write(say):
            with Store.open(tmp_path / "kho.db") as store:
                export(store, tmp_path / "ra")
            say("xong")

        said = kill(start(write), 0.006 * turn)
        if (tmp_path / "ra").exists():
            assert {part.name for part in (tmp_path / "ra").iterdir()} == set(FILES)
            assert len((tmp_path / "ra" / "articles.jsonl").read_text(encoding="utf-8").splitlines()) == 60
        else:
            assert not said


def test_forked_child_may_not_use_the_store_of_its_parent(tmp_path):
    """SQLite forbids it: locks do not pass to the child, and the archive would be damaged one day."""
    with filled(tmp_path / "kho.db") as store:
        *_, [flagged] = put(store)

        def decide(say):
            try:
                store.decide(flagged, "an", "confirm", "con")
            except ValueError as error:
                say(error)

        child, out = start(decide)
        os.waitpid(child, 0)
        with open(out, encoding="utf-8") as pipe:
            assert "forked" in pipe.read()
        store.decide(flagged, "an", "dismiss", "cha")
        assert [d["note"] for d in store.decisions()] == ["cha"]
    assert verify(tmp_path / "kho.db") == []
