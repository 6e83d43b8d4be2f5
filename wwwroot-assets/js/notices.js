// Notices of what is said in other rooms, while the page is in view: a few cards in a corner, each a room's newest message.
// The server decides what is worth one; see show below for what it says.
import { go } from "./go.js";
import { soundFor } from "./sound.js";

const Most = 3;
const Time = 6000; // ms that a card stays, unless it is pointed at or has the focus
const Small = matchMedia("(max-width: 760px)");

const stack = document.getElementById("notices");
const resized = new ResizeObserver(place);

/**
 * Announces a message. In a tab that nobody sees there is only the sound.
 * { roomId, messageId, title, body, avatar: file name or null, initials, colour }
 */
export function show(notice) {
  soundFor(notice.messageId).catch(() => {});
  if (!stack || document.visibilityState !== "visible") {
    return;
  }
  cardOf(notice.roomId)?.remove();
  stack.append(cardFor(notice));
  while (stack.children.length > Most) {
    stack.firstElementChild.remove();
  }
  place();
}

/** Takes away the card of a room. */
export function dismiss(roomId) {
  cardOf(roomId)?.remove();
}

const cardOf = roomId => stack?.querySelector(`[data-room-id="${roomId}"]`);

function cardFor({ roomId, messageId, title, body, avatar, initials, colour }) {
  const card = make("article", "notice-card", { "data-testid": "in-page-notice", "data-room-id": roomId });
  const path = `/rooms/${roomId}/${messageId}`;
  const link = make("a", "notice-link", { href: path });
  const face = avatar
    ? make("img", "avatar", { src: `/avatars/${encodeURIComponent(avatar)}`, alt: "" })
    : make("span", `avatar avatar-${colour ?? 0}`, { "aria-hidden": "true" }, initials ?? "#");
  const words = make("span", "notice-words");
  words.append(make("strong", "", {}, title), make("span", "notice-said", {}, body));
  link.append(face, words);
  const close = make("button", "icon-button", { type: "button", "aria-label": "Close", title: "Close" });
  close.innerHTML = "<svg viewBox='0 0 24 24' aria-hidden='true'><path d='M6 6l12 12M18 6L6 18'/></svg>";
  card.append(link, close);

  let timer = setTimeout(remove, Time);
  const stay = () => clearTimeout(timer);
  const leave = () => { clearTimeout(timer); timer = setTimeout(remove, Time); };
  function remove() {
    clearTimeout(timer);
    card.remove();
  }
  card.addEventListener("pointerenter", stay);
  card.addEventListener("pointerleave", leave);
  card.addEventListener("focusin", stay);
  card.addEventListener("focusout", leave);
  close.addEventListener("click", remove);
  link.addEventListener("click", event => {
    if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      go(path);
    }
    remove();
  });
  return card;
}

function make(name, className, attributes = {}, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  return element;
}

// Never over what is being written: above the composer, or at the top of a phone.
function place() {
  const composer = document.querySelector("[data-composer]");
  resized.disconnect();
  if (composer && stack.children.length > 0) {
    resized.observe(composer);
  }
  stack.style.bottom = composer && !Small.matches ? `${innerHeight - composer.getBoundingClientRect().top + 8}px` : "";
}

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !event.defaultPrevented) {
    (document.activeElement?.closest(".notice-card") ?? stack?.lastElementChild)?.remove();
  }
});

// What the server calls: one name, so that no circuit keeps a reference to a module.
globalThis.chatNotices = { show };
