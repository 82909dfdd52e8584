import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from auditor.collect.sandbox import Sandbox
from auditor.errors import FetchError
from auditor.read.extract import article
from auditor.settings import Settings

PAGE = "<title>Lớp thêu của chị Lan</title><p>Chị Lan mở lớp dạy thêu cho phụ nữ trong xã.</p><i class=date>20/10/2026</i>".encode()
HEAVY = ("<p>" + "đoạn văn " * 20).encode() * 60_000
URL = "https://bao.example/1"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Settings(), children=1) as made:
        yield made


def process(sandbox):
    child = sandbox._free.get()
    sandbox._free.put(child)
    return child._process


def test_what_comes_out_is_what_comes_out_without(sandbox):
    assert sandbox.article(PAGE, URL) == article(PAGE, URL)
    feed = b"<rss><channel><item><title>Tin</title><link>/1</link><pubDate>20/10/2026 07:30</pubDate></item></channel></rss>"
    (entry,) = sandbox.feed(feed, URL, {"Content-Type": "text/xml"})
    assert (entry.url, entry.title, entry.published.isoformat()) == (URL, "Tin", "2026-10-20T07:30:00+07:00")
    (link,) = sandbox.links("<a href='/bai-1'>Một tiêu đề rất dài</a>".encode(), "https://bao.example/")
    assert link.url == "https://bao.example/bai-1"


def test_one_child_reads_many_documents(sandbox):
    sandbox.article(PAGE, URL)
    first = process(sandbox).pid
    for _ in range(5):
        sandbox.article(PAGE, URL)
    assert process(sandbox).pid == first


@pytest.mark.parametrize("limits", [{"crawl.parse_cpu_s": 0}, {"crawl.parse_wall_s": 0.7}, {"crawl.parse_memory_mb": 300}], ids=["cpu", "wall", "memory"])
def test_document_beyond_a_limit_is_partial(limits):
    with Sandbox(Settings().but(limits), children=1) as small:
        found = small.article(HEAVY, URL)
    assert (found.status, found.reason, found.url) == ("unread", "partial", URL)


def test_source_beyond_a_limit_is_an_error_and_the_next_document_is_read():
    with Sandbox(Settings().but({"crawl.parse_cpu_s": 1}), children=1) as small:
        with pytest.raises(FetchError, match=r"bao\.example.*giới hạn"):
            small.links(b"<a href=/bai-viet-so>mot hai ba bon</a>" * 500_000, URL)
        assert small.article(PAGE, URL).status == "read"


def test_killed_child_is_replaced(sandbox):
    sandbox.article(PAGE, URL)
    os.kill(process(sandbox).pid, 9)
    process(sandbox).wait()
    assert sandbox.article(PAGE, URL).status == "read"


def test_threads_share_the_children():
    found = []
    with Sandbox(Settings(), children=2) as two:
        threads = [threading.Thread(target=lambda: found.append(two.article(PAGE, URL).status)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == ["read"] * 8


def test_child_ends_with_its_parent(tmp_path):
    code = (
        "import os, sys; from auditor.collect.sandbox import Sandbox; from auditor.settings import Settings; s = Sandbox(Settings(), 1);"
        f"s.article({PAGE!r}, {URL!r}); c = s._free.get(); print(c._process.pid, flush=True); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False)
    child = Path(f"/proc/{int(done.stdout)}")
    waiting = threading.Event()
    for _ in range(100):
        if not child.exists():
            break
        waiting.wait(0.05)
    assert not child.exists()


def test_child_knows_no_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv("AUDITOR_TOKEN", "bí mật")
    with Sandbox(Settings(), children=1) as one:
        one.article(PAGE, URL)
        assert b"AUDITOR_TOKEN" not in Path(f"/proc/{process(one).pid}/environ").read_bytes()
