"""Use or mention: the cases of tests/data/stance.yaml."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from auditor.judge import audit, ruleset, stance

CASES = [next(iter(case.items())) for case in yaml.safe_load((Path(__file__).parent / "data" / "stance.yaml").read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("wanted", "marked"), CASES, ids=[marked[:60] for _, marked in CASES])
def test_a_passage_is_used_or_mentioned(wanted, marked):
    bare, (start, end), _ = ruleset.unmark(marked)
    found = [f for f in audit.audit(bare, published=date(2026, 11, 1)).findings if f.start < end and f.end > start]
    assert [f.stance for f in found] == [wanted]
    assert found[0].counted == (wanted in ("asserted", "quoted_unchallenged"))
    assert found[0].explanation.endswith(".")


def test_words_of_an_official_voice_never_count():
    text = "Ông Ma Văn Thức, Phó Chủ tịch UBND xã, cho biết giữ trọn thiên chức làm mẹ là điều chị em trong xã phải nhớ."
    found = audit.audit(text, published=date(2026, 11, 1)).findings
    assert found
    assert all(not f.counted and f.speaker is not None for f in found)


def test_every_stance_but_assertion_is_less_sure_than_what_counts():
    for _, marked in CASES:
        for finding in audit.audit(ruleset.unmark(marked)[0]).findings:
            assert finding.counted == (finding.confidence >= stance.COUNTS and finding.stance in ("asserted", "quoted_unchallenged"))
