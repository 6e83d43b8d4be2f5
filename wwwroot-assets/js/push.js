// Notifications of this browser (Web Push): what the service worker (sw.js) cannot do without a page. It asks for nothing by
// itself: permission is asked for by a button alone.
//
// Kept in this browser: that a person turned notifications on here (they stay on when they sign in again), and what the server
// was told last. A subscription belongs to the session that made it, so a new session tells the server anew. What was removed
// from the list of devices meanwhile is not told again: that was meant.
import { go } from "./go.js";

const { user, session } = document.documentElement.dataset;
const Wanted = `chat:push:${user}`;
const Told = "chat:push-told";
const SignOutPatience = 1500; // ms that signing out waits for the push service

const Needed = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const IsApple = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

/**
 * How it stands: "on", "off", "blocked" (by the browser's settings), "insecure" (no https), "install" (an iPhone allows it to
 * installed apps only), "unsupported".
 */
export function state() {
  if (!Needed) {
    return !isSecureContext ? "insecure" : IsApple ? "install" : "unsupported";
  }
  if (Notification.permission === "denied") {
    return "blocked";
  }
  return Notification.permission === "granted" && read(Wanted) && told()?.user === user ? "on" : "off";
}

/** Asks for permission, subscribes and tells the server. Only from a click. */
export async function enable() {
  if (await Notification.requestPermission() !== "granted") {
    throw new Error(Notification.permission === "denied"
      ? "Your browser blocks notifications of this site. Allow them in its settings, beside the address."
      : "You did not allow notifications. Nothing was changed.");
  }
  await register();
  write(Wanted, true);
}

/** Ends notifications in this browser. */
export async function disable() {
  write(Wanted, null);
  await forget();
}

/** Closes the notifications of rooms, once they were read. */
export async function closeNotifications(isRead) {
  const registration = await existing();
  for (const notification of await registration?.getNotifications() ?? []) {
    const room = /^room-(\d+)$/.exec(notification.tag)?.[1];
    if (room && isRead(Number(room))) {
      notification.close();
    }
  }
}

// One tab at a time: a browser that is opened with many would tell the server as often.
const register = () => navigator.locks.request("chat:push", registerAlone);

async function registerAlone() {
  const { publicKey } = await call("GET", "/account/push/key");
  const subscription = await subscribe(await worker(), publicKey);
  const { endpoint, keys } = subscription.toJSON();
  const before = told();
  if (before?.user !== user || before.session !== session || before.endpoint !== endpoint) {
    const replaces = before?.user === user && before.endpoint !== endpoint ? before.endpoint : undefined;
    await call("POST", "/account/push", { endpoint, keys, replaces });
    write(Told, { user, session, endpoint });
  }
}

async function worker() {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  return await within(10000, navigator.serviceWorker.ready) ?? fail("Your browser did not start the notifications. Try again.");
}

async function subscribe(registration, publicKey) {
  const current = await registration.pushManager.getSubscription();
  if (current && told()?.user === user && isFor(current, publicKey)) {
    return current;
  }
  // Somebody else's here before, or made for keys that the server no longer has.
  await current?.unsubscribe();
  try {
    return await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  } catch {
    return fail("Your browser did not reach its push service. Some networks and browsers block it.");
  }
}

function isFor(subscription, publicKey) {
  const key = subscription.options?.applicationServerKey;
  return !key || btoa(String.fromCharCode(...new Uint8Array(key))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === publicKey;
}

/** Ends the subscription, here and on the server, and takes away what it showed. Nobody's wish to have it is changed. */
async function forget() {
  const { user: owner, endpoint } = told() ?? {};
  write(Told, null);
  const registration = await existing();
  await Promise.allSettled([
    owner === user && endpoint && call("DELETE", "/account/push", { endpoint }),
    registration?.pushManager.getSubscription().then(s => s?.unsubscribe()),
    registration?.getNotifications().then(all => all.forEach(n => n.close())),
    navigator.clearAppBadge?.(),
  ]);
}

async function atLoad() {
  if (!user || !Needed) {
    return;
  }

  const before = told();
  if (before && before.user !== user) {
    await forget();
  }
  if (!read(Wanted)) {
    return;
  }

  const devices = document.querySelector("[data-push-devices]");
  if (Notification.permission !== "granted" || (before?.session === session && devices && !devices.querySelector("[data-here]"))) {
    await disable(); // allowed no more, or removed from the list
  } else {
    await register();
  }
}

function existing() {
  return Needed ? navigator.serviceWorker.getRegistration("/") : undefined;
}

async function call(method, path, body) {
  const answer = await fetch(path, {
    method, body: body && JSON.stringify(body), headers: body && { "Content-Type": "application/json" }, keepalive: true, redirect: "error",
  }).catch(() => fail("The server was not reached. Try again."));
  const said = await answer.json().catch(() => null);
  return answer.ok ? said : fail(said?.detail ?? "That did not work. Try again.");
}

function fail(message) {
  throw new Error(message);
}

const within = (milliseconds, promise) => Promise.race([promise, new Promise(resolve => setTimeout(resolve, milliseconds))]);

const told = () => read(Told);

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value === null) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Then it lasts as long as the page.
  }
}

// What pages show: elements name the states in which they are there, and buttons what they do.
function show() {
  const now = state();
  for (const element of document.querySelectorAll("[data-push-when]")) {
    element.hidden = !element.dataset.pushWhen.split(" ").includes(now);
  }
}

function say(text) {
  for (const note of document.querySelectorAll("[data-push-note]")) {
    note.textContent = text;
    note.hidden = text === "";
  }
}

async function act(button, action) {
  button.disabled = true;
  say("");
  try {
    await action();
    if (document.querySelector("[data-push-devices]")) {
      location.reload(); // the list of devices is the server's
    }
  } catch (error) {
    say(error.message);
  } finally {
    button.disabled = false;
    show();
  }
}

document.addEventListener("click", event => {
  const button = event.target.closest("[data-push]");
  if (button) {
    act(button, button.dataset.push === "enable" ? enable : disable);
  }
});

// Whoever signs out takes their notifications along, but waits for nobody.
document.addEventListener("submit", async event => {
  if (event.target.matches("[data-signs-out]") && told() && !event.defaultPrevented) {
    event.preventDefault();
    await within(SignOutPatience, forget().catch(() => {}));
    event.target.submit();
  }
});

// A click on a notification, for which the service worker chose this tab.
navigator.serviceWorker?.addEventListener("message", event => {
  if (event.data?.type === "open") {
    event.ports[0]?.postMessage("taken");
    if (event.data.path !== location.pathname) {
      go(event.data.path);
    }
  }
});
navigator.serviceWorker?.startMessages();

addEventListener("storage", event => event.key?.startsWith("chat:push") && show());
globalThis.Blazor?.addEventListener?.("enhancedload", show);
show();
atLoad().catch(() => {}).finally(show); // tried again at the next page
