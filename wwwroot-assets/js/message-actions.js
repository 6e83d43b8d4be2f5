// The toolbar of a message: it appears on the row under the pointer, on the focused row, and on the row that was tapped. What is
// needed less often stands in a menu behind its last button.
const icons = {
  reply: "<path d='M9 7L4 12l5 5M4 12h9a7 7 0 017 6'/>",
  edit: "<path d='M4 20h4L19 9l-4-4L4 16v4z'/>",
  link: "<path d='M10 14a4 4 0 006 .4l2.600-2.600a4 4 0 00-5.700-5.700L11.500 7.500M14 10a4 4 0 00-6-.4l-2.600 2.600a4 4 0 005.700 5.700l1.400-1.400'/>",
  unread: "<circle cx='12' cy='12' r='7'/><circle cx='12' cy='12' r='2.500' fill='currentcolor'/>",
  remove: "<path d='M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12'/>",
  show: "<path d='M3 12c2-4 5-6 9-6s7 2 9 6c-2 4-5 6-9 6s-7-2-9-6z'/><circle cx='12' cy='12' r='2.500'/>",
  more: "<circle cx='6' cy='12' r='1' fill='currentcolor'/><circle cx='12' cy='12' r='1' fill='currentcolor'/><circle cx='18' cy='12' r='1' fill='currentcolor'/>",
};

export function createActions({ list, host, call, on, me, roomId }) {
  const bar = host.querySelector("[data-actions]");
  const menu = host.querySelector("[data-message-menu]");
  let row = null;

  // What a row is, and what I may do here.
  const id = r => Number(r.dataset.id);
  const sender = r => Number(r.dataset.sender);
  const isOwn = r => sender(r) === me;
  const isDeleted = r => "deleted" in r.dataset;
  const isIn = (name, value) => (list.dataset[name] ?? "").split(",").includes(String(value));
  const isBlocked = r => isIn("blocked", r.dataset.sender);
  const isCollapsed = r => isBlocked(r) && !r.classList.contains("shown");
  const may = right => right in list.dataset;
  const author = r => r.querySelector(".author").textContent;
  const canStillEdit = r => {
    const minutes = list.dataset.editMinutes;
    return minutes === undefined || Date.now() < new Date(r.querySelector("time").dateTime).getTime() + Number(minutes) * 60_000;
  };

  // In the order in which they stand. The name is also the hook of tests; a label may depend on the row.
  const entries = [
    { name: "show", label: "Show message", when: isCollapsed, act: reveal },
    { name: "reply", label: "Reply", when: r => !isDeleted(r) && !isCollapsed(r), act: answer },
    { name: "edit", label: "Edit", when: r => isOwn(r) && !isDeleted(r) && canStillEdit(r), act: r => tell("chat:edit", { id: id(r) }) },
    { name: "link", label: "Copy link", when: () => true, act: r => copy(new URL(`/rooms/${roomId}/${r.dataset.id}`, location.origin).href) },
    { name: "unread", label: "Mark unread from here", when: () => true, act: r => call("MarkUnread", Number(r.dataset.seq)) },
    {
      name: "remove", label: r => isOwn(r) ? "Delete" : "Remove", when: r => !isDeleted(r) && (isOwn(r) || may("canRemove")),
      act: r => call(isOwn(r) ? "Delete" : "Remove", id(r)),
    },
    { name: "pin", more: true, label: "Pin to this room", when: r => may("canPin") && !isDeleted(r) && !isIn("pins", r.dataset.id), act: r => call("Pin", id(r)) },
    { name: "unpin", more: true, label: "Unpin", when: r => may("canPin") && isIn("pins", r.dataset.id), act: r => call("Unpin", id(r)) },
    { name: "restore", more: true, label: "Restore", when: r => "removed" in r.dataset && may("canRemove") && !isOwn(r), act: r => call("Restore", id(r)) },
    { name: "report", more: true, label: "Report", when: r => !isOwn(r) && !isDeleted(r), act: r => call("Report", id(r)) },
    { name: "block", more: true, label: r => `Block ${author(r)}`, when: r => !isOwn(r) && !isBlocked(r), act: r => call("Block", sender(r)) },
    { name: "unblock", more: true, label: r => `Unblock ${author(r)}`, when: isBlocked, act: r => call("Unblock", sender(r)) },
  ];

  for (const entry of entries) {
    entry.button = document.createElement("button");
    entry.button.type = "button";
    entry.button.dataset.testid = `message-${entry.name}`;
    entry.button.addEventListener("click", () => { const at = row; hide(); entry.act(at); });
    if (entry.more) {
      entry.button.setAttribute("role", "menuitem");
      menu.append(entry.button);
    } else {
      adorn(entry.button, entry.name);
      bar.append(entry.button);
    }
  }

  const more = document.createElement("button");
  more.type = "button";
  more.title = "More";
  more.dataset.testid = "message-more";
  more.setAttribute("aria-label", "More actions");
  more.setAttribute("aria-haspopup", "menu");
  adorn(more, "more");
  more.addEventListener("click", () => menu.hidden ? openMenu() : closeMenu());
  bar.append(more);

  function adorn(button, icon) {
    button.className = "icon-button";
    button.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${icons[icon]}</svg>`;
  }

  function tell(event, detail) {
    document.dispatchEvent(new CustomEvent(event, { detail }));
  }

  function answer(r) {
    tell("chat:reply", {
      id: id(r),
      senderName: author(r),
      excerpt: r.querySelector(".message-body").textContent.trim().replace(/\s+/g, " ").slice(0, 140),
    });
  }

  function reveal(r) {
    r.classList.add("shown");
    r.focus({ preventScroll: true });
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      prompt("Link to this message", text); // no clipboard without https
    }
  }

  function show(next) {
    if (!next || next.dataset.state !== "sent" || (next === row && !menu.hidden)) {
      return;
    }
    closeMenu();
    row?.classList.remove("active");
    row = next;
    row.classList.add("active");
    for (const { button, label, when, more: inMenu } of entries) {
      const text = typeof label === "string" ? label : label(row);
      button.hidden = !when(row);
      if (inMenu) {
        button.textContent = text;
      } else {
        button.title = text;
        button.setAttribute("aria-label", text);
      }
    }
    more.hidden = !menu.querySelector("button:not([hidden])");
    bar.hidden = false;
    place();
  }

  function place() {
    const box = row.getBoundingClientRect();
    const frame = host.getBoundingClientRect();
    const top = Math.max(box.top - frame.top - 18, 4);
    bar.style.top = `${Math.min(top, list.clientHeight - bar.offsetHeight - 4)}px`;
  }

  function openMenu() {
    menu.hidden = false;
    more.setAttribute("aria-expanded", "true");
    const below = bar.offsetTop + bar.offsetHeight + 4;
    const fits = below + menu.offsetHeight <= list.clientHeight;
    menu.style.top = `${fits ? below : Math.max(4, bar.offsetTop - menu.offsetHeight - 4)}px`;
    menu.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
  }

  function closeMenu() {
    menu.hidden = true;
    more.setAttribute("aria-expanded", "false");
  }

  function hide() {
    closeMenu();
    row?.classList.remove("active");
    row = null;
    bar.hidden = true;
  }

  on(list, "pointerover", event => event.pointerType === "mouse" && menu.hidden && show(event.target.closest("[data-seq]")));
  on(list, "click", event => {
    const at = event.target.closest("[data-seq]");
    if (event.target.closest("[data-why]")) {
      call("Why", id(at));
    } else if (!event.target.closest("a, button")) {
      if (at && isCollapsed(at)) {
        reveal(at);
      }
      show(at);
    }
  });
  on(list, "focusin", event => show(event.target.closest("[data-seq]")));
  on(host, "pointerleave", () => { if (!bar.contains(document.activeElement) && menu.hidden) { hide(); } });
  on(host, "pointerdown", event => { if (!menu.hidden && !menu.contains(event.target) && !bar.contains(event.target)) { hide(); } });
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
  const walk = (buttons, step) => {
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  on(bar, "keydown", event => {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      walk([...bar.querySelectorAll("button:not([hidden])")], event.key === "ArrowRight" ? 1 : -1);
    } else if (event.key === "Escape") {
      closeMenu();
      row?.focus({ preventScroll: true });
    }
  });
  on(menu, "keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk([...menu.querySelectorAll("button:not([hidden])")], event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      closeMenu();
      more.focus();
    }
  });

  return {
    dispose: () => {
      bar.replaceChildren();
      menu.replaceChildren();
    },
  };
}
