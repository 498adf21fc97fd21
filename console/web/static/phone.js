// The phone of an agent, in a window of its own: registers with the provider, rings, and talks.
// `Twilio.Device` is the provider's script; everything that is decided is decided here.

import { TALKING, line, pressed, show } from "./phone-shown.js";

const RENEW_BEFORE = 5 * 60 * 1000; // milliseconds before a pass ends
const RENEW_AT_LAST = 4 * 60 * 1000; // a new pass may cost a second of sound, so a conversation is let finish, up to this
const TRY_AGAIN = 15 * 1000;
const BRIDGE = 30 * 1000; // a conversation survives that long without a connection to the provider's exchange
const PASS_NOT_TAKEN = new Set([20101, 20104, 31201, 31202, 31204, 31205]);
const NO_MICROPHONE = new Set([31401, 31402]);
const OURS = ["incoming", "outgoing", "disconnect", ..."0123456789hs".split("").map((key) => `dtmf${key}`)];

const phone = document.getElementById("phone");
const answersItself = phone.querySelector("[name=answers-itself]");

let state = "connecting";
let device = null;
let call = null;
let client = "";
let leaving = false; // as soon as the conversation is over
let renewing = null;
let renewed = 0;

class SignedOut extends Error {}

function become(next) {
  state = next;
  tell();
}

function tell() {
  const muted = Boolean(call?.isMuted());
  show(phone, state, muted);
  line.postMessage({ state, muted });
}

// A stranger is sent to the page for signing in, which is no answer to a script.
async function askForPass() {
  const body = new URLSearchParams({ csrf: phone.dataset.token });
  const answer = await fetch("/desk-phone/token", { method: "POST", body, redirect: "manual" });
  if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) throw new SignedOut();
  if (!answer.ok) throw new Error(`the pass was not made: ${answer.status}`);
  return answer.json();
}

async function mayListen() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) track.stop(); // only asked: nothing is listened to between conversations
}

async function begin() {
  if (state === "signed-out") return location.reload(); // to sign in, and for the new session's token
  if (!window.isSecureContext) return become("not-safe");
  if (!window.Twilio) return become("no-script");
  become("connecting");
  try {
    await mayListen();
  } catch {
    return become("no-microphone");
  }
  try {
    const given = await askForPass();
    if (state !== "connecting") return; // somebody signed out meanwhile
    connect(given);
    await device.register();
  } catch (trouble) {
    if (trouble instanceof SignedOut) return end("signed-out");
    if (!device) end("offline"); // otherwise it tries by itself, and says so
  }
}

function connect(given) {
  drop();
  client = given.client;
  device = new Twilio.Device(given.pass, {
    // While talking a second caller is refused at once, and so waits in the queue instead of hearing it ring.
    allowIncomingWhileBusy: true,
    closeProtection: true,
    maxCallSignalingTimeoutMs: BRIDGE,
    tokenRefreshMs: RENEW_BEFORE,
    // Nothing but the conversation itself leaves: no figures about it, and no request for the provider's sounds.
    publishEvents: false,
    sounds: Object.fromEntries(OURS.map((name) => [name, `/static/${name === "incoming" ? "ring" : "hung-up"}.wav`])),
    ...(given.edges.length ? { edge: given.edges } : {}),
    ...(given.gateway ? { chunderw: given.gateway } : {}),
  });
  device.on("registered", () => call || become("ready"));
  device.on("unregistered", () => call || become("offline"));
  device.on("incoming", (next) => (call ? next.reject() : ring(next)));
  device.on("tokenWillExpire", () => (call ? renewLater(RENEW_AT_LAST) : renewSoon()));
  device.on("error", onError);
}

function onError(trouble) {
  if (PASS_NOT_TAKEN.has(trouble.code)) renewSoon();
  if (NO_MICROPHONE.has(trouble.code)) return end("no-microphone");
  if (!call && device?.state !== "registered") become("offline");
}

async function renew() {
  clearTimeout(renewing);
  renewing = null;
  renewed = Date.now();
  try {
    const given = await askForPass();
    if (!device) return; // it ended meanwhile
    if (given.client !== client) throw new SignedOut();
    if (call || device.state === "registered") return device.updateToken(given.pass);
    connect(given); // with a pass that was not taken it waits for an answer that never comes
    await device.register();
  } catch (trouble) {
    if (trouble instanceof SignedOut) return leave();
    renewLater(TRY_AGAIN);
  }
}

// At once, but never over and over: our clock may differ from the exchange's.
function renewSoon() {
  renewLater(Date.now() - renewed < TRY_AGAIN ? TRY_AGAIN : 0);
}

function renewLater(wait) {
  renewing ??= setTimeout(renew, wait);
}

function ring(next) {
  call = next;
  next.on("accept", () => become("talking"));
  next.on("reconnecting", () => become("shaky"));
  next.on("reconnected", () => become("talking"));
  next.on("mute", tell);
  for (const ended of ["cancel", "reject", "disconnect"]) next.on(ended, () => hungUp(next));
  next.on("error", (trouble) => {
    if (NO_MICROPHONE.has(trouble.code)) end("no-microphone");
    else if (next.status() === "closed") hungUp(next);
  });
  next.on("transportClose", () => {
    // Without a way back the provider's script closes the call and says nothing of it, in a moment.
    if (next.status() === "pending") hungUp(next);
    else queueMicrotask(() => next.status() === "closed" && hungUp(next));
  });
  become("ringing");
  if (answersItself.checked) accept();
}

function hungUp(ended) {
  if (call !== ended) return;
  call = null;
  if (leaving) return end("signed-out");
  if (renewing) renew();
  become(device.state === "registered" ? "ready" : "offline");
}

function accept() {
  if (state !== "ringing") return;
  become("answering");
  call.accept();
}

function leave() {
  leaving = true;
  if (!TALKING.has(state)) end("signed-out");
}

function end(why) {
  clearTimeout(renewing);
  renewing = call = null;
  leaving = false;
  drop();
  become(why);
}

function drop() {
  const old = device;
  device = null;
  old?.removeAllListeners();
  old?.destroy();
}

function hangUp() {
  if (state === "ringing") call.reject();
  else call?.disconnect();
}

function mute() {
  call?.mute(!call.isMuted());
}

const DOES = { begin, accept, leave, mute, "hang-up": hangUp };
const FROM_ELSEWHERE = new Set(["accept", "leave", "mute", "hang-up"]); // beginning asks for the microphone, here

function listen() {
  phone.addEventListener("click", (click) => DOES[pressed(click)]?.());
  line.addEventListener("message", ({ data }) => {
    if (data.ask && device && data.client !== client) leave(); // a colleague signed in here meanwhile
    if (data.ask) tell();
    if (FROM_ELSEWHERE.has(data.do)) DOES[data.do]();
  });
  window.addEventListener("pagehide", () => line.postMessage({ state: "closed", muted: false }));
  answersItself.checked = localStorage.getItem("answers-itself") === "yes";
  answersItself.addEventListener("change", () => {
    localStorage.setItem("answers-itself", answersItself.checked ? "yes" : "no");
  });
  become("idle");
}

// One phone in one browser, or every caller would ring twice. The lock is ours until this window closes.
if (!navigator.locks) show(phone, "not-safe", false);
else {
  navigator.locks.request("kaartje-phone", { ifAvailable: true }, (lock) => {
    if (!lock) return show(phone, "elsewhere", false);
    listen();
    return new Promise(() => {});
  });
}
