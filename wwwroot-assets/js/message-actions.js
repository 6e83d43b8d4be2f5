// The toolbar of a message: it appears on the row under the pointer, on the focused row, and on the row that was tapped.
const icons = {
  reply: "<path d='M9 7L4 12l5 5M4 12h9a7 7 0 017 6'/>",
  edit: "<path d='M4 20h4L19 9l-4-4L4 16v4z'/>",
  link: "<path d='M10 14a4 4 0 006 .4l2.600-2.600a4 4 0 00-5.700-5.700L11.500 7.500M14 10a4 4 0 00-6-.4l-2.600 2.600a4 4 0 005.700 5.700l1.400-1.400'/>",
  unread: "<circle cx='12' cy='12' r='7'/><circle cx='12' cy='12' r='2.500' fill='currentcolor'/>",
  remove: "<path d='M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12'/>",
};

export function createActions({ list, host, call, on, me, roomId }) {
  const bar = host.querySelector("[data-actions]");
  let row = null;

  const button = (name, label, action) => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "icon-button";
    element.title = label;
    element.setAttribute("aria-label", label);
    element.dataset.testid = `message-${name}`;
    element.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${icons[name]}</svg>`;
    element.addEventListener("click", () => { action(row); hide(); });
    bar.append(element);
    return element;
  };

  const reply = button("reply", "Reply", r => document.dispatchEvent(new CustomEvent("chat:reply", { detail: {
    id: Number(r.dataset.id),
    senderName: r.querySelector(".author").textContent,
    excerpt: r.querySelector(".message-body").textContent.trim().replace(/\s+/g, " ").slice(0, 140),
  } })));
  const edit = button("edit", "Edit", r => document.dispatchEvent(new CustomEvent("chat:edit", { detail: { id: Number(r.dataset.id) } })));
  button("link", "Copy link", r => copy(new URL(`/rooms/${roomId}/${r.dataset.id}`, location.origin).href));
  button("unread", "Mark unread from here", r => call("MarkUnread", Number(r.dataset.seq)));
  const remove = button("remove", "Delete", r => call("Delete", Number(r.dataset.id)));

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      prompt("Link to this message", text); // no clipboard without https
    }
  }

  function show(next) {
    if (!next || next.dataset.state !== "sent") {
      return;
    }
    row?.classList.remove("active");
    row = next;
    row.classList.add("active");
    const own = Number(row.dataset.sender) === me;
    const deleted = "deleted" in row.dataset;
    reply.hidden = deleted;
    edit.hidden = !own || deleted;
    remove.hidden = deleted || !(own || "canManage" in list.dataset);
    bar.hidden = false;
    place();
  }

  function place() {
    const box = row.getBoundingClientRect();
    const frame = host.getBoundingClientRect();
    const top = Math.max(box.top - frame.top - 18, 4);
    bar.style.top = `${Math.min(top, list.clientHeight - bar.offsetHeight - 4)}px`;
  }

  function hide() {
    row?.classList.remove("active");
    row = null;
    bar.hidden = true;
  }

  on(list, "pointerover", event => event.pointerType === "mouse" && show(event.target.closest("[data-seq]")));
  on(list, "click", event => { if (!event.target.closest("a, button")) { show(event.target.closest("[data-seq]")); } });
  on(list, "focusin", event => show(event.target.closest("[data-seq]")));
  on(host, "pointerleave", () => { if (!bar.contains(document.activeElement)) { hide(); } });
  on(list, "scroll", () => { if (row) { hide(); } }, { passive: true });

  // By keyboard: arrows walk the rows, Enter goes to the actions of one, Escape back.
  on(list, "keydown", event => {
    if (event.target.closest("a, button") || !["ArrowUp", "ArrowDown", "Home", "End", "Enter"].includes(event.key)) {
      return;
    }
    const current = event.target.closest("[data-seq]");
    if (event.key === "Enter") {
      bar.querySelector("button:not([hidden])")?.focus();
      event.preventDefault();
      return;
    }
    const rows = [...list.querySelectorAll("[data-seq]")];
    const at = current ? rows.indexOf(current) : rows.length;
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    const to = rows[Math.max(0, Math.min(rows.length - 1, next))];
    if (to) {
      event.preventDefault();
      to.scrollIntoView({ block: "nearest" });
      to.focus({ preventScroll: true });
    }
  });
  on(bar, "keydown", event => {
    const buttons = [...bar.querySelectorAll("button:not([hidden])")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      buttons[(at + (event.key === "ArrowRight" ? 1 : buttons.length - 1)) % buttons.length].focus();
    } else if (event.key === "Escape") {
      row?.focus({ preventScroll: true });
    }
  });

  return { dispose: () => bar.replaceChildren() };
}
