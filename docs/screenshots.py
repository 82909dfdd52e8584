"""Makes the pictures of the README: runs the demonstration, signs in, looks at the pages in Debian's chromium.

python docs/screenshots.py [FOLDER]
"""

import re
import socket
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SHOTS = {  # name -> account, address
    "queue": ("canbo", "/queue"),
    "article": ("canbo", "article"),
    "draft": ("bientap", "/drafts?example=1"),
    "board": ("lanhdao", "/board"),
}


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def sign_in(page: Page, base: str, name: str, password: str) -> None:
    """Sign in as *name*."""
    page.goto(f"{base}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("main button.primary")


def main() -> None:
    """Write the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "screenshots"
    folder.mkdir(exist_ok=True)
    port = free_port()
    command = [sys.executable, "-u", "-m", "auditor", "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo, sync_playwright() as play:
        assert demo.stdout
        password = next(found.group(1) for line in demo.stdout if (found := re.search(r"mật khẩu chung: (\S+?)\)", line)))
        base = f"http://127.0.0.1:{port}"
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            for name, (account, address) in SHOTS.items():
                page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="vi-VN")
                for _ in range(100):  # the server is up a moment after it is announced
                    try:
                        page.goto(f"{base}/-/healthz")
                        break
                    except Exception:
                        page.wait_for_timeout(100)
                sign_in(page, base, account, password)
                if address == "article":
                    page.goto(f"{base}/queue")
                    page.click("main a[href*='/articles/']")
                else:
                    page.goto(base + address)
                if name == "draft":
                    page.click("main button.primary")
                page.screenshot(path=folder / f"{name}.png")
                page.context.close()
        finally:
            browser.close()
            demo.terminate()


if __name__ == "__main__":
    main()
