// What the phone's window and the bar on the other pages share: how they speak to each other, and showing a state.
// Every word stands in the page, in a <template data-say="STATE">, in the language of the page.

export const line = new BroadcastChannel("kaartje-phone");

// A conversation goes on in these; leaving now would cut somebody off.
export const TALKING = new Set(["answering", "talking", "shaky"]);

const CAREFUL = new Set(["mute", "hang-up"]);
const SETTLES = 500; // milliseconds: a second press on "Pick up" must not hang up, which then stands in its place
let pickedUp = -SETTLES; // when somebody pressed that in this page

// The name of the button that was clicked in this page; none where it was the second press on "Pick up".
export function pressed({ target }) {
  const name = target.closest("[data-do]")?.dataset.do;
  if (CAREFUL.has(name) && performance.now() - pickedUp < SETTLES) return undefined;
  if (name === "accept") pickedUp = performance.now();
  return name;
}

export function show(place, state, muted) {
  const news = place.dataset.state !== state;
  place.dataset.state = state;
  const key = muted && state === "talking" ? "muted" : state; // so that nobody talks on while muted
  const said = place.querySelector(`template[data-say="${key}"]`).content.textContent;
  const status = place.querySelector("[role=status]");
  if (status.textContent !== said) status.textContent = said; // so that it is read aloud once
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  for (const part of place.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  for (const button of place.querySelectorAll("[data-do=mute]")) button.textContent = button.dataset[muted ? "on" : "off"];
  if (focused?.hidden) status.focus(); // the button that was pressed is gone: stay here, and on no other button
  document.title = (state === "ringing" ? "☎ " : "") + document.title.replace(/^☎ /, "");
  if (news && state === "ringing") offer(place.querySelector("[data-do=accept]"));
}

// One press of Enter picks up, unless somebody is writing: then what they type must not.
function offer(button) {
  if (!document.activeElement?.matches("input, textarea, select")) button.focus();
}
