/** A time as the reader writes it: with seconds where it is near, with the day where it is another one. */
export function shortTime(date) {
  const near = Math.abs(date.getTime() - Date.now()) < 2 * 60 * 1000;
  const time = { hour: '2-digit', minute: '2-digit', second: near ? '2-digit' : undefined };
  return date.toDateString() === new Date().toDateString()
    ? date.toLocaleTimeString(undefined, time)
    : date.toLocaleString(undefined, { day: 'numeric', month: 'short', year: 'numeric', ...time });
}
