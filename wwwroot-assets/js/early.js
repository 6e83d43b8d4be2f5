// A classic script in the head, because a composer is on the screen before its module is: what is sent in that moment goes
// straight to where the outbox looks (see writeHandoff in outbox.js) instead of becoming a line break, and what is typed is
// noted, because the first interactive render replaces the field.
(() => {
  const waiting = "[data-testid=composer-input]:not([data-opened])";
  const touch = matchMedia("(pointer: coarse)");

  function send(input) {
    const { roomId, userId } = input.closest("[data-composer]").dataset;
    const text = input.value.trim();
    if (text === "" || text.length > 10000 || input.disabled) {
      return;
    }

    const clientId = Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");
    try {
      localStorage.setItem(`chat:outbox:${clientId}`, JSON.stringify({
        clientId, userId: Number(userId), roomId: Number(roomId), text, replyToId: null, replyTo: null,
        createdAt: Date.now(), state: "pending", error: null,
      }));
      input.value = "";
      note(input);
    } catch {
      // Nowhere to keep it: it stays in the field.
    }
  }

  const nameOf = input => {
    const { roomId, userId } = input.closest("[data-composer]").dataset;
    return `chat:early:${userId}:${roomId}`;
  };

  function note(input) {
    try {
      sessionStorage.setItem(nameOf(input), input.value);
    } catch {
      // It is in the field.
    }
  }

  // A field that has taken another's place goes on with its text.
  function resume(input) {
    if (!("resumed" in input.dataset)) {
      input.dataset.resumed = "";
      try {
        input.value = (sessionStorage.getItem(nameOf(input)) ?? "") + input.value;
      } catch {
        // Then there is nothing to go on with.
      }
    }
  }

  document.addEventListener("input", event => {
    if (event.target.matches(waiting)) {
      resume(event.target);
      note(event.target);
    }
  }, true);

  document.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && !touch.matches && event.target.matches(waiting)) {
      event.preventDefault();
      resume(event.target);
      send(event.target);
    }
  }, true);

  document.addEventListener("click", event => {
    const input = event.target.closest("[data-testid=composer-send]")?.closest("[data-composer]").querySelector(waiting);
    if (input) {
      resume(input);
      send(input);
    }
  }, true);
})();
