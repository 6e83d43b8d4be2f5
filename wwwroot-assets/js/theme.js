// Runs before the first paint, so that a dark page never flashes white. The choice is the device's: light, dark or as the system.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = localStorage.getItem("theme") ?? "system";
    document.documentElement.dataset.theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
    document.documentElement.dataset.themeChoice = choice;
    // The frame of an installed app, and a phone's status bar.
    const frame = document.querySelector("meta[name=theme-color]");
    frame.content = document.documentElement.dataset.theme === "dark" ? frame.dataset.dark : frame.dataset.light;
  };
  apply();
  system.addEventListener("change", apply);
  // Going from one static page to another takes the attributes as the server sent them.
  new MutationObserver(() => "theme" in document.documentElement.dataset || apply())
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  addEventListener("storage", event => event.key === "theme" && apply());
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-set-theme]");
    if (button) {
      localStorage.setItem("theme", button.dataset.setTheme);
      apply();
    }
  });
})();
