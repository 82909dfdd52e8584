"""People who work with the archive: roles, password hashes, API tokens and sessions, the last two kept only as hashes."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database as Connection

from auditor.errors import StoreError
from auditor.keep import trail
from auditor.keep.clock import later
from auditor.keep.database import Database, Row

ROLES = ("reviewer", "head", "editor", "official", "admin")
_NAME = re.compile(r"[\w.@-]{1,64}")


def _hash(token: str) -> str:
    # tokens have 256 random bits: a slow hash would protect nothing more
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, as `add_user` and `set_password` take it."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


class Accounts(Database):
    """Who may come in."""

    def add_user(self, name: str, role: str, password_hash: str, outlet: str | None = None, *, actor: str) -> Row:
        """Add an account and return it; raise StoreError for a name that exists or is no name, an unknown role or outlet."""
        if not _NAME.fullmatch(name):
            raise StoreError(f"Tên tài khoản {name!r} không hợp lệ; hãy dùng 1-64 chữ, số, dấu chấm, gạch hoặc @, không có khoảng trắng.")
        if role not in ROLES:
            raise StoreError(f"Vai trò “{role}” không có; hãy chọn một trong: {', '.join(ROLES)}.")
        if role == "editor" and outlet is None:
            raise StoreError("Vai trò editor cần một cơ quan; hãy thêm --outlet với mã trong sổ.")
        with self.writing() as db:
            if self.user(name):
                raise StoreError(f"Tài khoản “{name}” đã có; hãy chọn tên khác hoặc đổi mật khẩu bằng `auditor user password {name}`.")
            if outlet is not None and not self.value("SELECT 1 FROM outlets WHERE id = ?", (outlet,)):
                raise StoreError(f"Sổ không có cơ quan “{outlet}”; hãy xem `auditor outlets list`.")
            at = self.clock()
            db.execute("INSERT INTO users VALUES (?, ?, ?, ?, 0, ?)", (name, role, outlet, password_hash, at))
            trail.append(db, actor, "user.add", name, {"role": role, "outlet": outlet}, at=at)
        return self._known(name)

    def user(self, name: str) -> Row | None:
        """Return an account with its password hash, or None."""
        return self.one("SELECT * FROM users WHERE name = ?", (name.encode("utf-8", "replace").decode(),))

    def users(self) -> list[Row]:
        """Return the accounts without their password hashes."""
        return self.all("SELECT name, role, outlet, disabled, created FROM users ORDER BY name")

    def disable_user(self, name: str, actor: str) -> None:
        """Shut an account out at once: sessions end, tokens no longer work. Raises StoreError when it is unknown."""
        with self.writing() as db:
            self._known(name)
            db.execute("UPDATE users SET disabled = 1 WHERE name = ?", (name,))
            self._shut(db, name)
            db.execute("DELETE FROM tokens WHERE user = ?", (name,))
            trail.append(db, actor, "user.disable", name, {}, at=self.clock())

    def set_password(self, name: str, password_hash: str, actor: str) -> None:
        """Replace a password hash and end the account's sessions; raises StoreError when it is unknown."""
        with self.writing() as db:
            self._known(name)
            db.execute("UPDATE users SET password_hash = ? WHERE name = ?", (password_hash, name))
            self._shut(db, name)
            trail.append(db, actor, "user.password", name, {}, at=self.clock())

    def add_token(self, user: str, actor: str | None = None) -> str:
        """Return a new API token, which is shown once and kept only as its hash; raises StoreError when the account is unknown."""
        token = secrets.token_urlsafe(32)
        with self.writing() as db:
            self._known(user)
            at = self.clock()
            db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (_hash(token), user, at))
            trail.append(db, actor or user, "user.token", user, {}, at=at)
        return token

    def user_of_token(self, token: str) -> Row | None:
        """Return the account an API token belongs to, or None; a disabled account has none."""
        return self.one("SELECT u.* FROM tokens t JOIN users u ON u.name = t.user WHERE t.hash = ? AND NOT u.disabled", (_hash(token),))

    def open_session(self, user: str, data: Mapping[str, Any], hours: float) -> str:
        """Return the token of a new session; sessions that have ended are cleared away. Raises StoreError for an unknown account."""
        token = secrets.token_urlsafe(32)
        with self.writing() as db:
            self._known(user)
            at = self.clock()
            db.execute("DELETE FROM sessions WHERE expires <= ?", (at,))
            written = json.dumps(dict(data), ensure_ascii=True)
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", (_hash(token), user, written, at, later(at, hours)))
        return token

    def session(self, token: str) -> Row | None:
        """Return {user, data, created, expires} of a live session of a live account, or None.

        A session from the future (the clock was set back) is dead: it would outlive its hours.
        """
        at = self.clock()
        row = self.one(
            "SELECT s.user, s.data, s.created, s.expires FROM sessions s JOIN users u ON u.name = s.user"
            " WHERE s.hash = ? AND s.expires > ? AND s.created <= ? AND NOT u.disabled",
            (_hash(token), at, at),
        )
        if row is not None:
            row["data"] = json.loads(row["data"])
        return row

    def close_session(self, token: str) -> None:
        """End a session; one that is not there is no matter."""
        with self.writing() as db:
            db.execute("DELETE FROM sessions WHERE hash = ?", (_hash(token),))

    def _shut(self, db: Connection, name: str) -> None:
        db.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def _known(self, name: str) -> Row:
        row = self.user(name)
        if row is None:
            raise StoreError(f"Không có tài khoản “{name}”; hãy xem `auditor user list`.")
        return row
