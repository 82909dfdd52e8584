// Keys for people who read many articles a day. Every page works without this file.
"use strict";
(() => {
  const off = "auditor-keys-off";
  const dialog = document.getElementById("keys");
  const toggle = document.getElementById("keys-on");
  const stored = () => { try { return localStorage.getItem(off) === "1"; } catch { return false; } };
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const chosen = () => document.querySelector("[data-row].chosen");

  const choose = (row) => {
    if (!row) return;
    chosen()?.classList.remove("chosen");
    row.classList.add("chosen");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(chosen());
    choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
  };
  const press = (verdict) => {
    const button = chosen()?.querySelector(`button[value="${verdict}"]`);
    if (button?.checkVisibility()) button.click();  // never one that is folded away: a second decision needs a second thought
  };

  const opener = document.getElementById("keys-open");
  opener.closest("p").hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  if (toggle) {
    toggle.closest("p").hidden = false;
    toggle.checked = !stored();
    toggle.addEventListener("change", () => { try { localStorage.setItem(off, toggle.checked ? "0" : "1"); } catch { /* private window */ } });
  }
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target && target.matches("[data-row]")) choose(target);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "?") { dialog.showModal(); return; }
    if (stored()) return;
    const act = {
      j: () => step(1),
      k: () => step(-1),
      a: () => press("confirm"),
      r: () => press("dismiss"),
      n: () => chosen()?.querySelector("input[name=note]")?.focus(),
      "/": () => document.querySelector("input[type=search]")?.focus(),
      Enter: () => { if (event.target === chosen()) chosen().querySelector("a")?.click(); },
    }[event.key];
    if (!act) return;
    if (event.key !== "Enter" || event.target === chosen()) { event.preventDefault(); act(); }
  });
})();
