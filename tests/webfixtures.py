"""A small archive for the tests of the pages: three invented outlets, own-written articles with audits made by hand, one user a role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from auditor.keep.store import Store
from auditor.model import CATEGORIES, Article, Audit, Engine, Finding, Group, Person, Place, Quote, finding_id
from web import create_app

SECRET = b"only for tests, thirty-two bytes"
PASSWORD = "mật khẩu để thử 2026"
USERS = {"lan": "reviewer", "hoa": "head", "binh": "editor", "chi": "official", "quan": "admin"}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TODAY = date(2026, 11, 22)

OUTLETS = [
    {
        "id": "bao-song-lo",
        "name": "Báo Sông Lô",
        "kind": "newspaper",
        "verified": True,
        "source": "Sổ thử nghiệm",
        "feeds": ["https://songlo.example/rss"],
    },
    {"id": "dai-song-lo", "name": "Đài Phát thanh và Truyền hình Sông Lô", "kind": "broadcaster", "valid_to": "2025-06-30"},
    {"id": "bao-nui-cam", "name": "Báo Núi Cấm", "kind": "press_and_broadcast", "valid_from": "2025-07-01", "succeeds": ["dai-song-lo"]},
    {"id": "cong-xa", "name": "Cổng thông tin xã Minh Tâm", "kind": "portal", "counted": False},
]

ARTICLES = [
    {
        "id": "bep-lua",
        "outlet": "bao-song-lo",
        "title": "Nữ chủ nhiệm vẫn giữ bếp lửa",
        "day": date(2026, 11, 18),
        "text": (
            "Sáng 18/11, Hội Liên hiệp Phụ nữ xã Minh Tâm gặp mặt các hộ làm kinh tế giỏi, trong đó có chị Hoàng Thị Mai, chủ nhiệm hợp tác xã chè.\n"
            "Dù bận đến đâu, chị Mai vẫn không quên thiên chức làm vợ, làm mẹ: sáng dậy sớm nấu cơm, chiều tất tả đón con. "
            "“Năm nay hợp tác xã thu mua 120 tấn chè, cao hơn năm trước 15 tấn”, chị Mai cho biết.\n"
            "Ông Nguyễn Văn Bình, Chủ tịch UBND xã, đánh giá mô hình đã tạo việc làm cho 40 lao động, trong đó có 26 nữ.\n"
            "Hiếm có bóng hồng nào ở vùng cao dám vay vốn ngân hàng như chị. Ông Bình đề nghị xóa bỏ định kiến “phái yếu thì không nên làm kinh tế lớn”."
        ),
        "findings": [
            (
                "text",
                "thiên chức làm vợ, làm mẹ",
                "domestic-duty",
                "strong",
                "asserted",
                True,
                "“thiên chức làm vợ, làm mẹ” coi việc nhà là bổn phận riêng của phụ nữ.",
                ["vợ chồng cùng chăm sóc gia đình", "gia đình chị chia nhau việc nhà"],
            ),
            (
                "text",
                "bóng hồng",
                "sex-labels",
                "style",
                "asserted",
                True,
                "“bóng hồng” gọi người phụ nữ bằng vẻ ngoài; hãy gọi bằng tên hoặc công việc.",
                ["nữ chủ nhiệm"],
            ),
            (
                "text",
                "phái yếu thì không nên làm kinh tế lớn",
                "occupation-stereotype",
                "strong",
                "criticised",
                False,
                "“phái yếu thì không nên làm kinh tế lớn” cho rằng phụ nữ kém năng lực làm ăn.",
                ["phụ nữ vay vốn và làm chủ như nam giới"],
            ),
        ],
        "people": [
            ("Hoàng Thị Mai", "female", "Thị; chị", "direct", "experience", 14),
            ("Nguyễn Văn Bình", "male", "Văn; ông", "indirect", "spokesperson", 0),
        ],
    },
    {
        "id": "tuyen-dung",
        "outlet": "bao-nui-cam",
        "title": "Tuyển 20 lao động nam, có sức khỏe",
        "day": date(2026, 11, 20),
        "kind": "notice",
        "text": "Công ty chế biến gỗ Sông Lô tuyển kế toán, chỉ nhận nam dưới 35 tuổi, chưa vướng bận con nhỏ.\nHồ sơ gửi về phòng hành chính trước ngày 30/11/2026.",
        "findings": [
            (
                "text",
                "chỉ nhận nam dưới 35 tuổi",
                "discriminatory-notice",
                "legal",
                "asserted",
                True,
                "“chỉ nhận nam dưới 35 tuổi”: thông báo tuyển dụng loại phụ nữ mà công việc không đòi hỏi.",
                ["tuyển kế toán, không phân biệt nam nữ"],
            ),
        ],
        "people": [],
    },
    {
        "id": "vu-an",
        "outlet": "bao-nui-cam",
        "title": "Bắt nghi phạm tấn công nữ công nhân trên đường tan ca",
        "day": date(2026, 11, 19),
        "text": (
            "Công an xã cho biết đã bắt giữ nghi phạm P.V.T., 34 tuổi, về hành vi tấn công một nữ công nhân tối 17/11.\n"
            "Theo người dân, nạn nhân hay đi một mình về khuya nên mới ra cơ sự. Bà Lý Thị Sâm, chủ quán gần đó, nói đoạn đường này không có đèn."
        ),
        "findings": [
            (
                "text",
                "hay đi một mình về khuya nên mới ra cơ sự",
                "victim-blaming",
                "strong",
                "quoted_unchallenged",
                True,
                "“hay đi một mình về khuya nên mới ra cơ sự” đổ lỗi cho người bị hại.",
                ["nghi phạm chịu trách nhiệm về hành vi của mình; đoạn đường cần có đèn"],
            ),
        ],
        "people": [
            ("Lý Thị Sâm", "female", "Thị; bà", "indirect", "eyewitness", 0),
            ("nghi phạm P.V.T.", "male", "Văn", "none", "suspect", 0),
        ],
    },
    {
        "id": "cau-moi",
        "outlet": "bao-song-lo",
        "title": "Thông xe cầu mới qua suối Nậm",
        "day": date(2026, 11, 17),
        "text": "Sáng 17/11, cây cầu dài 84 mét qua suối Nậm được đưa vào sử dụng.\nKỹ sư Trần Thu Hằng, chỉ huy công trường, cho biết cầu hoàn thành sớm 12 ngày. “Hơn 200 học sinh không còn phải lội suối”, bà Hằng nói.",
        "findings": [],
        "people": [("Trần Thu Hằng", "female", "bà", "direct", "expert", 8)],
    },
    {
        "id": "ban-chup",
        "outlet": "cong-xa",
        "title": "Thông báo lịch phát thanh",
        "day": date(2026, 11, 15),
        "text": "",
        "unread": "scanned",
        "findings": [],
        "people": [],
    },
]


def audit_of(given: dict) -> Audit:  # type: ignore[type-arg]
    """Return an Audit whose places are found in the text, so that they cannot be wrong."""
    texts = {"title": given["title"] or "", "text": given["text"]}
    findings = []
    for field, passage, category, severity, stance, counted, message, suggestions in given["findings"]:
        start = texts[field].index(passage)
        place = Place(field, start, start + len(passage))
        legal = ("luat-bao-chi-2025",) if severity == "legal" else ()
        findings.append(
            Finding(
                finding_id(given["id"], place, category),
                None,
                category,
                "B1.2-2",
                severity,
                *place,
                passage,
                stance,
                counted,
                False,
                0.86,
                "rule",
                message,
                "Câu đứng trong lời của chính bài viết." if counted else "Bài viết dẫn lại để phê phán.",
                tuple(suggestions),
                legal,
            )
        )
    people = tuple(
        Person(number, name, gender, evidence, (), source, role, 0, False, syllables)
        for number, (name, gender, evidence, source, role, syllables) in enumerate(given["people"], 1)
    )
    quotes = []
    if "“" in given["text"]:
        start = given["text"].index("“") + 1
        quotes.append(Quote("text", start, given["text"].index("”"), "direct", 1 if people else None))
    order = sorted(findings, key=lambda f: (f.field != "title", f.start))
    counted = [f for f in order if f.counted]
    verdict = (
        "unread"
        if given.get("unread")
        else "review"
        if any(f.severity in ("legal", "strong") for f in counted)
        else "advice"
        if counted
        else "clear"
    )
    groups = (Group("40 lao động", "unknown", 40),) if "40 lao động" in given["text"] else ()
    topics = dict.fromkeys(("gender_equality", "gbv", "women_focus", "action_month"), False)
    return Audit(
        given["id"], given.get("kind", "article"), given["title"], given["day"], verdict, Engine("0.1.0", "thu-nghiem"), tuple(order), people,
        groups, tuple(quotes), topics, {}, given.get("unread"),
    )  # fmt: skip


def put(store: Store, given: dict) -> None:  # type: ignore[type-arg]
    """Store an article and its audit."""
    read = Article(
        given["title"], given["text"], given["day"], "Minh Khuê", (), None, "unread" if given.get("unread") else "read", given.get("unread")
    )
    url = given.get("url", f"https://songlo.example/{given['id']}.html")
    kind = given.get("kind", "article")
    kept = store.put_article(read, outlet=given["outlet"], url=url, canonical_url=url, payload_sha256="ab" * 32, kind=kind, id=given["id"])
    store.put_audit(given["id"], kept.version, audit_of(given))


def archive(path: Path) -> Path:
    """Return *path*, now an archive with outlets, articles, adoption and a user a role."""
    assert {category for a in ARTICLES for _f, _p, category, *_rest in a["findings"]} <= set(CATEGORIES)
    with Store.open(path, create=True) as store:
        store.put_outlets(OUTLETS, "test")
        for given in ARTICLES:
            put(store, given)
        store.put_adoption("bao-song-lo", "pilot", "2025-03-01", "Công văn 12/CV-BSL ngày 25/02/2025", "test")
        store.put_adoption("bao-nui-cam", "official", "2026-01-15", "Quyết định 07/QĐ-BNC ngày 10/01/2026", "test")
        for name, role in USERS.items():
            store.add_user(name, role, CHEAP, outlet="bao-song-lo" if role == "editor" else None, actor="test")
    return path


def application(path: Path) -> Flask:
    """Return the application over an archive, with errors answered as in real use."""
    return create_app(path, secret=SECRET)


def form_token(client: FlaskClient, address: str = "/sign-in") -> str:
    """Return the form token that a page shows."""
    page = client.get(address).get_data(as_text=True)
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def sign_in(app: Flask, name: str) -> FlaskClient:
    """Return a client signed in as *name*, through the form."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": form_token(client)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve *app* on loopback and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
