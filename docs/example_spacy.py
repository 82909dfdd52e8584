"""The audit inside spaCy, from a text to spans, a page and a file: python docs/example_spacy.py [FOLDER]."""

# ruff: noqa: T201 (an example prints)

import sys
import tempfile
from pathlib import Path

from spacy.tokens import DocBin

from auditor import language

TITLE = "Đội bóng chuyền của thôn Nà Pịa"
TEXT = """Bà Hoàng Thị Mến, Chủ tịch Hội Phụ nữ xã, cho biết: “Sáu tháng nay chúng tôi tập mỗi chiều.” \
Theo ông Ma Văn Tích, trưởng thôn, cả xã có 45 hội viên phụ nữ đăng ký.
Nhưng dù bận tập đến đâu, thiên chức làm mẹ vẫn là việc các chị phải đặt lên trên hết."""

nlp = language.blank()
nlp.add_pipe("gender_audit", config={"kind": "article"})

doc = nlp.make_doc(TEXT)
doc._.title, doc._.published = TITLE, "2026-10-20"  # without a day of publication today's law is cited
doc = nlp(doc)

print("verdict:", doc._.audit.verdict)
for span in doc.ents:
    print("person:", span.text, "=", span._.person.name, span._.person.gender)
for span in doc.spans["quotes"]:
    print("quote:", span.label_, "by", span._.person.name if span._.person else "?", "-", span.text)
for span in doc.spans["findings"]:
    print("finding:", span.label_, span._.finding.severity, span._.finding.counted, "-", span.text)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
(folder / "audit.html").write_text(language.view(doc), encoding="utf-8")
DocBin(docs=[doc], store_user_data=True).to_disk(folder / "audit.spacy")
again = next(DocBin().from_disk(folder / "audit.spacy").get_docs(language.blank().vocab))
print("read again:", again._.audit == doc._.audit, "in", folder)
