import { isConnected } from "./connection.js";

/** Shows a page of this site in this tab: over the circuit where there is one, so that nothing is loaded anew. */
export function go(path) {
  if (isConnected() && globalThis.Blazor?.navigateTo) {
    Blazor.navigateTo(path);
  } else {
    location.assign(path);
  }
}
