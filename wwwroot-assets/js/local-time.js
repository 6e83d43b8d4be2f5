// Moments that the server wrote in UTC (time[data-moment]), as the reader's clock and language have them.
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const withZone = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
let waits = false;

function show() {
  waits = false;
  for (const element of document.querySelectorAll("time[data-moment]:not([data-local])")) {
    const at = new Date(element.dateTime);
    element.textContent = moment.format(at);
    element.title = withZone.format(at);
    element.dataset.local = "";
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
