// The bar on the pages of the desk: shows how the phone is, and presses its buttons from here. The phone itself lives
// in a window of its own, because a page that is left takes its conversation with it.

import { line, pressed, show } from "./phone-shown.js";

const ANSWERS_WITHIN = 1500; // milliseconds; then there is no phone
const ASK_EVERY = 15000;

const bar = document.getElementById("phone-bar");
let waiting = null;

function ask() {
  line.postMessage({ ask: "state", client: bar.dataset.client });
  clearTimeout(waiting);
  waiting = setTimeout(() => show(bar, "closed", false), ANSWERS_WITHIN);
}

line.addEventListener("message", ({ data }) => {
  if (!data.state) return;
  clearTimeout(waiting);
  show(bar, data.state, data.muted);
});

bar.addEventListener("click", (click) => {
  const name = pressed(click);
  if (name) line.postMessage({ do: name });
});

// In a small window beside the desk; where scripts may open none, the link does what links do.
bar.querySelector("a").addEventListener("click", (press) => {
  const { href, target } = press.currentTarget;
  const opened = window.open(href, target, "popup,width=440,height=560");
  if (!opened) return;
  press.preventDefault();
  opened.focus();
});

// Whoever signs out is not called any more.
document.querySelector('form[action="/sign-out"]').addEventListener("submit", () => line.postMessage({ do: "leave" }));

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
setInterval(ask, ASK_EVERY);
ask();
