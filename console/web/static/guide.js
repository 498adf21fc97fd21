// The guide of a call, one step at a time: Alt with an arrow goes on without leaving the note.
"use strict";
(() => {
  const steps = [...document.querySelectorAll(".call-guide .step")];
  const said = document.getElementById("guide-said");
  if (!steps.length) return;

  const show = (step) => {
    for (const other of steps) other.open = other === step; // browsers that do not know details[name]
    const title = step.querySelector("summary");
    title.scrollIntoView({ block: "nearest" });
    if (said) said.textContent = title.textContent;
    return title;
  };
  const beside = (by) => {
    const now = steps.findIndex((step) => step.open);
    return steps[Math.min(steps.length - 1, Math.max(0, now + by))];
  };

  for (const button of document.querySelectorAll("[data-step=next]")) {
    button.hidden = false;
    button.addEventListener("click", () => show(beside(1)).focus());
  }
  document.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !event.altKey || event.ctrlKey || event.metaKey || event.target.matches("select")) return;
    event.preventDefault();
    show(beside(by));
  });
})();
