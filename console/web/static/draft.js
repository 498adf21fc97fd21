// What is written stays written: a form is kept on the server every few seconds, and when the page is left.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = form.dataset.draft;
  const state = document.getElementById("draft-state");
  const AFTER = 1500; // milliseconds after the last letter, so at most this much is lost in a crash
  const AT_MOST = 4000; // and while somebody writes on and on
  let kept = new URLSearchParams(new FormData(form)).toString();
  let soon = 0;
  let first = 0;
  let gone = false;

  const fields = () => new URLSearchParams(new FormData(form));
  const keep = async () => {
    clearTimeout(soon);
    soon = 0;
    first = 0;
    const now = fields();
    if (gone || now.toString() === kept) return;
    try {
      const answer = await fetch(place, { method: "POST", body: now, headers: { accept: "application/json" }, redirect: "error" });
      if (answer.status === 409) {
        if (state) state.textContent = (await answer.json()).said; // trying again would not help
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (told.was && form.elements.was) form.elements.was.value = told.was;
      if (told.was) now.set("was", told.was);
      kept = now.toString();
      if (state) state.textContent = told.said;
    } catch {
      if (state) state.textContent = state.dataset.lost;
      soon = setTimeout(keep, AT_MOST);
    }
  };
  const later = () => {
    const now = Date.now();
    first = first || now;
    if (state) state.textContent = state.dataset.waits;
    clearTimeout(soon);
    soon = setTimeout(keep, Math.min(AFTER, Math.max(0, first + AT_MOST - now)));
  };
  const leave = () => {
    const now = fields();
    if (gone || now.toString() === kept) return;
    if (navigator.sendBeacon(place, now)) kept = now.toString();
  };

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { gone = true; clearTimeout(soon); }); // it goes with all its fields
  window.addEventListener("pageshow", () => { gone = false; });
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });

  // how much room is left, while one types
  for (const counter of form.querySelectorAll("[data-room]")) {
    const about = counter.dataset.room.split(" ").map((name) => form.elements[name]);
    const extra = Number(counter.dataset.extra || 0);
    const longest = Number(counter.dataset.longest);
    const count = () => {
      const used = about.reduce((sum, field) => sum + [...field.value].length, extra);
      counter.textContent = counter.dataset.words.replace("{used}", used).replace("{longest}", longest);
      counter.classList.toggle("over", used > longest);
    };
    for (const field of about) field.addEventListener("input", count);
    count();
  }
})();
