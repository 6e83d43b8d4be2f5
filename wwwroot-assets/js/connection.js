// Starts Blazor and keeps its circuit alive. The page is never covered: a quiet line says what is going on,
// reading and typing go on, and what is sent meanwhile waits in the outbox.
//
// Blazor is given a reconnection handler of our own instead of its default one, because that one measures in
// whole seconds, hangs for as long as a dead network lets a request hang, and knows nothing of `online`.

const Retry = [0, 500, 1000, 1500, 2000, 3000, 5000];
const ReloadDelay = [0, 1000, 3000, 10000, 30000];
const ResumeKey = 'chat:resume';
const ReloadsKey = 'chat:reloads';

const Text = {
  online: '',
  reconnecting: 'Reconnecting…',
  offline: 'Offline. Messages are sent later.',
};

function create() {
  const listeners = new Set();
  // none: a static page; starting; up; down: being reconnected; lost: the page will be reloaded.
  let circuit = hasInteractiveRoot() ? 'starting' : 'none';
  let reachable = true;
  let late = false;
  let wasConnected = false;
  let ups = 0;
  let watchingNetwork = false;
  let reconnecting = false;
  let suspecting = false;
  let lastSuspicion = 0;
  let lastKey = 0;
  let composing = false;

  const isConnected = () => circuit === 'up' && reachable;

  function state() {
    if (reachable && circuit !== 'down' && circuit !== 'lost' && !late) {
      return 'online';
    }

    return !reachable && !navigator.onLine ? 'offline' : 'reconnecting';
  }

  function changed() {
    const line = document.getElementById('components-reconnect-modal');
    const now = state();
    if (line && (line.dataset.state !== now || line.textContent !== Text[now])) {
      line.dataset.state = now;
      line.textContent = Text[now];
    }

    if (wasConnected !== isConnected()) {
      wasConnected = isConnected();
      for (const listener of listeners) {
        try {
          listener(wasConnected);
        } catch (error) {
          console.error(error);
        }
      }
    }
  }

  async function reconnect() {
    if (reconnecting) {
      return;
    }

    reconnecting = true;
    try {
      for (let attempt = 0; circuit === 'down'; attempt++) {
        await pause(interval(attempt));
        // Asked first, because a request of Blazor's own could hang for minutes and then there would be two.
        if (circuit !== 'down' || !await probe()) {
          continue;
        }

        const before = ups;
        let accepted;
        try {
          accepted = await Blazor.reconnect();
        } catch {
          continue;
        }

        // "Accepted" without a word from the handler is a connection whose circuit was not resumed.
        if (!accepted || ups === before) {
          reload();
        }
      }
    } finally {
      reconnecting = false;
    }
  }

  // The server no longer has the circuit (it was restarted, or the circuit expired or failed): a fresh page is the
  // honest way back. The old one stays readable and writable until the server answers.
  async function reload() {
    if (circuit === 'lost') {
      return;
    }

    circuit = 'lost';
    changed();
    const recent = recentReloads();
    await pause(ReloadDelay[Math.min(recent.length, ReloadDelay.length - 1)] + Math.random() * 400);
    for (let attempt = 0; !await probe(); attempt++) {
      await pause(interval(attempt + 1));
    }

    await pauseInTyping();
    store(ReloadsKey, [...recent, Date.now()]);
    store(ResumeKey, readingPlace());
    location.reload();
  }

  // The browser's word alone is not enough: a machine without a network still reaches a server on itself.
  async function watchNetwork() {
    if (watchingNetwork) {
      return;
    }

    watchingNetwork = true;
    for (reachable = await probe(); !reachable; reachable = await probe()) {
      changed();
      await pause(2000);
    }

    watchingNetwork = false;
    changed();
  }

  // A call over the circuit was not answered in time although the page believes itself connected: once the server is
  // in reach (again), the socket is a dead one (a changed network does that) and is replaced by a new one.
  async function suspect() {
    if (!isConnected() || suspecting || Date.now() - lastSuspicion < 30000) {
      return;
    }

    suspecting = true;
    const wasUp = ups;
    if (await probe()) {
      lastSuspicion = Date.now();
    } else {
      await watchNetwork();
    }

    suspecting = false;
    if (circuit === 'up' && ups === wasUp) {
      try {
        await Blazor._internal?.forceCloseConnection?.();
      } catch {
        // It was closing already.
      }
    }
  }

  async function watchStart() {
    await delay(5000);
    if (circuit !== 'starting') {
      return;
    }

    late = !await probe();
    changed();
    if (!late) {
      await delay(10000);
    }

    if (circuit === 'starting') {
      reload();
    }
  }

  // Blazor reports a failed circuit only by showing this element.
  function watchErrors() {
    const element = document.getElementById('blazor-error-ui');
    if (!element) {
      return;
    }

    new MutationObserver(() => {
      if (element.style.display === 'block') {
        element.style.display = '';
        if (circuit === 'up') {
          reload();
        }
      }
    }).observe(element, { attributes: true, attributeFilter: ['style'] });
  }

  function start() {
    for (const type of ['keydown', 'input']) {
      document.addEventListener(type, () => { lastKey = Date.now(); }, { capture: true, passive: true });
    }

    document.addEventListener('compositionstart', () => { composing = true; }, { capture: true, passive: true });
    document.addEventListener('compositionend', () => { composing = false; }, { capture: true, passive: true });
    addEventListener('offline', watchNetwork);
    // Blazor ended the circuit when the page was put aside.
    addEventListener('pageshow', event => {
      if (event.persisted && circuit !== 'none') {
        location.reload();
      }
    });

    if (!globalThis.Blazor?.start) {
      if (circuit === 'starting') {
        watchStart();
      }

      return;
    }

    watchErrors();
    Blazor.start({
      circuit: {
        // Only the negotiation is timed by this; the default is 100 seconds.
        configureSignalR: builder => builder.withUrl('_blazor', { timeout: 10000 }),
        reconnectionHandler: {
          onConnectionDown(_options, _error, isPause) {
            circuit = 'down';
            changed();
            if (isPause) {
              resumeWhenVisible();
            } else {
              reconnect();
            }
          },
          onConnectionUp() {
            ups++;
            circuit = 'up';
            changed();
          },
        },
        circuitHandlers: [{
          onCircuitOpened() {
            circuit = 'up';
            late = false;
            changed();
          },
          onCircuitClosed() {
            if (circuit !== 'lost') {
              circuit = 'none';
              changed();
            }
          },
        }],
      },
    });
    Blazor.addEventListener?.('enhancedload', () => {
      changed();
      attachEarly();
    });

    if (circuit === 'starting') {
      watchStart();
    }

    if (!navigator.onLine) {
      watchNetwork();
    }

    attachEarly();
  }

  async function resumeWhenVisible() {
    while (document.visibilityState !== 'visible') {
      await new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));
    }

    try {
      if (await Blazor.resumeCircuit()) {
        return;
      }
    } catch {
      // As good as a refusal: the page below is loaded anew.
    }

    reload();
  }

  async function pauseInTyping() {
    const deadline = Date.now() + 4000;
    while (Date.now() < deadline && (composing || Date.now() - lastKey < 600)) {
      await delay(100);
    }
  }

  return {
    start,
    isConnected,
    suspect,
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

// A prerendered composer works before its circuit does: what is typed into it, and sent, is kept.
async function attachEarly() {
  const root = document.querySelector('[data-composer]');
  if (root) {
    const { attachEarly: attach } = await import('../Components/Messages/Composer.razor.js');
    attach(root);
  }
}

function hasInteractiveRoot() {
  const comments = document.createTreeWalker(document, NodeFilter.SHOW_COMMENT);
  while (comments.nextNode()) {
    if (comments.currentNode.data.startsWith('Blazor:{"type":"server"')) {
      return true;
    }
  }

  return false;
}

async function probe() {
  try {
    const answer = await fetch(new URL('health/live', document.baseURI), { cache: 'no-store', signal: AbortSignal.timeout(3000) });
    return answer.ok;
  } catch {
    return false;
  }
}

function interval(attempt) {
  const milliseconds = Retry[Math.min(attempt, Retry.length - 1)];
  // Everyone loses a restarted server at the same moment and should not come back at the same one.
  return milliseconds === 0 ? Math.random() * 200 : Math.min(5000, milliseconds * (0.6 + Math.random() * 0.6));
}

function delay(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

/** Waits, but no longer than until something suggests that trying again is worth it. */
function pause(milliseconds) {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      document.removeEventListener('visibilitychange', ifVisible);
      resolve();
    };
    const ifVisible = () => document.visibilityState === 'visible' && done();
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
    document.addEventListener('visibilitychange', ifVisible);
  });
}

function readingPlace() {
  const list = document.querySelector('[data-testid=message-list]');
  if (!list) {
    return { path: location.pathname, at: Date.now() };
  }

  const top = list.getBoundingClientRect().top;
  const row = [...list.querySelectorAll('[data-seq]')].find(r => r.getBoundingClientRect().bottom > top);
  return {
    path: location.pathname,
    at: Date.now(),
    atBottom: list.scrollHeight - list.scrollTop - list.clientHeight < 100,
    seq: row ? Number(row.dataset.seq) : null,
    offset: row ? row.getBoundingClientRect().top - top : 0,
  };
}

function recentReloads() {
  try {
    return JSON.parse(sessionStorage.getItem(ReloadsKey) ?? '[]').filter(at => Date.now() - at < 60000);
  } catch {
    return [];
  }
}

function store(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A hint only.
  }
}

// One a page, even when the module is loaded under a fingerprinted and a plain address.
const existing = globalThis.blazorChatConnection;
const connection = globalThis.blazorChatConnection ??= create();

/** Whether a call over the circuit can be expected to arrive. */
export const isConnected = () => connection.isConnected();

/** Calls back with true or false whenever that changes; returns how to stop it. */
export const onConnectionChanged = listener => connection.onChanged(listener);

/** Tells that a call was not answered in time. */
export const suspectConnection = () => connection.suspect();

/**
 * Where the reader was when the page had to be reloaded, once: { atBottom, seq, offset } or null. `seq` is the first
 * message in view and `offset` its distance in pixels from the top of the list.
 */
export function takeReadingPlace() {
  try {
    const place = JSON.parse(sessionStorage.getItem(ResumeKey));
    sessionStorage.removeItem(ResumeKey);
    return place && place.path === location.pathname && Date.now() - place.at < 60000 ? place : null;
  } catch {
    return null;
  }
}

if (!existing) {
  connection.start();
}
