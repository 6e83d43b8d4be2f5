// Shows what is pushed while nobody looks, and leads back to it. It answers no requests and keeps no copies: every page and
// file comes from the server, so nothing here can be stale. One file without imports, because a browser may start it alone.
"use strict";

const Icon = "/icons/icon-192.png";
const Badge = "/icons/badge.png";
const Answer = 1000; // ms that an open tab has to take a click over before it is led by its address

addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));

// Always shows something: Safari takes the permission away from a site whose pushes show nothing.
addEventListener("push", event => {
  const { title, options, badge } = read(event.data);
  event.waitUntil(Promise.allSettled([registration.showNotification(title, options), setBadge(badge)]));
});

addEventListener("notificationclick", event => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path ?? "/"));
});

addEventListener("pushsubscriptionchange", event => event.waitUntil(renew(event.oldSubscription, event.newSubscription)));

function read(data) {
  let push = null;
  try {
    push = data?.json();
  } catch {
    // Not ours to read; it is announced all the same.
  }
  const text = (value, otherwise) => typeof value === "string" && value !== "" ? value : otherwise;
  const tag = text(push?.tag, "message");
  return {
    title: text(push?.title, "New message"),
    badge: push?.badge,
    options: {
      body: text(push?.body, ""), tag, renotify: true, icon: Icon, badge: Badge, timestamp: Date.now(), data: { path: pathOf(push?.url) },
    },
  };
}

/** The path of an address of this site; the start page for any other. */
function pathOf(address) {
  if (typeof address !== "string") {
    return "/";
  }
  try {
    const url = new URL(address, location.origin);
    return url.origin === location.origin ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}

async function setBadge(count) {
  if (Number.isInteger(count) && count >= 0) {
    await (count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.());
  }
}

async function open(path) {
  const tabs = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = best(tabs, path);
  if (!tab) {
    await clients.openWindow(path).catch(() => {});
    return;
  }

  // Asked before the focus is waited for, and focused while the click still permits it. A refused focus is no reason to stop.
  const taken = ask(tab, path);
  await tab.focus().catch(() => {});
  if (!await taken) {
    await tab.navigate(path).catch(() => clients.openWindow(path)).catch(() => {});
  }
}

/** The tab to use: one that shows the room, else one with the rooms, else any; of equals the one in view, or used last. */
function best(tabs, path) {
  const room = /^\/rooms\/\d+/.exec(path)?.[0];
  const worth = tab => {
    const at = new URL(tab.url).pathname;
    return (room && (at === room || at.startsWith(`${room}/`)) ? 4 : 0) + (at.startsWith("/account/") ? 0 : 2) + (tab.visibilityState === "visible" ? 1 : 0);
  };
  return tabs.map(tab => ({ tab, worth: worth(tab) })).sort((a, b) => b.worth - a.worth)[0]?.tab;
}

/** Whether the tab goes there by itself, without loading anew; a page that sleeps or has no scripts yet does not answer. */
function ask(tab, path) {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    setTimeout(() => resolve(false), Answer);
    tab.postMessage({ type: "open", path }, [port2]);
  });
}

/** The browser gave up a subscription, as it does from time to time: another takes its place. */
async function renew(old, fresh) {
  const known = await fetch("/account/push/key");
  if (!known.ok || known.redirected) {
    await fresh?.unsubscribe();
    return;
  }

  const subscription = fresh ?? await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: (await known.json()).publicKey });
  const { endpoint, keys } = subscription.toJSON();
  const told = await fetch("/account/push", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ endpoint, keys, replaces: old?.endpoint }),
  });
  if (told.status === 401) {
    await subscription.unsubscribe();
  }
}
