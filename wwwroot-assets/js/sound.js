// The sound of a notice: two soft notes, made here. Off until somebody turns it on, in this browser.

const Key = "chat:sound";
const Last = "chat:sounded";
const Pause = 3000; // ms between two sounds

export const isOn = () => localStorage.getItem(Key) === "on";

export function setOn(on) {
  if (on) {
    localStorage.setItem(Key, "on");
  } else {
    localStorage.removeItem(Key);
  }
}

/** Plays once for a message, whichever of the open tabs is first, and not while another sound has just been heard. */
export async function soundFor(messageId) {
  // A browser keeps a page silent until it was clicked or typed into: another tab may be free to speak.
  if (!isOn() || navigator.userActivation?.hasBeenActive === false) {
    return;
  }
  if (!navigator.locks) {
    play(); // plain http
    return;
  }
  await navigator.locks.request("chat:sound", { ifAvailable: true }, async lock => {
    if (lock && !(Number(localStorage.getItem(Last)) >= messageId)) {
      localStorage.setItem(Last, messageId);
      play();
      await new Promise(resolve => setTimeout(resolve, Pause));
    }
  });
}

export function play() {
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.value = 0.12;
  volume.connect(audio.destination);
  for (const [index, frequency] of [659.26, 987.77].entries()) { // E5, B5
    const start = audio.currentTime + 0.02 + index * 0.13;
    const note = audio.createOscillator();
    const shape = audio.createGain();
    note.frequency.value = frequency;
    shape.gain.setValueAtTime(0, start);
    shape.gain.linearRampToValueAtTime(1, start + 0.012);
    shape.gain.exponentialRampToValueAtTime(0.001, start + 0.55);
    note.connect(shape).connect(volume);
    note.start(start);
    note.stop(start + 0.6);
  }
  setTimeout(() => audio.close(), 1200);
}
