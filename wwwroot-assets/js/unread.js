// What is unread, where a tab in the background still shows it: its title, its icon and the app's badge. All of it is read off
// the list of rooms that the page has anyway, so it costs the circuit nothing.
import { dismiss } from "./notices.js";
import { closeNotifications } from "./push.js";

const icon = document.querySelector("link[rel=icon]");
const plainIcon = icon?.href;
let dottedIcon = null;
let shown = null; // what the icon and the badge say
let unreadRooms = null;

function update() {
  const list = document.querySelector("[data-testid=room-list]");
  const links = list ? [...list.querySelectorAll("[data-testid=room-link]")] : [];
  const counts = new Map(links.map(link => [Number(link.dataset.roomId), countOf(link)]));
  const total = links.filter(link => !("muted" in link.dataset)).reduce((sum, link) => sum + countOf(link), 0);
  setTitle(total);
  if (links.length > 0) {
    setBadge(total);
    setRead(counts);
  }
}

function countOf(link) {
  const count = link.querySelector("[data-testid=unread-count]");
  return count ? Number.parseInt(count.getAttribute("aria-label") ?? count.textContent, 10) || 0 : 0;
}

// The page in view names itself with data-title; a component for that in every circuit would cost more than an observer.
function setTitle(total) {
  const base = document.querySelector("[data-title]")?.dataset.title;
  const title = base && (total > 0 ? `(${total > 99 ? "99+" : total}) ${base}` : base);
  if (title && title !== document.title) {
    document.title = title;
  }
}

function setBadge(total) {
  if (total === shown) {
    return;
  }
  if (total > 0 !== shown > 0) {
    dot(total > 0);
  }
  shown = total;
  (total > 0 ? navigator.setAppBadge?.(total) : navigator.clearAppBadge?.())?.catch(() => {});
}

async function dot(on) {
  if (on) {
    dottedIcon ??= fetch(plainIcon).then(answer => answer.text()).then(svg =>
      `data:image/svg+xml,${encodeURIComponent(svg.replace("</svg>", "<circle cx='49' cy='15' r='14' fill='#e5344b' stroke='#fff' stroke-width='3'/></svg>"))}`);
    const address = await dottedIcon.catch(() => (dottedIcon = null));
    if (address && shown > 0) {
      icon.href = address;
    }
  } else if (icon.href !== plainIcon) {
    icon.href = plainIcon;
  }
}

// A room that is read needs no notice any more, whichever tab or device it was read on.
function setRead(counts) {
  const unread = new Set([...counts].filter(([, count]) => count > 0).map(([room]) => room));
  const first = unreadRooms === null;
  const read = [...(unreadRooms ?? [])].filter(room => !unread.has(room));
  unreadRooms = unread;
  read.forEach(dismiss);
  if (first || read.length > 0) {
    closeNotifications(room => counts.get(room) === 0).catch(() => {});
  }
}

new MutationObserver(update).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-title", "aria-label", "data-muted"] });
update();
