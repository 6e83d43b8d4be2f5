// What the user has sent and the server has not yet acknowledged. It lives in IndexedDB, so that it survives reloads,
// lost connections and restarted servers, and is sent oldest first, one at a time. Sending again is always safe: the
// server stores a client id once.

const SendTimeout = 10000;
const FirstBackoff = 500;
const LongestBackoff = 10000;
const LockPatience = 20000;
const LongestTimer = 2 ** 31 - 1;
const HandoffPrefix = 'chat:outbox:';

/**
 * Opens the outbox of a user.
 * @param {object} options
 * @param {number} options.userId Whose entries; another user's are neither sent nor shown.
 * @param {(entry) => Promise<{status: 'sent'|'held'|'refused'|'silenced'|'retry', error?: string, retryAfter?: number}>} options.send
 *   `silenced` is refused for as long as the sender is kept from posting in the room. With `retryAfter` (milliseconds) only
 *   the message's room waits; the messages of other rooms go out meanwhile.
 * @param {() => boolean} options.isReady Whether sending can be tried at all.
 * @param {(change: {type: string, clientId?: string, roomId?: number, wait?: number}) => void} options.onChange
 *   Called after every change; `sent` names what the server has acknowledged, `waiting` may say for how many milliseconds.
 * @param {() => void} [options.onTimeout] A send was not answered in time.
 */
export function openOutbox({ userId, send, isReady, onChange, onTimeout }) {
  const store = openStore();
  const channel = globalThis.BroadcastChannel ? new BroadcastChannel('chat:outbox') : null;
  let entries = [];          // in sending order; mirrors the store so that rows can be drawn at once
  const arriving = new Map(); // added here, not yet in the store
  let draining = false;
  let drainAgain = false;
  const slowed = new Map();     // room id -> when its next message may be tried (performance.now())
  let failures = 0;
  let timer = 0;
  let interrupt = null;
  let disposed = false;

  /** Takes over what was sent before there was an outbox, or just before a page ended. */
  async function adopt() {
    await importHandoffs(await store, userId).catch(error => console.warn('The outbox could not be written:', error));
    await reread();
    drain();
  }

  async function reread() {
    const stored = (await (await store).all().catch(() => [])).filter(e => e.userId === userId);
    const known = new Set(stored.map(e => e.clientId));
    entries = [...stored, ...[...arriving.values()].filter(e => !known.has(e.clientId))];
    onChange({ type: 'read' });
  }

  async function change(clientId, patch, type, wait) {
    const roomId = entries.find(e => e.clientId === clientId)?.roomId;
    entries = entries.map(e => (e.clientId === clientId ? { ...e, ...patch } : e));
    if (arriving.has(clientId)) {
      arriving.set(clientId, { ...arriving.get(clientId), ...patch });
    }

    onChange({ type, clientId, roomId, wait });
    await quietly((await store).change(clientId, patch));
    channel?.postMessage({ userId, type, clientId });
  }

  /** Adds a message and starts sending it. What it adds is kept even when the page ends right after this call. */
  async function add({ clientId, roomId, text, replyToId = null, replyTo = null }) {
    const entry = { clientId, userId, roomId, text, replyToId, replyTo, createdAt: Date.now(), state: 'pending', error: null };
    arriving.set(clientId, entry);
    entries = [...entries, entry];
    writeHandoff(entry);
    onChange({ type: 'added', clientId });
    const s = await store;
    try {
      await s.add(entry);
      arriving.delete(clientId);
      if (s.durable) {
        removeHandoff(clientId);
      }
    } catch (error) {
      // The disk is full, or the database was taken away: it is sent from memory.
      console.warn('The message could not be kept on disk:', error);
      arriving.set(clientId, { ...entry, unstored: true });
    }

    channel?.postMessage({ userId, type: 'added', clientId });
    drain();
  }

  /** Takes an entry away, because it was sent or is not wanted any more. */
  async function remove(clientId, type = 'removed', roomId = null) {
    entries = entries.filter(e => e.clientId !== clientId);
    arriving.delete(clientId);
    onChange({ type, clientId, roomId });
    removeHandoff(clientId);
    await quietly((await store).remove(clientId));
    channel?.postMessage({ userId, type, clientId, roomId });
  }

  /** Marks an entry as refused; it stays until it is retried or removed, and holds nothing up. */
  async function fail(clientId, error, silenced = false) {
    await change(clientId, { state: 'failed', error, silenced }, 'failed');
  }

  /** What kept the sender from posting in a room is over: that is no reason any more why an entry was refused. */
  async function unsilence(roomId) {
    for (const entry of entries.filter(e => e.roomId === roomId && e.silenced && e.error !== null)) {
      await change(entry.clientId, { error: null }, 'unsilenced');
    }
  }

  /** Sends a refused entry again, at its old place. */
  async function retry(clientId) {
    await change(clientId, { state: 'pending', error: null, silenced: false }, 'retried');
    drain();
  }

  async function drain() {
    if (disposed || draining) {
      drainAgain = draining;
      return;
    }

    clearTimeout(timer);
    draining = true;
    try {
      do {
        drainAgain = false;
        while (!disposed && isReady()) {
          const outcome = await exclusively(`chat:outbox:${userId}`, sendOldest);
          if (outcome === 'empty') {
            const next = Math.min(...[...slowed].filter(([roomId]) => entries.some(e => e.roomId === roomId && e.state === 'pending')).map(([, at]) => at));
            if (Number.isFinite(next)) {
              timer = setTimeout(drain, Math.min(Math.max(0, next - performance.now()) + 50, LongestTimer));
            }

            break;
          }

          if (outcome === 'retry') {
            timer = setTimeout(drain, Math.min(LongestBackoff, FirstBackoff * 2 ** failures) * (0.75 + Math.random() * 0.5));
            failures++;
            return;
          }

          failures = 0;
        }
      } while (drainAgain);
    } catch (error) {
      console.error(error);
      timer = setTimeout(drain, LongestBackoff);
    } finally {
      draining = false;
    }
  }

  async function sendOldest() {
    const s = await store;
    const stored = await s.all().catch(() => []);
    const entry = [...stored, ...[...arriving.values()].filter(e => e.unstored)]
      .find(e => e.userId === userId && e.state === 'pending' && !isSlowed(e.roomId));
    if (!entry || disposed) {
      return 'empty';
    }

    if (!isReady()) {
      return 'retry';
    }

    const result = await answerOf(entry);
    if (result.status === 'sent') {
      await remove(entry.clientId, 'sent', entry.roomId);
    } else if (result.status === 'held') {
      // The server has it, and nobody sees it yet: there is nothing more to send.
      await remove(entry.clientId, 'held');
    } else if (result.status === 'refused' || result.status === 'silenced') {
      await fail(entry.clientId, result.error ?? 'The server refused it.', result.status === 'silenced');
    } else {
      if (result.retryAfter > 0) {
        slowed.set(entry.roomId, performance.now() + result.retryAfter);
      }

      if ((result.error ?? null) !== entry.error || result.retryAfter > 0) {
        await change(entry.clientId, { error: result.error ?? null }, 'waiting', result.retryAfter);
      }
    }

    // Of a room that waits the others do not.
    return result.status === 'retry' && result.retryAfter > 0 ? 'later' : result.status;
  }

  function isSlowed(roomId) {
    const at = slowed.get(roomId);
    if (at !== undefined && at <= performance.now()) {
      slowed.delete(roomId);
    }

    return slowed.has(roomId);
  }

  /** A room's messages need not wait any longer. */
  function release(roomId) {
    if (slowed.delete(roomId)) {
      drain();
    }
  }

  async function answerOf(entry) {
    let timeout;
    try {
      return await Promise.race([
        send(entry),
        new Promise(resolve => {
          interrupt = () => resolve({ status: 'retry' });
          timeout = setTimeout(() => {
            onTimeout?.();
            resolve({ status: 'retry' });
          }, SendTimeout);
        }),
      ]);
    } catch (error) {
      console.warn('Sending failed and will be tried again:', error);
      return { status: 'retry' };
    } finally {
      clearTimeout(timeout);
      interrupt = null;
    }
  }

  /** Tries at once: something suggests that sending works again. */
  function wake() {
    failures = 0;
    drain();
  }

  const onVisible = () => document.visibilityState === 'visible' && wake();
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', onVisible);
  if (channel) {
    channel.onmessage = async ({ data }) => {
      if (data.userId === userId && !disposed) {
        if (data.type === 'sent') {
          entries = entries.filter(e => e.clientId !== data.clientId);
          onChange(data);
        } else {
          await reread();
        }

        drain();
      }
    };
  }

  return {
    add, remove, fail, retry, unsilence, wake, adopt, release,
    userId,
    list: () => entries,
    /** When a room's next message is tried (as Date.now() counts); null where nothing is known to hold it back. */
    turn: roomId => (isSlowed(roomId) ? performance.timeOrigin + slowed.get(roomId) : null),
    /** Gives up waiting for an answer: the connection is gone and it will not come. */
    interrupt: () => interrupt?.(),
    dispose() {
      disposed = true;
      clearTimeout(timer);
      interrupt?.();
      removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', onVisible);
      channel?.close();
    },
  };
}

// A store that cannot be written any more must not stop the sending: at worst something is sent again.
function quietly(promise) {
  return promise.catch(error => console.warn('The outbox could not be written:', error));
}

// One send at a time over all tabs keeps the order. A tab that the system has suspended in the middle of one must not
// silence the others, hence the patience; should it wake up and send after all, the server knows the client id.
async function exclusively(name, action) {
  if (!navigator.locks) {
    return action();
  }

  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LockPatience);
  try {
    return await navigator.locks.request(name, { signal: patience.signal }, () => {
      clearTimeout(timer);
      return action();
    });
  } catch (error) {
    if (patience.signal.aborted) {
      return navigator.locks.request(name, { steal: true }, action);
    }

    // Stolen by a tab that lost its patience with this one.
    if (error?.name === 'AbortError') {
      return 'retry';
    }

    throw error;
  } finally {
    clearTimeout(timer);
  }
}

// IndexedDB writes take a moment, a page can end at any: until the entry is stored, this copy stands in.
function writeHandoff(entry) {
  try {
    localStorage.setItem(HandoffPrefix + entry.clientId, JSON.stringify(entry));
  } catch {
    // Full or forbidden: the entry is in memory and on its way to IndexedDB.
  }
}

function removeHandoff(clientId) {
  try {
    localStorage.removeItem(HandoffPrefix + clientId);
  } catch {
    // Never written, then.
  }
}

async function importHandoffs(store, userId) {
  const found = [];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (key.startsWith(HandoffPrefix)) {
        found.push(JSON.parse(localStorage.getItem(key)));
      }
    }
  } catch {
    // What cannot be read cannot be sent.
  }

  found.sort((a, b) => a.createdAt - b.createdAt);
  for (const entry of found.filter(e => e?.userId === userId)) {
    await store.add(entry);
    if (store.durable) {
      removeHandoff(entry.clientId);
    }
  }
}

let opening = null;

function openStore() {
  return opening ??= openDatabase().then(databaseStore, error => {
    console.warn('IndexedDB is not available; unsent messages are kept in this page only.', error);
    return memoryStore();
  });
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('blazorchat', 1);
    request.onupgradeneeded = () => {
      const table = request.result.createObjectStore('outbox', { keyPath: 'key', autoIncrement: true });
      table.createIndex('clientId', 'clientId', { unique: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

function databaseStore(database) {
  // A later version of the application may want to upgrade it while this tab is open.
  database.onversionchange = () => database.close();

  const write = action => new Promise((resolve, reject) => {
    const transaction = database.transaction('outbox', 'readwrite');
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    action(transaction.objectStore('outbox'));
  });
  const withRow = (clientId, action) => write(table => {
    table.index('clientId').get(clientId).onsuccess = event => action(table, event.target.result);
  });

  return {
    durable: true,
    all: () => new Promise((resolve, reject) => {
      const request = database.transaction('outbox').objectStore('outbox').getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }),
    add: entry => withRow(entry.clientId, (table, row) => row ?? table.add(entry)),
    change: (clientId, patch) => withRow(clientId, (table, row) => row && table.put({ ...row, ...patch })),
    remove: clientId => withRow(clientId, (table, row) => row && table.delete(row.key)),
  };
}

function memoryStore() {
  const rows = new Map();
  return {
    durable: false,
    all: async () => [...rows.values()],
    add: async entry => void (rows.has(entry.clientId) || rows.set(entry.clientId, entry)),
    change: async (clientId, patch) => void (rows.has(clientId) && rows.set(clientId, { ...rows.get(clientId), ...patch })),
    remove: async clientId => void rows.delete(clientId),
  };
}
