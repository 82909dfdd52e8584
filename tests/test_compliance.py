"""Compliance and adoption: every number is checked against a count by hand or a formula from the literature."""

from datetime import date
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import filled, person, put

from auditor.keep.tallies import tally
from auditor.tell.adoption import TARGETS, adoption_rate
from auditor.tell.charts import adoption_chart, meeting_chart, sources_chart
from auditor.tell.compliance import Share, compliance, total

PILOT, OFFICIAL = TARGETS


@pytest.fixture
def store(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        store.put_outlets([{"id": "bao-b", "name": "Báo B", "kind": "portal"}], actor="test")
        yield store


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, no continuity correction)
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1.0)],
)
def test_interval_is_that_of_the_literature(n, of, low, high):
    got = Share(n, of).interval
    assert got is not None
    assert [round(bound, 4) for bound in got] == [low, high]


@given(st.integers(1, 2_000), st.data())
def test_interval_holds_the_share_and_mirrors(of, data):
    n = data.draw(st.integers(0, of))
    low, high = Share(n, of).interval
    assert 0 <= low <= n / of <= high <= 1
    other_low, other_high = Share(of - n, of).interval
    assert isclose(low, 1 - other_high, abs_tol=1e-12)
    assert isclose(high, 1 - other_low, abs_tol=1e-12)


def test_nothing_has_no_rate():
    assert Share(0, 0).to_dict() == {"n": 0, "of": 0, "rate": None, "low": None, "high": None}


def test_counts_by_hand(store):
    sources = [
        person(0, "Lan", "female", "direct"),
        person(1, "Nam", "male", "indirect"),
        person(2, "Hòa", "unknown", "direct"),
        person(3, "An", "male"),
    ]
    *_, [legal, _style] = put(
        store,
        1,
        people=sources,
        findings=[{"severity": "legal", "category": "identity-disclosure"}, {"severity": "style", "category": "sex-labels"}],
    )
    *_, [dismissed] = put(store, 2)
    put(store, 3, findings=[{"counted": False}])
    put(store, 4, findings=[], people=sources[:1])
    put(store, 5, findings=[], people=sources, verdict="unread")
    put(store, 6, outlet="bao-b", findings=[])
    put(store, 7, outlet=None, findings=[])
    put(store, 8, published=date(2026, 10, 31))
    put(store, 9, published=date(2026, 12, 1), fetched="2026-12-02T00:00:00.000+00:00")
    store.decide(dismissed, "an", "dismiss", "trích để phê phán")
    store.decide(legal, "an", "confirm", "")
    first, second, nobody = compliance(store, "2026-11-01", date(2026, 11, 30))
    assert (first.outlet, first.name) == ("bao-a", "Báo A")
    assert (first.articles, first.read, first.unread, first.pending) == (5, 4, 1, 0)
    assert first.flagged == {"legal": 1, "strong": 0, "context": 0, "style": 1}, "a dismissed finding no longer stands"
    assert (first.meeting.n, first.meeting.of) == (3, 4)
    assert (first.findings, first.reviewed, first.confirmed, first.dismissed) == (3, 2, 1, 1)
    assert first.sources == {"female": 2, "male": 1, "unknown": 1}, "people of an article that was not read whole count nowhere"
    assert first.people == {"female": 2, "male": 2, "unknown": 1}
    assert first.women_among_sources == Share(2, 3)
    assert first.women_among_people == Share(2, 4)
    assert (second.outlet, second.meeting) == ("bao-b", Share(1, 1))
    assert (nobody.outlet, nobody.read) == (None, 1)
    every = total([first, second, nobody])
    assert (every.articles, every.read, every.meeting, every.women_among_sources) == (7, 6, Share(5, 6), Share(2, 3))
    assert every.to_dict()["articles_legal"] == 1
    assert [bar.of for bar in meeting_chart([first, second]).bars] == [4, 1]
    assert sources_chart([first]).bars[0].value == 2 / 3
    months = {(row["outlet"], row["period"]): row["articles"] for row in tally(store, monthly=True)}
    assert months == {
        (None, "2026-11"): 1,
        ("bao-a", "2026-10"): 1,
        ("bao-a", "2026-11"): 5,
        ("bao-a", "2026-12"): 1,
        ("bao-b", "2026-11"): 1,
    }
    assert sum(row.articles for row in compliance(store)) == 9


def test_only_the_current_version_counts(store):
    put(store, 1)
    put(store, 1, text="Đã sửa.", findings=[])
    [row] = [row for row in compliance(store) if row.outlet == "bao-a"]
    assert (row.articles, row.findings, row.meeting) == (1, 0, Share(1, 1))


def test_unjudged_articles_are_pending_not_clean(store):
    from auditor.model import Article

    store.put_article(Article("Mới", "Mới"), outlet="bao-a", url=None, canonical_url=None, id="moi")
    [row] = [row for row in compliance(store) if row.outlet == "bao-a"]
    assert (row.articles, row.read, row.pending, row.meeting) == (1, 0, 1, Share(0, 0))


def test_counted_outlets_of_the_period_stand_with_nought(store):
    store.put_outlets(
        [
            {"id": "cu", "name": "Cũ", "kind": "other", "valid_to": "2025-07-01"},
            {"id": "xa", "name": "Xã", "kind": "other", "counted": False},
        ],
        actor="test",
    )
    assert [row.outlet for row in compliance(store, "2026-01-01", "2026-12-31")] == ["bao-a", "bao-b"]
    assert "cu" in [row.outlet for row in compliance(store, "2025-01-01", "2025-12-31")]


# --- adoption -------------------------------------------------------------------------------------------------------


def register(store, count):
    store.put_outlets([{"id": f"o-{n}", "name": f"Cơ quan {n}", "kind": "newspaper"} for n in range(count)], actor="test")
    store.put_outlets([{"id": id, "name": id, "kind": "other", "counted": False} for id in ("bao-a", "bao-b")], actor="test")


def test_rate_against_the_targets(store):
    register(store, 10)
    for n in range(7):
        store.put_adoption(f"o-{n}", "pilot", "2025-06-01", "QĐ", "an")
    for n in range(2):
        store.put_adoption(f"o-{n}", "official", "2026-06-01", "QĐ", "an")
    store.put_adoption("bao-a", "official", "2025-01-01", "QĐ", "an")
    before, then, now = (adoption_rate(store, day) for day in (date(2025, 5, 31), PILOT.due, date(2026, 11, 22)))
    assert (before.outlets, before.pilot, before.none) == (10, 0, 10)
    assert (then.pilot, then.official, then.rate(PILOT), then.met(PILOT), then.met(OFFICIAL)) == (7, 0, 0.7, True, False)
    assert (now.pilot, now.official, now.reached(PILOT), now.rate(OFFICIAL)) == (5, 2, 7, 0.2)
    assert [bar.target for bar in adoption_chart(now).bars] == [0.7, 0.9]
    assert (PILOT.share, PILOT.due, OFFICIAL.share, OFFICIAL.due) == (0.7, date(2025, 12, 31), 0.9, date(2030, 12, 31))


def test_an_empty_register_meets_nothing(store):
    register(store, 0)
    rate = adoption_rate(store, date(2026, 1, 1))
    assert (rate.outlets, rate.rate(PILOT), rate.met(PILOT)) == (0, None, False)
    assert adoption_chart(rate).bars[0].value is None


@pytest.mark.parametrize(
    ("statuses", "own", "expected"),
    [
        (("official", "pilot"), None, ("pilot", True)),
        (("official", None), None, ("none", False)),
        (("official", "none"), None, ("none", True)),
        (("none", "none"), "official", ("official", False)),
        ((None, None), None, ("none", False)),
    ],
)
def test_merger_takes_over_what_all_parts_had(store, statuses, own, expected):
    register(store, 2)
    for n, status in enumerate(statuses):
        if status:
            store.put_adoption(f"o-{n}", status, "2025-01-01", "QĐ", "an")
    store.put_outlets([{"id": "moi", "name": "Mới", "kind": "other", "valid_from": "2025-07-01", "succeeds": ["o-0", "o-1"]}], actor="test")
    if own:
        store.put_adoption("moi", own, "2025-08-01", "QĐ", "an")
    assert adoption_rate(store, date(2025, 6, 30)).outlets == 2
    after = adoption_rate(store, date(2025, 12, 31))
    assert [(a.outlet, a.status, a.inherited) for a in after.adopters] == [("moi", *expected)]


def test_circle_of_successors_ends(store):
    register(store, 2)
    store.put_outlets(
        [
            {"id": "o-0", "name": "0", "kind": "other", "succeeds": ["o-1"]},
            {"id": "o-1", "name": "1", "kind": "other", "succeeds": ["o-0"]},
        ],
        actor="test",
    )
    assert adoption_rate(store, date(2026, 1, 1)).outlets == 2
