// Keeps the status page true: one event stream, pieces of HTML by element id. The server draws, this only places.
const OFFLINE_AFTER_MS = 3000;
const PLACES = { call: "calls", registration: "registrations", trunk: "trunks" };

const offline = document.getElementById("offline");
let source, offlineTimer, seenAt = new Date();

function connect() {
  const since = document.getElementById("live").dataset.position;
  source = new EventSource(`/events?since=${since}`);
  source.addEventListener("open", online);
  source.addEventListener("error", lost);
  for (const kind of ["patch", "drop", "refresh", "down", "logout"]) {
    source.addEventListener(kind, (event) => receive(kind, event));
  }
}

function receive(kind, event) {
  const cut = event.data.indexOf("\n");
  const id = cut < 0 ? event.data : event.data.slice(0, cut);
  if (kind === "patch") patch(id, event.data.slice(cut + 1));
  else if (kind === "drop") document.getElementById(id)?.remove();
  else if (kind === "refresh") refresh();
  else if (kind === "logout") location.assign("/login");
  else say("Telephony restarts");
  if (kind !== "down") seenAt = new Date();
}

function patch(id, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const old = document.getElementById(id);
  if (old) old.replaceWith(fresh);
  else document.getElementById(PLACES[id.split("-", 1)[0]])?.append(fresh);
}

async function refresh() {
  source.close();
  try {
    const answer = await fetch("/");
    if (answer.redirected) return location.assign("/login");
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("main").replaceWith(page.getElementById("main"));
    online();
    connect();
  } catch {
    lost();
    setTimeout(refresh, 1000 + Math.random() * 1000);
  }
}

function online() {
  clearTimeout(offlineTimer);
  offlineTimer = undefined;
  offline.hidden = true;
  document.body.classList.remove("stale");
}

function lost() {
  offlineTimer ??= setTimeout(() => say("No connection to the box"), OFFLINE_AFTER_MS);
  // The browser tries again by itself unless it was answered with something else than a stream.
  if (source.readyState === EventSource.CLOSED) setTimeout(refresh, 2000);
}

function say(what) {
  offline.querySelector("span").textContent = `${what}. Shown as of ${seenAt.toLocaleTimeString()}.`;
  offline.hidden = false;
  document.body.classList.add("stale");
}

function tick() {
  const now = Date.now() / 1000;
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor(now - Number(time.dataset.since)));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    time.textContent = (hours ? `${hours}:` : "") + `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }
}

setInterval(tick, 1000);
connect();
