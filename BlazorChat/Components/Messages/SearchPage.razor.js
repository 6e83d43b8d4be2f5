// Shows times in the reader's zone and language, and puts the cursor where one types.
const today = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const sameYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const any = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function format(date, now) {
  return (date.toDateString() === now.toDateString() ? today : date.getFullYear() === now.getFullYear() ? sameYear : any).format(date);
}

export function attach(body, input) {
  const localise = () => {
    const now = new Date();
    for (const element of body.querySelectorAll("time[datetime]:not([data-local])")) {
      const date = new Date(element.dateTime);
      element.textContent = format(date, now);
      element.title = any.format(date);
      element.dataset.local = "";
    }
  };
  const observer = new MutationObserver(localise);
  observer.observe(body, { childList: true, subtree: true });
  localise();
  if (!input.value) {
    input.focus();
  }
  return { dispose: () => observer.disconnect() };
}
