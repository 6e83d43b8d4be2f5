// Counts down from one message to the next in a slowed room. The server decides; this only says when it will agree.

/**
 * @param {HTMLElement} place Says it in words.
 * @param {HTMLElement} button Shows what is left in place of its arrow.
 * @param {() => void} onOver The wait is over, or ticked.
 */
export function slowMode(place, button, onOver) {
  let seconds = 0;
  let slowed = false;
  let until = 0;
  let given = '';
  let timer = 0;

  const left = () => (slowed ? Math.max(0, until - performance.now()) : 0);

  /** Takes up what the server says of the room: `slow` seconds, whether one is `slowed`, and what is `slowLeft` in milliseconds. */
  function set({ roomId, slow, slowed: waits, slowLeft }) {
    const said = [roomId, slow, waits, slowLeft].join();
    if (said === given) {
      return;
    }

    const moved = given !== '' && given.split(',')[0] !== roomId;
    given = said;
    seconds = Number(slow) || 0;
    slowed = waits === 'true' && seconds > 0;

    // What is known here may be newer: a message that was sent since.
    const known = moved ? 0 : Math.min(left(), seconds * 1000);
    until = performance.now() + Math.max(Number(slowLeft) || 0, known);
    tick();
  }

  /** A message was sent, or the server said how long it takes until the next. */
  function begin(wait = seconds * 1000) {
    if (slowed) {
      until = performance.now() + wait;
      tick();
    }
  }

  /** The message was refused: it was nobody's turn. */
  function end() {
    until = 0;
    tick();
  }

  function tick() {
    clearTimeout(timer);
    const rest = left();
    if (rest > 0) {
      timer = setTimeout(tick, Math.min(rest, rest % 1000 || 1000) + 20);
    }

    onOver();
  }

  function words() {
    const rest = left();
    return seconds === 0 ? ''
      : !slowed ? `Slow mode: one message every ${spoken(seconds)}. Moderators do not wait.`
        : rest > 0 ? `Slow mode: you can send the next message in ${spoken(Math.ceil(rest / 1000))}.`
          : `Slow mode: one message every ${spoken(seconds)}.`;
  }

  function draw(editing) {
    const text = words();
    if (place.textContent !== text) {
      place.textContent = text;
    }

    const rest = editing ? 0 : left();
    if (rest > 0) {
      button.dataset.wait = short(Math.ceil(rest / 1000));
    } else {
      delete button.dataset.wait;
    }
  }

  return { set, begin, end, left, words, draw, dispose: () => clearTimeout(timer) };
}

function short(seconds) {
  const minutes = Math.floor(seconds / 60);
  return seconds < 60 ? String(seconds)
    : minutes < 60 ? `${minutes}:${String(seconds % 60).padStart(2, '0')}` : `${Math.ceil(minutes / 60)} h`;
}

function spoken(seconds) {
  const [amount, unit] = seconds < 120 && seconds !== 60 ? [seconds, 'second']
    : seconds < 7200 && seconds !== 3600 ? [Math.ceil(seconds / 60), 'minute'] : [Math.ceil(seconds / 3600), 'hour'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
