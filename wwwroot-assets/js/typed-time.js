// What somebody types into an input[type=datetime-local] is by their own clock; the server's is UTC.
export function read(typed) {
  const at = new Date(typed);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export function write(milliseconds) {
  const at = new Date(milliseconds);
  const two = number => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
