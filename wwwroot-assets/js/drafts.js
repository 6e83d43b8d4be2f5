// What is being typed, a room and user, kept in this browser until it is sent.

const key = (userId, roomId) => `chat:draft:${userId}:${roomId}`;

/** The kept draft: { text, start, end, reply, edit } or null. */
export function readDraft(userId, roomId) {
  try {
    const draft = JSON.parse(localStorage.getItem(key(userId, roomId)));
    return draft && typeof draft.text === 'string' ? draft : null;
  } catch {
    return null;
  }
}

/** Keeps a draft; an empty one is forgotten. */
export function writeDraft(userId, roomId, draft) {
  try {
    if (draft.text === '' && !draft.reply && !draft.edit) {
      localStorage.removeItem(key(userId, roomId));
    } else {
      localStorage.setItem(key(userId, roomId), JSON.stringify(draft));
    }
  } catch {
    // Full or forbidden: the text stays in the page.
  }
}

/** What was typed before the composer's script was there (early.js), once. */
export function takeEarlyText(userId, roomId) {
  try {
    const name = `chat:early:${userId}:${roomId}`;
    const text = sessionStorage.getItem(name) ?? '';
    sessionStorage.removeItem(name);
    return text;
  } catch {
    return '';
  }
}

/** Calls back when another tab changed the draft; returns how to stop it. */
export function watchDraft(callback) {
  const listener = event => {
    if (event.storageArea === localStorage && event.key?.startsWith('chat:draft:')) {
      callback(event.key);
    }
  };
  addEventListener('storage', listener);
  return () => removeEventListener('storage', listener);
}

/** The name under which a draft is kept. */
export const draftKey = key;
