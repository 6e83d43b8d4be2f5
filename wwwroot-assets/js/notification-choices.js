// What the page of notifications leaves to the browser: its time zone, its sound, and times as its owner reads them.
import { isOn, play, setOn } from "./sound.js";

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function prepare() {
  const sound = document.querySelector("[data-sound]");
  if (!sound) {
    return;
  }

  sound.checked = isOn();
  const zone = document.querySelector("[name='Input.TimeZone']");
  if (document.querySelector("[data-take-zone]")) {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
  }
  if (Intl.supportedValuesOf && !zone.list) {
    const zones = document.createElement("datalist");
    zones.id = "time-zones";
    zones.append(...Intl.supportedValuesOf("timeZone").map(name => new Option("", name)));
    zone.after(zones);
    zone.setAttribute("list", zones.id);
  }
  for (const time of document.querySelectorAll(".wide ~ section time")) {
    if (time.textContent.endsWith("UTC")) {
      time.textContent = moment.format(new Date(time.dateTime));
    }
  }
}

document.addEventListener("change", event => {
  if (event.target.matches("[data-sound]")) {
    setOn(event.target.checked);
    if (event.target.checked) {
      play();
    }
  }
});

globalThis.Blazor?.addEventListener?.("enhancedload", prepare);
prepare();
