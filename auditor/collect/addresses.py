"""Addresses: which may be called at all, and the one form under which an article is known."""

import ipaddress
import posixpath
import re
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from auditor.errors import FetchError

LONGEST = 4_000  # characters of an address
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[ce]id|zarsrc|gidzl|_ga|_gl|ref|ref_src|refer|source_?id|spm|vcsrc|amp"
    r"|share|shared|fb_\w+|zclid|ttclid|twclid|_hs\w+|hss_channel|cmpid|campaign_?id|at_\w+",
    re.IGNORECASE,
)
_SECOND_LEVEL = frozenset(("com", "gov", "org", "net", "edu", "info", "name", "ac", "biz", "health", "int", "pro"))  # of .vn (VNNIC)
_SAFE = "/:@!$&'()*+,;=-._~"  # characters of a path that need no escape (RFC 3986)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\<>\"{}|^`]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")  # all that is given out for public use
_RELAYS = ipaddress.ip_network("192.88.99.0/24")  # 6to4 anycast, withdrawn by RFC 7526


def public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet; IPv4 inside IPv6 (mapped, NAT64, 6to4) is judged by itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # "fe80::1%eth0" and whatever else is no plain address
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None)
        if inner is not None:
            return public(str(inner))
        if found.scope_id or found not in _GLOBAL_V6 or found.teredo:
            return False
    elif found in _RELAYS:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified or found.is_loopback)


def checked(url: str) -> str:
    """Return *url* when it is an http(s) address with a host and without credentials; raise FetchError otherwise."""
    if len(url) > LONGEST:
        raise FetchError("address", f"địa chỉ dài hơn {LONGEST} ký tự nên không được gọi: {url[:80]}…")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise FetchError("address", f"địa chỉ không đúng dạng: {url[:200]!r}.") from None
    if parts.scheme not in ("http", "https"):
        raise FetchError("scheme", f"chỉ gọi http và https, không gọi {parts.scheme or 'địa chỉ thiếu giao thức'}: {url[:200]!r}.")
    if not usable or _FORBIDDEN.search(url):
        raise FetchError("address", f"địa chỉ không đúng dạng: {url[:200]!r}.")
    if parts.username is not None or parts.password is not None:
        raise FetchError("address", f"địa chỉ mang theo tên đăng nhập nên không được gọi: {parts.hostname}.")
    return url


def origin(url: str) -> str:
    """Return scheme, host and port of an address ("https://bao.vn:443"): what robots.txt and politeness go by."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def canonical(url: str, keep_query: tuple[str, ...] | None = None) -> str:
    """Return the one form of an address: host in lower case, no default port, no fragment, no tracking parameters.

    *keep_query* names the only parameters that a site's addresses need; without it all but the known trackers stay.
    """
    parts = urlsplit(url)
    host = _ascii_host(parts.hostname or "")
    if ":" in host:
        host = f"[{host}]"
    if parts.port and parts.port != (443 if parts.scheme == "https" else 80):
        host += f":{parts.port}"
    path = _escaped(parts.path) or "/"
    if "/." in path:
        ends = path.endswith(("/", "/.", "/.."))
        path = posixpath.normpath(path).replace("//", "/")
        path += "/" if ends and path != "/" else ""
    kept = []
    for pair in parts.query.split("&"):
        name = pair.partition("=")[0]
        if pair and (name in keep_query if keep_query else not _TRACKING.fullmatch(name)):
            kept.append(_escaped(pair, "?"))
    return urlunsplit((parts.scheme.lower(), host, path, "&".join(kept), ""))


def chosen(final_url: str, told: str | None, keep_query: tuple[str, ...] | None = None) -> str:
    """Return the canonical form of the address a page came from, or of the canonical link it tells when that is its own site's.

    A link to the front page is no article's address: templates that name it on every page are known.
    """
    if told:
        try:
            joined = checked(urljoin(final_url, told))
            if same_site(joined, final_url) and (urlsplit(joined).path.strip("/") or urlsplit(joined).query):
                return canonical(joined, keep_query)
        except (FetchError, ValueError):
            pass
    return canonical(final_url, keep_query)


def same_site(one: str, other: str) -> bool:
    """Tell whether two addresses belong to the same site: same port, same host but for www., m., amp."""
    return _site(one) == _site(other)


def _site(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    host = re.sub(r"^(?:www|m|amp|mobile)\.", "", _ascii_host(parts.hostname or ""))
    port = parts.port or 0
    return host, 0 if port in (80, 443) else port


def domain(url: str) -> str:
    """Return the domain an outlet registers ("bao.gov.vn" of "rss.bao.gov.vn"); an IP address or another port stands for itself."""
    parts = urlsplit(url)
    host = _ascii_host(parts.hostname or "")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return host + port
    size = 3 if len(labels) > 2 and labels[-1] == "vn" and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-size:]) + port


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _escaped(text: str, more: str = "") -> str:
    """Return *text* percent-encoded in one way: upper-case digits, nothing escaped that need not be."""
    out = []
    for piece in re.split(r"(%[0-9A-Fa-f]{2})", text):
        if len(piece) == 3 and piece[0] == "%":
            raw = unquote_to_bytes(piece)
            plain = raw.decode("latin-1")
            out.append(plain if plain.isascii() and (plain.isalnum() or plain in "-._~") else piece.upper())
        else:
            out.append(quote(piece, safe=_SAFE + "%" + more))
    return "".join(out)
