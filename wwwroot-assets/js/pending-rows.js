// Shows a room's outbox entries below its messages, and takes each away in the moment its message arrives: by a
// mutation observer, which runs before the browser paints, so that nothing blinks or shows twice.

import { shortTime } from './short-time.js';

/** An acknowledged message that is not shown after this time is not going to be: the list looks elsewhere. */
const AcknowledgedFor = 20000;

/**
 * @param {object} options
 * @param {number} options.roomId
 * @param {number} options.userId
 * @param {() => Array} options.entries The user's outbox entries, in order.
 * @param {(action: 'retry'|'edit'|'discard', entry) => void} options.onAction
 * @param {(clientId: string) => void} options.onShown The server's row of this client id has appeared.
 * @param {() => boolean} options.isConnected
 * @param {() => string} options.silence Why the user cannot post in the room now; empty when they can.
 * @param {() => number|null} options.turn When the next message may be sent (as Date.now() counts); null where none waits for that.
 */
export function pendingRows({ roomId, userId, entries, onAction, onShown, isConnected, silence, turn }) {
  const rows = new Map();        // client id -> { entry, element, acknowledged }
  const shown = new Set();
  let container = null;

  const observer = new MutationObserver(reconcile);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-client-id', 'data-outbox'] });

  function find() {
    if (!container?.isConnected || container.dataset.outbox !== String(roomId)) {
      container = document.querySelector(`[data-outbox="${roomId}"]`);
      // They are spoken when they arrive as messages; until then the composer says what matters.
      container?.setAttribute('aria-live', 'off');
      container?.replaceChildren(...[...rows.values()].map(row => row.element));
    }

    return container;
  }

  function reconcile() {
    if (rows.size === 0 && container?.isConnected && container.dataset.outbox === String(roomId)) {
      return;
    }

    const place = find();
    const list = place?.closest('[data-testid=message-list]') ?? place?.parentElement;
    if (!list) {
      return;
    }

    for (const clientId of [...rows.keys()]) {
      const row = rows.get(clientId);
      const real = [...list.querySelectorAll(`[data-client-id="${CSS.escape(clientId)}"]`)]
        .some(e => e !== row.element && (e.dataset.sender ?? String(userId)) === String(userId));
      if (real) {
        shown.add(clientId);
        drop(clientId);
        onShown(clientId);
      }
    }
  }

  function drop(clientId) {
    clearTimeout(rows.get(clientId)?.timer);
    rows.get(clientId)?.element.remove();
    rows.delete(clientId);
  }

  /** Brings the rows up to date; `acknowledged` is a client id that the server has just stored. */
  function update(acknowledged) {
    const current = entries().filter(e => e.roomId === roomId && !shown.has(e.clientId));
    const wanted = new Set(current.map(e => e.clientId));
    const row = rows.get(acknowledged);
    if (row && !row.acknowledged) {
      row.acknowledged = true;
      row.timer = setTimeout(() => drop(acknowledged), AcknowledgedFor);
      draw(row, 'sent');
    }

    for (const [clientId, old] of [...rows]) {
      if (!wanted.has(clientId) && !old.acknowledged) {
        drop(clientId);
      }
    }

    for (const entry of current) {
      let existing = rows.get(entry.clientId);
      if (!existing) {
        existing = { entry, element: element('div', 'message own') };
        rows.set(entry.clientId, existing);
        find()?.append(existing.element);
      }

      if (!existing.acknowledged) {
        existing.entry = entry;
        draw(existing, entry.state);
      }
    }

    reconcile();
  }

  function draw(row, state) {
    const { entry, element: root } = row;
    const failed = state === 'failed';
    const silenced = failed && entry.silenced ? silence() : '';
    const next = state === 'pending' ? turn() : null;
    const waits = next !== null;
    const status = statusOf(entry, state, silenced, next);
    if (row.state === state && row.status === status && row.silenced === silenced) {
      return;
    }

    Object.assign(row, { state, status, silenced });
    const hadFocus = root.contains(document.activeElement);
    root.dataset.testid = 'message';
    root.dataset.state = state;
    root.dataset.clientId = entry.clientId;
    root.dataset.sender = userId;
    root.toggleAttribute('data-problem', Boolean(entry.error) || waits);
    const body = element('div', 'message-body pending-text', entry.text);
    body.dir = 'auto';
    const meta = element('div', 'message-meta');
    const actions = element('span', 'pending-actions');
    meta.append(element('span', 'pending-status', status), actions);
    if (failed) {
      // Where trying again cannot help yet the words beside it say why, and until when.
      actions.append(Object.assign(button(entry, 'retry', 'Try again'), { disabled: silenced !== '' }));
    }

    if (failed || waits) {
      // What is edited goes to where one writes, which is closed to who cannot post.
      actions.append(
        Object.assign(button(entry, 'edit', 'Edit'), { disabled: silenced !== '' }),
        button(entry, 'discard', 'Discard'));
    }

    const quote = entry.replyTo && element('div', 'quote');
    quote?.append(element('strong', '', entry.replyTo.senderName), ' ', element('span', '', entry.replyTo.excerpt ?? ''));
    const main = element('div', 'message-main');
    main.append(...[quote, body, meta].filter(Boolean));
    root.replaceChildren(main);
    if (hadFocus) {
      root.querySelector('button:enabled')?.focus({ preventScroll: true });
    }
  }

  function statusOf(entry, state, silenced, next) {
    const isFirst = entries().find(e => e.roomId === roomId && e.state === 'pending')?.clientId === entry.clientId;
    return state === 'sent' ? ''
      : state === 'failed'
        ? silenced === '' && entry.silenced && !entry.error ? 'Not sent. You can write here again.'
          : `Not sent: ${silenced || (entry.error ?? 'refused')}`
        : next !== null ? `Waiting for its turn: it is sent by itself ${isFirst ? `at ${shortTime(new Date(next))}` : 'after the one before'}.`
          : entry.error ? `Waiting: ${entry.error}`
            : isConnected() ? 'Sending…' : 'Waiting for the connection…';
  }

  function button(entry, action, label) {
    const made = element('button', 'button quiet pending-action', label);
    made.type = 'button';
    made.dataset.action = action;
    made.addEventListener('click', () => onAction(action, entry));
    return made;
  }

  return {
    update,
    dispose() {
      observer.disconnect();
      for (const clientId of [...rows.keys()]) {
        drop(clientId);
      }
    },
  };
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }

  if (text !== undefined) {
    made.textContent = text;
  }

  return made;
}
