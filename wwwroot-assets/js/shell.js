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
