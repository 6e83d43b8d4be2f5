// The drawer of rooms on a phone. It opens without asking the server, so it works while a connection is lost.
const root = document.documentElement;

document.addEventListener("click", event => {
  const toggle = event.target.closest("[data-drawer]");
  if (toggle && toggle !== root) {
    root.dataset.drawer = toggle.dataset.drawer;
  } else if (event.target.closest("[data-testid=room-link]")) {
    root.dataset.drawer = "close";
  }
});

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && root.dataset.drawer === "open") {
    root.dataset.drawer = "close";
  }
});

// Ctrl+K or ⌘K goes to the search, as the link in the list of rooms does.
document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && !event.defaultPrevented) {
    const input = document.querySelector("[data-testid=search-input]");
    const link = document.querySelector("[data-testid=search-link]");
    if (input || link) {
      event.preventDefault();
      input ? input.select() : link.click();
    }
  }
});

// Anything with data-copy puts that text on the clipboard.
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button) {
    return;
  }
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  } catch {
    prompt("Copy this", button.dataset.copy); // no clipboard without https
  }
});

// The row of the administration's pages is longer than a phone is wide: the open one is brought into sight.
globalThis.blazorChatShell = {
  showCurrent() {
    const link = document.querySelector(".admin nav a.active");
    if (link) {
      const row = link.parentElement;
      row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
    }
  },
};
