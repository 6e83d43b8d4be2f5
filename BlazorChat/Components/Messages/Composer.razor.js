// The composer: owns the text, its draft, replies and edits, and hands what is sent to the outbox.
// Nothing here waits for the server, and no keystroke goes there.

import { isConnected, onConnectionChanged, suspectConnection } from '../../js/connection.js';
import { draftKey, readDraft, takeEarlyText, watchDraft, writeDraft } from '../../js/drafts.js';
import { mentions } from '../../js/mentions.js';
import { openOutbox } from '../../js/outbox.js';
import { pendingRows } from '../../js/pending-rows.js';
import { shortTime } from '../../js/short-time.js';
import { slowMode } from '../../js/slow-mode.js';

const MaxLength = 10000;
const CountFrom = 9000;
const TypingEvery = 3000;
const FocusKey = 'chat:focus';

let current = null;
let outbox = null;

/** Takes over a rendered composer; called once by the component. */
export function attach(root, dotnet) {
  const previous = current;
  current = null;
  previous?.dispose();
  const attached = current = new Composer(root, dotnet, previous);
  outbox.adopt();
  return {
    dispose() {
      attached.dispose();
      if (current === attached) {
        current = null;
      }
    },
  };
}

/** Takes over a prerendered composer until its circuit is there. */
export function attachEarly(root) {
  if (root.isConnected && !current?.root.isConnected) {
    attach(root, null);
  }
}

onConnectionChanged(connected => {
  if (connected) {
    outbox?.wake();
  } else {
    outbox?.interrupt();
  }

  current?.rows?.update();
});

function outboxOf(userId) {
  if (outbox?.userId !== userId) {
    outbox?.dispose();
    outbox = openOutbox({
      userId,
      isReady: () => isConnected() && current?.dotnet != null && current.root.isConnected,
      send: entry => current.dotnet.invokeMethodAsync('PostAsync', entry.roomId, entry.text, entry.clientId, entry.replyToId),
      onChange: change => current?.onOutboxChanged(change),
      onTimeout: suspectConnection,
    });
  }

  return outbox;
}

class Composer {
  constructor(root, dotnet, previous) {
    this.root = root;
    this.dotnet = dotnet;
    this.ended = new AbortController();
    const find = selector => root.querySelector(selector);
    this.input = find('[data-testid=composer-input]');
    this.sendButton = find('[data-testid=composer-send]');
    this.chip = find('.composer-chip');
    this.problem = find('.composer-problem');
    this.counter = find('.composer-counter');
    this.status = find('.composer-status');
    this.mentions = mentions(this.input, find('.composer-mentions'), prefix => this.askMentions(prefix), text => this.say(text));
    this.slow = slowMode(find('.composer-slow'), this.sendButton, () => this.show());
    this.ownProblem = '';
    this.touch = matchMedia('(pointer: coarse)');
    this.input.enterKeyHint = this.touch.matches ? 'enter' : 'send';
    this.listen();

    this.attributes = new MutationObserver(() => this.open());
    this.attributes.observe(root, { attributes: true, attributeFilter: ['data-room-id', 'data-user-id', 'data-can-post', 'data-muted-until', 'data-slow', 'data-slowed', 'data-slow-left'] });
    this.removal = new MutationObserver(() => !this.root.isConnected && this.handOver());
    this.removal.observe(document.body, { childList: true, subtree: true });
    this.open(previous);
  }

  // The first interactive render takes the prerendered field away under the hands of who is typing: the new one gets
  // focus, text and caret at once, long before its own attach.
  handOver() {
    const next = document.querySelector('[data-composer] [data-testid=composer-input]:not([data-opened])');
    const { roomId, userId } = next?.closest('[data-composer]').dataset ?? {};
    const active = document.activeElement;
    if (Number(roomId) !== this.roomId || Number(userId) !== this.userId || this.edit || !this.hadFocus
      || (active && active !== document.body && !active.matches('h1, main'))) {
      return;
    }

    this.removal.disconnect();
    const { value, selectionStart, selectionEnd } = this.input;
    this.input.value = '';
    this.keep();
    next.value = value;
    next.focus({ preventScroll: true });
    next.setSelectionRange(selectionStart, selectionEnd);
    next.dispatchEvent(new Event('input', { bubbles: true }));
  }

  listen() {
    const on = (target, type, handler, options) =>
      target.addEventListener(type, handler, { ...options, signal: this.ended.signal });
    on(this.input, 'input', () => this.onInput());
    on(this.input, 'keydown', event => this.onKeyDown(event));
    on(this.input, 'focus', () => { this.focused = this.hadFocus = true; });
    on(this.input, 'blur', event => {
      // One left for another window is where the user returns to, and so is one that was taken out of the page.
      this.focused = event.relatedTarget === null && !document.hasFocus();
      setTimeout(() => {
        this.focused ||= !this.root.isConnected;
        this.hadFocus = this.focused;
      });
      this.mentions.close();
    });
    on(document, 'selectionchange', () => document.activeElement === this.input && !this.composing && this.onCaret());
    on(this.input, 'compositionstart', () => { this.composing = true; });
    on(this.input, 'compositionend', () => { this.composing = false; });
    // A tap on the button must not close the soft keyboard.
    on(this.sendButton, 'pointerdown', event => event.preventDefault());
    on(this.sendButton, 'click', () => this.submit());
    on(this.chip.querySelector('button'), 'click', () => this.cancel());
    on(this.root.querySelector('.composer-box'), 'click', event => event.target.closest('button') ?? this.focus());
    on(document, 'chat:reply', event => this.startReply(event.detail));
    on(document, 'chat:edit', event => this.startEdit(event.detail.id));
    on(window, 'pagehide', () => this.leave());
    this.stopWatching = watchDraft(key => this.onDraftElsewhere(key));
  }

  /** Shows the room that the root's attributes name. */
  open(previous) {
    const { roomId, userId, canPost, mutedUntil } = this.root.dataset;
    const could = this.canPost;
    this.canPost = canPost !== 'false';
    this.input.disabled = !this.canPost;
    const until = this.root.querySelector('.composer-until');
    until.textContent = mutedUntil ? `until ${shortTime(new Date(mutedUntil))}.` : '';
    this.slow.set(this.root.dataset);
    if (Number(roomId) !== this.roomId || Number(userId) !== this.userId) {
      const moved = this.roomId !== undefined;
      this.roomId = Number(roomId);
      this.userId = Number(userId);
      this.outbox = outboxOf(this.userId);
      this.rows?.dispose();
      this.rows = pendingRows({
        roomId: this.roomId,
        userId: this.userId,
        entries: () => this.outbox.list(),
        isConnected,
        silence: () => this.silence(),
        turn: () => this.outbox.turn(this.roomId),
        onAction: (action, entry) => this.onRowAction(action, entry),
        onShown: clientId => this.outbox.list().some(e => e.clientId === clientId) && this.outbox.remove(clientId),
      });
      this.rows.update();
      this.restore(previous);
      this.takeFocus(moved, previous);
    } else if (could === true && !this.canPost) {
      this.say(this.silence());
    } else if (could === false && this.canPost) {
      this.say('You can write here again.');
    }

    this.canPost && this.outbox.unsilence(this.roomId);
    this.rows.update();
    this.slow.left() === 0 && this.outbox.release(this.roomId);
    this.show();
  }

  /** Why nothing can be posted here now; empty when something can. */
  silence() {
    // Blazor leaves comments between the texts.
    const nodes = [...this.root.querySelector('.composer-refusal').childNodes].filter(node => node.nodeType !== Node.COMMENT_NODE);
    return this.canPost ? '' : nodes.map(node => node.textContent.trim()).filter(text => text !== '').join(' ');
  }

  restore(previous) {
    const draft = readDraft(this.userId, this.roomId);
    this.reply = draft?.reply ?? null;
    this.edit = draft?.edit ?? null;
    this.saving = false;
    this.mentions.close();
    this.setProblem('');
    // Typed before the script was there: it is newer than any draft.
    const noted = takeEarlyText(this.userId, this.roomId);
    const typed = this.input.dataset.opened ? '' : this.input.value || noted;
    this.input.dataset.opened = 'true';
    if (typed !== '' && typed !== draft?.text) {
      // Behind it: on the same line when this field took another's place in the middle of a word.
      const text = draft?.text ? `${draft.text}${previous ? '' : '\n'}${typed}` : typed;
      if (this.input.value !== text) {
        this.input.value = text;
      }

      this.keep();
    } else {
      this.input.value = draft?.text ?? '';
      const end = this.input.value.length;
      this.input.setSelectionRange(Math.min(draft?.start ?? end, end), Math.min(draft?.end ?? end, end));
    }
  }

  takeFocus(moved, previous) {
    const active = document.activeElement;
    // The router focuses the heading of a page that it has shown.
    const nowhere = !active || active === document.body || active.matches('h1, main');
    let reloaded = false;
    try {
      reloaded = sessionStorage.getItem(FocusKey) === location.pathname;
      sessionStorage.removeItem(FocusKey);
    } catch {
      // A hint only.
    }

    const welcome = !this.touch.matches && (nowhere || (moved && active.closest('[data-testid=room-link]')));
    if (this.canPost && ((nowhere && (previous?.focused || reloaded)) || welcome)) {
      this.focus();
    }
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  leave() {
    this.keep();
    try {
      if (this.focused || document.activeElement === this.input) {
        sessionStorage.setItem(FocusKey, location.pathname);
      }
    } catch {
      // A hint only.
    }
  }

  keep() {
    writeDraft(this.userId, this.roomId, {
      text: this.input.value,
      start: this.input.selectionStart,
      end: this.input.selectionEnd,
      reply: this.reply,
      edit: this.edit,
    });
  }

  onInput() {
    this.keep();
    this.setProblem('');
    this.show();
    if (!this.composing) {
      this.mentions.refresh();
    }

    const now = Date.now();
    if (!this.edit && this.input.value.trim() !== '' && now - (this.typedAt ?? 0) >= TypingEvery && this.online()) {
      this.typedAt = now;
      this.dotnet.invokeMethodAsync('Typing', this.roomId).catch(() => { });
    }
  }

  onCaret() {
    this.mentions.refresh();
    clearTimeout(this.caretTimer);
    this.caretTimer = setTimeout(() => this.root.isConnected && current === this && this.keep(), 300);
  }

  onKeyDown(event) {
    if (event.isComposing || event.keyCode === 229) {
      return;
    }

    if (this.mentions.handle(event)) {
      event.preventDefault();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      if (!this.touch.matches || event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.submit();
      }
    } else if (event.key === 'Escape' && (this.edit || this.reply)) {
      event.preventDefault();
      this.cancel();
    } else if (event.key === 'ArrowUp' && this.input.value === '' && !this.edit
      && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.editLast();
    }
  }

  submit() {
    const text = clean(this.input.value);
    if (!this.canPost || text.length > MaxLength) {
      return;
    }

    if (this.edit) {
      this.saveEdit(text);
    } else if (text !== '' && this.slow.left() > 0) {
      // It stays in the field: whoever waits may still find better words.
      this.say(this.slow.words());
    } else if (text !== '') {
      this.slow.begin();
      const clientId = newId();
      const reply = this.reply;
      // The row first, then the empty field: nobody sees the text in neither place.
      this.outbox.add({
        clientId,
        roomId: this.roomId,
        text,
        replyToId: reply?.id ?? null,
        replyTo: reply && { senderName: reply.senderName, excerpt: reply.excerpt },
      });
      this.reply = null;
      this.typedAt = 0;
      this.setText('');
      document.dispatchEvent(new CustomEvent('chat:sent', { detail: { roomId: this.roomId, clientId } }));
    }
  }

  async saveEdit(text) {
    if (text === '') {
      this.setProblem('An empty message says nothing. Delete it instead, or press Esc.');
      return;
    }

    if (this.saving) {
      return;
    }

    const edit = this.edit;
    const room = this.roomId;
    if (text !== edit.source) {
      if (!this.online()) {
        this.setProblem('There is no connection. Your change is kept here; save it when you are back online.');
        return;
      }

      this.saving = true;
      this.show();
      const result = await withTimeout(this.dotnet.invokeMethodAsync('EditAsync', edit.id, text));
      this.saving = false;
      if (this.roomId !== room || this.edit?.id !== edit.id) {
        return;
      }

      this.show();
      if (result.status !== 'sent') {
        this.setProblem(`Not saved: ${result.error ?? 'the server did not answer. Try again.'}`);
        return;
      }
    }

    this.say('Message changed.');
    this.endEdit();
  }

  async editLast() {
    const mine = document.querySelectorAll(
      `[data-testid=message][data-id][data-sender="${this.userId}"][data-state=sent]:not([data-deleted])`);
    if (mine.length > 0) {
      await this.startEdit(Number(mine[mine.length - 1].dataset.id));
    }
  }

  async startEdit(id) {
    if (!this.canPost || this.edit?.id === id) {
      this.focus();
      return;
    }

    const room = this.roomId;
    if (!this.online()) {
      this.setProblem('There is no connection. Messages can be edited when you are back online.');
      return;
    }

    const source = await withTimeout(this.dotnet.invokeMethodAsync('SourceOfAsync', id));
    if (this.roomId !== room) {
      return;
    }

    if (typeof source !== 'string') {
      this.setProblem('That message cannot be edited.');
      return;
    }

    const draft = this.edit?.draft ?? {
      text: this.input.value, start: this.input.selectionStart, end: this.input.selectionEnd, reply: this.reply,
    };
    this.edit = { id, source, draft };
    this.reply = null;
    this.setText(source);
    this.say('Editing your message. Escape cancels.');
    this.focus();
  }

  endEdit() {
    const { draft } = this.edit;
    this.edit = null;
    this.reply = draft.reply;
    this.setText(draft.text, draft.start, draft.end);
    this.focus();
  }

  startReply({ id, senderName, excerpt }) {
    if (!this.canPost) {
      return;
    }

    if (this.edit) {
      this.endEdit();
    }

    this.reply = { id: Number(id), senderName, excerpt };
    this.keep();
    this.show();
    this.say(`Replying to ${senderName}. Escape cancels.`);
    this.focus();
  }

  cancel() {
    if (this.edit) {
      this.endEdit();
    } else {
      this.reply = null;
      this.keep();
      this.show();
      this.focus();
    }
  }

  onRowAction(action, entry) {
    if (action === 'retry') {
      this.outbox.retry(entry.clientId);
    } else if (action === 'discard') {
      this.outbox.remove(entry.clientId);
      this.say('Message discarded.');
    } else {
      if (this.edit) {
        this.endEdit();
      }

      // What is being written stays, behind it.
      const rest = this.input.value;
      this.reply ??= entry.replyToId ? { id: entry.replyToId, ...entry.replyTo } : null;
      this.setText(rest === '' ? entry.text : `${entry.text}\n${rest}`, entry.text.length, entry.text.length);
      this.outbox.remove(entry.clientId);
    }

    this.focus();
  }

  onOutboxChanged({ type, clientId, roomId, wait }) {
    this.rows?.update(type === 'sent' ? clientId : undefined);
    if (type === 'read' && !this.hasRead) {
      // Refused before the page was left: what it was for may be over.
      this.hasRead = true;
      this.canPost && this.outbox.unsilence(this.roomId);
    }

    if (roomId === this.roomId && type === 'sent') {
      this.slow.begin();
    } else if (roomId === this.roomId && type === 'waiting' && wait) {
      this.slow.begin(wait);
    } else if (type === 'failed') {
      roomId === this.roomId && this.slow.end();
      const entry = this.outbox.list().find(e => e.clientId === clientId);
      this.say(entry?.roomId === this.roomId ? `Not sent: ${entry.error}` : 'A message in another room was not sent.');
    }
  }

  onDraftElsewhere(key) {
    if (key === draftKey(this.userId, this.roomId) && document.activeElement !== this.input && !this.edit) {
      this.restore();
      this.show();
    }
  }

  async askMentions(prefix) {
    return this.online() ? await this.dotnet.invokeMethodAsync('MentionsAsync', this.roomId, prefix) ?? [] : [];
  }

  online() {
    return this.dotnet !== null && isConnected();
  }

  setText(text, start = text.length, end = start) {
    this.input.value = text;
    this.input.setSelectionRange(start, end);
    this.mentions.close();
    this.keep();
    this.setProblem('');
    this.show();
  }

  setProblem(text) {
    this.ownProblem = text;
    this.show();
  }

  say(text) {
    this.status.textContent = text;
  }

  /** Brings everything around the text up to date with it. */
  show() {
    const length = clean(this.input.value).length;
    const over = length - MaxLength;
    this.root.toggleAttribute('data-over', over > 0);
    this.root.toggleAttribute('data-editing', this.edit !== null);
    this.sendButton.disabled = !this.canPost || this.saving || length === 0 || over > 0 || (!this.edit && this.slow.left() > 0);
    this.slow.draw(this.edit !== null);
    this.sendButton.setAttribute('aria-label', this.edit ? 'Save changes' : 'Send message');
    this.sendButton.title = this.edit ? 'Save changes' : 'Send message';
    this.counter.textContent = length >= CountFrom ? `${length.toLocaleString()} / ${MaxLength.toLocaleString()}` : '';
    const problem = over > 0 ? 'This is too long to send. Shorten it, or send it in parts.' : this.ownProblem;
    if (this.problem.textContent !== problem) {
      this.problem.textContent = problem;
      this.input.setAttribute('aria-invalid', String(problem !== ''));
    }

    this.chip.hidden = !this.edit && !this.reply;
    const words = this.edit ? ['Editing your message', '']
      : this.reply ? [`Replying to ${this.reply.senderName}`, this.reply.excerpt ?? ''] : ['', ''];
    const [title, excerpt] = words;
    const text = this.chip.querySelector('.composer-chip-text');
    const label = Object.assign(document.createElement('strong'), { textContent: title });
    text.replaceChildren(label, excerpt ? `: ${excerpt}` : '');
    this.grow();
  }

  grow() {
    // Where the style sheet cannot do it.
    if (!CSS.supports('field-sizing', 'content')) {
      this.input.style.height = 'auto';
      this.input.style.height = `${this.input.scrollHeight}px`;
    }
  }

  dispose() {
    if (this.ended.signal.aborted) {
      return;
    }

    // What this one shows is in its draft already; a caret it has not noted yet is noted now.
    if (this.input.value !== '') {
      this.keep();
    }

    this.ended.abort();
    this.attributes.disconnect();
    this.removal.disconnect();
    this.stopWatching();
    this.rows?.dispose();
    this.slow.dispose();
    this.mentions.close();
    clearTimeout(this.caretTimer);
  }
}

/** What is sent of what was typed: no broken surrogates, no control characters, no empty beginning or end. */
function clean(text) {
  const whole = text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return (whole.toWellFormed?.() ?? whole).replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}

function newId() {
  // randomUUID needs a secure context; a chat on a home network may have none.
  return crypto.randomUUID?.()
    ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
}

async function withTimeout(call) {
  try {
    return await Promise.race([call, new Promise(resolve => setTimeout(resolve, 10000, { status: 'retry' }))]);
  } catch {
    return { status: 'retry' };
  }
}
