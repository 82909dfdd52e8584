"""The pages in a real browser: the day's work with and without JavaScript, by keyboard, for axe, and against hostile text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from test_web_security import HOSTILE
from webfixtures import PASSWORD, USERS, application, archive, put, served

pytestmark = pytest.mark.slow

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = {
    "lan": ("/", "/queue", "/queue?state=done", "/articles", "/articles?q=suối", "/articles/bep-lua", "/articles/ban-chup", "/account", "/none"),
    "hoa": ("/articles/tuyen-dung", "/articles/vu-an?lang=en", "/adoption"),
    "binh": ("/drafts", "/drafts?example=1", "/rules", "/outlets/bao-song-lo"),
    "chi": ("/board", "/adoption", "/outlets", "/outlets/bao-nui-cam", "/targets", "/board?since=01/01/2020&until=02/01/2020"),
    "quan": ("/checklist", "/laws"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    app = application(archive(tmp_path / "auditor.db"))
    put(app.extensions["auditor.store"], HOSTILE)
    with served(app) as address:
        yield address


def visitor(browser: Browser, site: str, **options: object) -> BrowserContext:
    """Return a context that reaches nothing but the site, and in which whatever the console says is remembered."""
    context = browser.new_context(base_url=site, locale="vi-VN", **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    said: list[str] = []
    asked: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    context.on("request", lambda request: asked.append(request.url))
    context.said, context.asked = said, asked  # type: ignore[attr-defined]
    return context


def enter(context: BrowserContext, name: str) -> Page:
    page = context.new_page()
    page.goto("/queue")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    return page


@pytest.mark.parametrize("scripts", [False, True], ids=["không JavaScript", "có JavaScript"])
def test_reviewer_works_through_the_queue(browser: Browser, site: str, scripts: bool) -> None:
    context = visitor(browser, site, java_script_enabled=scripts)
    page = enter(context, "lan")
    expect(page).to_have_url(f"{site}/queue")
    page.get_by_label("Cơ quan").select_option("Báo Sông Lô")
    page.get_by_label("Nhóm dấu hiệu").select_option("Nhãn gọi “phái yếu”, “phái đẹp”")
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("link", name="Nữ chủ nhiệm vẫn giữ bếp lửa").click()
    expect(page.locator("mark.strong").first).to_have_text("thiên chức làm vợ, làm mẹ")
    note = page.locator(".note").first
    expect(note).to_contain_text("Ví dụ cách viết:")
    note.get_by_text("Giải thích và căn cứ").click()
    expect(note).to_contain_text("B1.2-2")
    note.get_by_label("Ghi chú cho dấu hiệu 1").fill("Đúng, nên viết lại")
    note.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_role("status")).to_have_text("Đã ghi: Đã xác nhận.")
    expect(note).to_contain_text("Đúng, nên viết lại")
    second = page.locator(".note").nth(1)
    assert page.url.endswith("#" + str(second.get_attribute("id")))  # the next one is at hand
    second.get_by_role("button", name="Bỏ qua").click()
    expect(page.get_by_text("2 dấu hiệu, đã xem xét 2")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert context.said == []  # type: ignore[attr-defined]
    context.close()


@pytest.mark.parametrize("scripts", [False, True], ids=["không JavaScript", "có JavaScript"])
def test_editor_checks_a_draft(browser: Browser, site: str, scripts: bool, tmp_path: Path) -> None:
    context = visitor(browser, site, java_script_enabled=scripts)
    page = enter(context, "binh")
    expect(page.get_by_role("heading", level=1)).to_have_text("Không có quyền xem trang này")  # editors have no queue
    page.get_by_role("link", name="Bản thảo").click()
    page.get_by_role("link", name="Xem thử với một bản thảo mẫu").click()
    page.get_by_role("button", name="Kiểm tra").click()
    advice = page.locator(".advice > .note")
    expect(advice.first).to_contain_text("thiên chức")
    expect(advice.first).to_contain_text("Ví dụ cách viết:")
    file = tmp_path / "bài mới.txt"
    file.write_text("Cầu mới\n\nSáng nay, cây cầu dài 84 mét qua suối Nậm được đưa vào sử dụng.", encoding="utf-8")
    page.get_by_label("hoặc chọn tệp").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra lại").click()
    expect(page.get_by_role("status")).to_contain_text("Chưa thấy đoạn nào cần sửa.")
    expect(page.get_by_label("Tiêu đề")).to_have_value("Cầu mới")
    context.close()


@pytest.mark.parametrize("scripts", [False, True], ids=["không JavaScript", "có JavaScript"])
def test_official_reads_the_board_and_records_an_adoption(browser: Browser, site: str, scripts: bool) -> None:
    context = visitor(browser, site, java_script_enabled=scripts)
    page = enter(context, "chi")
    page.goto("/board")
    expect(page.get_by_role("img", name="Cơ quan báo chí áp dụng Bộ chỉ số")).to_be_visible()
    page.get_by_role("link", name="Từng cơ quan và minh chứng").click()
    form = page.locator("#record")
    form.get_by_label("Cơ quan").select_option("Báo Sông Lô")
    form.get_by_label("Mức áp dụng").select_option("Chính thức áp dụng")
    form.get_by_label("Từ ngày").fill("1/11/2026")
    form.get_by_label("Minh chứng").fill("Quyết định 15/QĐ-BSL ngày 25/10/2026")
    form.get_by_role("button", name="Ghi lại").click()
    expect(page.get_by_role("status")).to_have_text("Đã ghi mức áp dụng.")
    expect(page.get_by_role("row", name="Báo Sông Lô")).to_contain_text("01/11/2026")
    context.close()


def test_keys_choose_and_decide(browser: Browser, site: str) -> None:
    context = visitor(browser, site)
    page = enter(context, "lan")
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    expect(page.locator(".item.chosen h2")).to_have_text(page.locator(".item h2").nth(1).inner_text())
    page.goto("/articles/bep-lua")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("gõ j k a r vẫn là chữ")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_have_text("Đã ghi: Đã xác nhận.")
    expect(page.locator(".note").first).to_contain_text("gõ j k a r vẫn là chữ")
    expect(page.locator(".note").nth(1)).to_have_class("note style chosen")
    page.keyboard.press("r")
    expect(page.get_by_role("status")).to_have_text("Đã ghi: Đã bỏ qua.")
    page.keyboard.press("k")
    page.keyboard.press("r")  # decided already: the form is folded away and stays untouched
    page.reload()
    expect(page.locator(".note").first.locator(".decided-by li")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.get_by_label("Bật phím tắt một chữ cái").uncheck()
    page.keyboard.press("Escape")
    page.goto("/queue")
    page.keyboard.press("j")
    expect(page.locator(".chosen")).to_have_count(0)
    context.close()


def test_keyboard_alone_reaches_the_content(browser: Browser, site: str) -> None:
    context = visitor(browser, site)
    page = enter(context, "lan")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.locator(".skip").evaluate("e => e.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
    context.close()


@pytest.mark.parametrize("width", [1280, 400, 320])
@pytest.mark.parametrize("name", USERS)
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(browser: Browser, site: str, name: str, width: int) -> None:
    context = visitor(browser, site, viewport={"width": width, "height": 900})
    page = enter(context, name)
    axe = Axe()
    options = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
    found = []
    for address in PAGES[name]:
        page.goto(address)
        for summary in page.locator("main summary").all()[:4]:
            summary.click()
        result = axe.run(page, options=options)
        found += [(address, v["id"], v["nodes"][0]["target"]) for v in result.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((address, "runs over the edge", []))
    if name == "binh":
        page.goto("/drafts?example=1")
        page.get_by_role("button", name="Kiểm tra").click()
        found += [("draft", v["id"], v["nodes"][0]["target"]) for v in axe.run(page, options=options).response["violations"]]
    assert found == []
    said = [text for text in context.said if "the server responded with a status of 40" not in text]  # type: ignore[attr-defined]
    assert said == []
    assert all(url.startswith(site) for url in context.asked)  # type: ignore[attr-defined]
    context.close()


@pytest.mark.parametrize("policy", [True, False], ids=["có CSP", "không CSP"])
def test_hostile_article_runs_nothing(browser: Browser, site: str, policy: bool) -> None:
    context = visitor(browser, site, bypass_csp=not policy)
    page = enter(context, "lan")
    page.goto("/queue")
    page.get_by_role("link", name="<script>alert(1)</script>").click()
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    for address in ("/articles", "/outlets/bao-song-lo", "/board", "/articles.json", "/queue.json"):
        page.goto(address)
    page.goto("/drafts")
    page.get_by_label("Tiêu đề").fill(HOSTILE["title"].replace("\u202e", ""))
    page.get_by_label("Nội dung").fill("</textarea><script>alert(5)</script> " + HOSTILE["text"])
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.get_by_label("Nội dung")).to_have_value("</textarea><script>alert(5)</script> " + HOSTILE["text"].replace("\r\n", "\n"))
    assert context.said == []  # type: ignore[attr-defined]
    assert all(url.startswith(site) for url in context.asked)  # type: ignore[attr-defined]
    context.close()


def test_print_leaves_out_what_paper_cannot_use(browser: Browser, site: str) -> None:
    context = visitor(browser, site)
    page = enter(context, "lan")
    page.goto("/articles/bep-lua")
    page.emulate_media(media="print")
    expect(page.locator("header nav")).to_be_hidden()
    expect(page.get_by_role("button", name="Xác nhận").first).to_be_hidden()
    expect(page.locator(".note").first).to_contain_text("coi việc nhà là bổn phận riêng")
    context.close()
