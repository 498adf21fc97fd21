// The queue as it changes. One page of this browser listens for all of them (a browser opens few lines to one server),
// and as long as it does, what this agent took stays theirs.
"use strict";
(() => {
  const lines = document.getElementById("lines");
  const said = document.getElementById("live-said");
  const state = document.getElementById("live-state");
  const count = document.getElementById("live-count");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("kaartje-queue") : null;

  const show = (seen) => {
    if (said && said.textContent !== seen.said) said.textContent = seen.said;
    if (count) count.textContent = seen.said;
    if (state) state.textContent = state.dataset.on;
    if (!lines) return;
    const kept = document.activeElement && document.activeElement.dataset.keep;
    const inside = lines.contains(document.activeElement);
    lines.innerHTML = seen.html; // our own page, in which every value was escaped
    for (const field of lines.querySelectorAll("input[type=hidden]")) field.value = lines.dataset.token;
    for (const link of lines.querySelectorAll("[data-of]")) link.hidden = link.dataset.of !== lines.dataset.name;
    if (inside) (document.querySelector(`[data-keep="${kept}"]`) || document.querySelector("[data-keep]")).focus();
  };

  const ended = () => { window.location.assign("/sign-in"); };
  const lost = () => { if (state) state.textContent = state.dataset.off; };

  const take = (what, data) => {
    if (what === "queue") show(data);
    if (what === "ended") ended();
    if (what === "lost") lost();
  };
  const tell = (what, data) => {
    take(what, data);
    if (others) others.postMessage({ what, data });
  };

  const listen = () => new Promise(() => { // it holds for as long as this page is open
    const source = new EventSource("/queue/live");
    let last = null;
    source.addEventListener("queue", (event) => { last = JSON.parse(event.data); tell("queue", last); });
    source.addEventListener("ended", () => { source.close(); tell("ended"); });
    source.addEventListener("error", () => tell("lost"));
    if (others) others.addEventListener("message", (event) => {
      if (event.data.what === "hello" && last) others.postMessage({ what: "queue", data: last });
    });
  });

  if (others) {
    others.addEventListener("message", (event) => take(event.data.what, event.data.data));
    others.postMessage({ what: "hello" });
  }
  if (navigator.locks && others) navigator.locks.request("kaartje-queue", listen);
  else listen();
})();
