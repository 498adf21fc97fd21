// How many people a rule finds, while somebody writes it. A count that nobody waits for any more is ended.
"use strict";
(() => {
  const box = document.getElementById("count");
  const rule = document.getElementById("audience.where");
  if (!box || !rule) return;
  const said = document.getElementById("count-said");
  const head = document.getElementById("count-head");
  const list = document.getElementById("count-words");
  const token = rule.form.elements.csrf.value;
  const AFTER = 500; // milliseconds after the last letter
  let soon = 0;
  let running = null;

  const show = (told) => {
    said.textContent = told.said;
    said.classList.toggle("over", told.wrong);
    head.hidden = told.words.length === 0;
    list.replaceChildren(...told.words.map((each) => {
      const line = document.createElement("li");
      line.textContent = each;
      return line;
    }));
  };
  const count = async () => {
    if (running) running.abort();
    if (!rule.value.trim()) { show({ said: "", wrong: false, words: [] }); return; }
    const mine = running = new AbortController();
    said.textContent = box.dataset.waits;
    try {
      const body = new URLSearchParams({ csrf: token, where: rule.value });
      const answer = await fetch(box.dataset.place, { method: "POST", body, signal: mine.signal, redirect: "error" });
      if (mine === running && answer.ok) show(await answer.json());
    } catch {
      if (mine === running) said.textContent = "";
    }
  };
  rule.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(count, AFTER); });
  if (!said.textContent) count();
})();
