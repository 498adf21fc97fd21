// The keyboard: n for the next one, / to search, ? for this list, Alt with a digit for the parts of a page.
"use strict";
(() => {
  const here = document.querySelector(".top nav [aria-current]");
  const pages = here && here.closest("ul");
  if (pages) pages.scrollLeft = here.offsetLeft - pages.offsetLeft - 24; // on a narrow screen

  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  if (!dialog || !opener) return;
  const single = dialog.querySelector("[name=single]");
  const parts = [...document.querySelectorAll("[data-section]")].slice(0, 9);

  try { single.checked = localStorage.getItem("single-keys") !== "off"; } catch { /* it stays on */ }
  single.addEventListener("change", () => {
    try { localStorage.setItem("single-keys", single.checked ? "on" : "off"); } catch { /* for this page only */ }
  });

  const list = dialog.querySelector("dl");
  parts.forEach((part, index) => {
    const key = document.createElement("dt");
    const what = document.createElement("dd");
    key.innerHTML = "<kbd></kbd>";
    key.firstChild.textContent = `Alt ${index + 1}`;
    what.textContent = list.dataset.section.replace("{name}", part.dataset.section || part.textContent.trim());
    list.append(key, what);
  });

  const show = () => { if (!dialog.open) dialog.showModal(); };
  opener.hidden = false;
  opener.addEventListener("click", show);

  const go = (part) => {
    const fold = part.closest("details");
    if (fold) fold.open = true;
    if (part.tabIndex < 0 && !part.hasAttribute("tabindex")) part.tabIndex = -1;
    part.focus();
    part.scrollIntoView({ block: "start" });
  };
  const press = (key, otherwise) => {
    const place = document.querySelector(`main [data-key="${key}"]`);
    if (!place) { window.location.assign(otherwise); return; }
    place.focus();
    if (place.matches("button, a")) place.click();
  };
  const typing = (place) => place.isContentEditable || place.matches("input, textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code)) {
      const part = parts[Number(event.code.slice(5)) - 1];
      if (part) { event.preventDefault(); go(part); }
      return;
    }
    const bare = !(event.altKey || event.ctrlKey || event.metaKey);
    if (!bare || !single.checked || dialog.open || typing(event.target)) return;
    const keys = { "n": () => press("n", "/queue"), "/": () => press("/", "/cards"), "?": show };
    if (!(event.key in keys) || (event.key !== "?" && !document.body.dataset.agent)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
