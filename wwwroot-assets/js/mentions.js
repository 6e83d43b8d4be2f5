// Completes @names while they are typed. The focus stays in the text; the list is a listbox that the text points into.

const Pause = 120;
const Typing = /(?:^|[\s([{<"'“‘*_~>|])@((?:[\p{L}\p{N}][\p{L}\p{N}\p{M}._' -]{0,39})?)$/u;

/**
 * @param {HTMLTextAreaElement} input
 * @param {HTMLElement} list An empty element with role=listbox and an id.
 * @param {(prefix: string) => Promise<Array<{id: number, name: string, avatarUrl: string|null, hint: string|null}>>} ask
 * @param {(text: string) => void} say Tells people who do not see the list.
 */
export function mentions(input, list, ask, say) {
  let choices = [];
  let active = 0;
  let at = -1;              // where the @ of the open list stands
  let closedAt = -1;        // the @ whose list was closed by hand or used
  let fruitless = null;     // a prefix nobody's name begins with; longer ones need no asking
  let timer = 0;
  let asked = 0;

  const isOpen = () => !list.hidden;

  function refresh() {
    clearTimeout(timer);
    const question = asked = asked + 1;
    const found = input.selectionStart === input.selectionEnd
      ? Typing.exec(input.value.slice(0, input.selectionStart))
      : null;
    if (!found || found[1].endsWith(' ')) {
      if (!found) {
        closedAt = -1;
        fruitless = null;
      }

      close();
      return;
    }

    const prefix = found[1];
    const place = input.selectionStart - prefix.length - 1;
    if (place === closedAt || (fruitless !== null && fruitless.at === place && prefix.startsWith(fruitless.prefix))) {
      close();
      return;
    }

    timer = setTimeout(async () => {
      let answer = [];
      try {
        answer = await ask(prefix);
      } catch {
        // Without names one types on.
      }

      if (question !== asked || document.activeElement !== input) {
        return;
      }

      if (answer.length === 0) {
        fruitless = { at: place, prefix };
        close();
      } else {
        at = place;
        open(answer);
      }
    }, Pause);
  }

  function open(answer) {
    choices = answer;
    active = 0;
    list.replaceChildren(...choices.map((choice, index) => {
      const option = document.createElement('div');
      option.className = 'mention-choice';
      option.id = `${list.id}-${index}`;
      option.setAttribute('role', 'option');
      option.append(face(choice), Object.assign(document.createElement('span'), { textContent: choice.name }));
      if (choice.hint) {
        option.append(Object.assign(document.createElement('span'), { className: 'mention-hint', textContent: choice.hint }));
      }

      // Before the text loses the focus.
      option.addEventListener('pointerdown', event => {
        event.preventDefault();
      });
      option.addEventListener('click', () => choose(index));
      return option;
    }));
    if (list.hidden) {
      say(`${choices.length} ${choices.length === 1 ? 'person' : 'people'}. Arrow keys choose, Enter inserts.`);
    }

    list.hidden = false;
    mark();
  }

  function mark() {
    [...list.children].forEach((option, index) => option.setAttribute('aria-selected', String(index === active)));
    list.children[active]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', `${list.id}-${active}`);
  }

  function close() {
    asked++;
    clearTimeout(timer);
    if (isOpen()) {
      list.hidden = true;
      list.replaceChildren();
      input.removeAttribute('aria-activedescendant');
    }
  }

  function choose(index) {
    const end = input.selectionStart;
    const start = at;
    const name = `@${choices[index].name} `;
    close();
    input.focus({ preventScroll: true });
    // Through the editor where it can be, so that it can be undone.
    input.setSelectionRange(start, end);
    if (!document.execCommand?.('insertText', false, name)) {
      input.setRangeText(name, start, end, 'end');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }

    close();
    closedAt = start;
  }

  /** Gives the list the first look at a key; true when it was for the list. */
  function handle(event) {
    if (!isOpen()) {
      return false;
    }

    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        active = (active + (event.key === 'ArrowDown' ? 1 : choices.length - 1)) % choices.length;
        mark();
        return true;
      case 'Enter':
      case 'Tab':
        if (event.shiftKey) {
          return false;
        }

        choose(active);
        return true;
      case 'Escape':
        closedAt = at;
        close();
        return true;
      default:
        return false;
    }
  }

  return { refresh, handle, close };
}

function face({ name, avatarUrl, hint }) {
  const made = document.createElement(avatarUrl ? 'img' : 'span');
  made.className = 'mention-face';
  if (avatarUrl) {
    made.src = avatarUrl;
    made.alt = '';
  } else {
    made.textContent = hint ? '@' : [...name][0]?.toUpperCase() ?? '?';
    made.setAttribute('aria-hidden', 'true');
  }

  return made;
}
