// Moments that the server wrote in UTC (time[data-moment]), as the reader's clock and language have them.
const styles = {
  minute: { dateStyle: "medium", timeStyle: "short" },
  second: { dateStyle: "medium", timeStyle: "medium" },
  month: { month: "short", year: "numeric" },
  clock: { timeStyle: "short" },
};
const formats = Object.fromEntries(Object.entries(styles).map(([name, style]) => [name, new Intl.DateTimeFormat(undefined, style)]));
const withZone = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
let waits = false;

function show() {
  waits = false;
  for (const element of document.querySelectorAll("time[data-moment]:not([data-local])")) {
    const at = new Date(element.dateTime);
    const { moment, figure } = element.dataset;
    element.dataset.local = "";
    if (figure) {
      // A bar of a chart: only pointing at it tells when that was.
      element.title = `${formats.clock.format(at)}: ${figure}`;
      continue;
    }
    element.title = withZone.format(at);
    // "5 min ago" is the same everywhere.
    if (formats[moment]) {
      element.textContent = formats[moment].format(at);
    }
  }
}

// Once a frame at most, however much changes in it.
new MutationObserver(() => {
  if (!waits) {
    waits = true;
    requestAnimationFrame(show);
  }
}).observe(document.body, { childList: true, subtree: true });
show();
