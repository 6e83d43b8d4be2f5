// What a list of messages leaves to the browser: times in the reader's zone, day dividers, scrolling and its anchor, what is
// being read, and the actions on a row. Rows are the server's; nothing here changes what they say.
import { takeReadingPlace } from "../../js/connection.js";
import { createActions } from "../../js/message-actions.js";

const NEAR = 100; // px from the bottom that still count as being there
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export function attach(list, dotnet, { roomId, me, targetId }) {
  const host = list.parentElement;
  const jump = host.querySelector("[data-jump]");
  const aborter = new AbortController();
  const on = (target, type, handler, options) => target.addEventListener(type, handler, { signal: aborter.signal, ...options });
  const call = (method, ...args) => dotnet.invokeMethodAsync(method, ...args).catch(() => {});

  let stick = true; // keep the newest message in sight
  let anchor = null; // a row and where it stands, while not sticking
  let unseen = 0;
  let newestSeq = 0;
  let reading = null;

  localStorage.setItem(`last-room-${me}`, roomId);

  // Dates
  function localise(root) {
    for (const mention of root.querySelectorAll(`.mention[data-user-id="${me}"]:not(.mine)`)) {
      mention.classList.add("mine");
    }
    for (const row of root.querySelectorAll(`[data-removed][data-sender="${me}"]:not(.own)`)) {
      row.classList.add("own"); // shows its author where to ask why
    }
    for (const element of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const at = new Date(element.dateTime);
      element.textContent = time.format(at);
      element.title = full.format(at);
      element.dataset.local = "";
    }
  }

  const dayOf = row => row?.querySelector("time")?.dateTime && new Date(row.querySelector("time").dateTime).toDateString();

  function divideDays() {
    let previous = null;
    const today = new Date();
    const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1).toDateString();
    for (const { parentElement: row } of list.querySelectorAll(".blocks article")) {
      const of = dayOf(row);
      if (of !== previous) {
        const at = new Date(of);
        row.dataset.day = of === today.toDateString() ? "Today" : of === yesterday ? "Yesterday"
          : (at.getFullYear() === today.getFullYear() ? day : dayAndYear).format(at);
        row.classList.remove("continues");
      } else {
        delete row.dataset.day;
      }
      previous = of;
    }
  }

  // Scrolling
  const hasNewer = () => list.querySelector("[data-edge=newer]") !== null;
  const isNearBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  const toBottom = () => { list.scrollTop = list.scrollHeight; };
  const newest = () => { const rows = list.querySelectorAll("[data-seq]"); return rows.length ? Number(rows[rows.length - 1].dataset.seq) : 0; };

  function noteAnchor() {
    stick = isNearBottom() && !hasNewer();
    const top = list.getBoundingClientRect().top;
    const row = [...list.querySelectorAll("[data-seq]")].find(r => r.getBoundingClientRect().bottom > top);
    anchor = row && { id: row.dataset.id, top: row.getBoundingClientRect().top };
  }

  function keepAnchor() {
    const row = anchor && list.querySelector(`[data-id="${anchor.id}"]`);
    if (row) {
      list.scrollTop += row.getBoundingClientRect().top - anchor.top;
    }
  }

  function showJump() {
    const away = !isNearBottom() || hasNewer();
    jump.hidden = !away;
    jump.querySelector("span").textContent = unseen > 0 ? `${unseen} new ${unseen === 1 ? "message" : "messages"}` : "Jump to latest";
  }

  function scrolled() {
    noteAnchor();
    if (stick) {
      unseen = 0;
    }
    showJump();
    tellReading();
    loadAtEdges();
  }

  let loading = false;
  async function loadAtEdges() {
    if (loading) {
      return;
    }
    const older = list.querySelector("[data-edge=older]");
    const method = older && list.scrollTop < 600 ? "LoadOlder"
      : hasNewer() && list.scrollHeight - list.scrollTop - list.clientHeight < 600 ? "LoadNewer" : null;
    if (method) {
      loading = true;
      await call(method);
      loading = false;
    }
  }

  async function jumpToLatest() {
    unseen = 0;
    if (hasNewer()) {
      await call("JumpToLatest");
    }
    stick = true;
    toBottom();
    scrolled();
  }

  function flash(row) {
    row.scrollIntoView({ block: "center" });
    row.classList.add("target");
    row.focus({ preventScroll: true });
    setTimeout(() => row.classList.remove("target"), 2500);
    noteAnchor();
  }

  async function show(id) {
    if (!list.querySelector(`[data-id="${id}"]`)) {
      await call("ShowMessage", Number(id));
    }
    const row = list.querySelector(`[data-id="${id}"]`);
    if (row) {
      stick = false;
      flash(row);
      scrolled();
    }
  }

  // Reading
  function tellReading() {
    const now = document.visibilityState === "visible" && document.hasFocus() && isNearBottom() && !hasNewer();
    if (now !== reading) {
      reading = now;
      call("SetReading", now);
    }
  }

  function changed() {
    localise(list);
    divideDays();
    const last = newest();
    if (stick) {
      toBottom();
    } else {
      keepAnchor();
      if (newestSeq > 0 && last > newestSeq && !hasNewer()) {
        unseen += [...list.querySelectorAll("[data-seq]")].filter(r => Number(r.dataset.seq) > newestSeq && Number(r.dataset.sender) !== me).length;
      }
    }
    newestSeq = Math.max(newestSeq, last);
    showJump();
    tellReading();
    loadAtEdges();
  }

  const observer = new MutationObserver(records => {
    if (records.some(r => r.type === "childList" && r.target.nodeType === Node.ELEMENT_NODE && !r.target.closest("time"))) {
      changed();
    }
  });

  const actions = createActions({ list, host, call, on, me, roomId });
  on(list, "scroll", scrolled, { passive: true });
  on(jump, "click", jumpToLatest);
  on(document, "chat:sent", jumpToLatest);
  on(document, "visibilitychange", () => { call("SetVisible", document.visibilityState === "visible"); tellReading(); });
  on(window, "focus", tellReading);
  on(window, "blur", tellReading);
  on(list, "click", event => {
    const quote = event.target.closest("[data-quote]");
    if (quote) {
      event.preventDefault();
      event.stopPropagation();
      show(quote.dataset.quote);
    }
  });
  const resize = new ResizeObserver(() => { if (stick) { toBottom(); } });
  resize.observe(list);

  // Where to open: where one was before the page had to be loaded anew, at the message asked for, at the first unread, or at
  // the newest.
  const place = takeReadingPlace();
  const left = place?.atBottom === false && list.querySelector(`[data-seq="${place.seq}"]`);
  localise(list);
  divideDays();
  newestSeq = newest();
  const divider = list.querySelector(".unread-divider");
  const target = targetId && list.querySelector(`[data-id="${targetId}"]`);
  toBottom();
  if (left) {
    stick = false;
    list.scrollTop += left.getBoundingClientRect().top - list.getBoundingClientRect().top - place.offset;
  } else if (target) {
    stick = false;
    flash(target);
  } else if (divider && divider.offsetTop < list.scrollTop) {
    list.scrollTop = divider.offsetTop - list.offsetTop - 24;
  }
  observer.observe(list, { childList: true, subtree: true });
  call("SetVisible", document.visibilityState === "visible");
  scrolled();
  list.dataset.ready = "";

  return {
    dispose() {
      aborter.abort();
      observer.disconnect();
      resize.disconnect();
      actions.dispose();
    },
  };
}
