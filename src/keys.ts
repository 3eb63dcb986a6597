/** Every key binding: what it does, where it works, one line of help. /help, /keys and docs/keys.md come from here. */

/**
 * `start`: no room yet, nothing typed; `talk`: a room is on screen; `empty`: a composer with nothing in it; `overlay`: whatever lies
 * over the talk, and of that `list`: what is chosen from, `search` and `files`: these two lists, `page`: what is only read,
 * `ringing`: somebody calls, and nothing is being written; `recording`: a voice note is recorded or kept, and nothing lies over
 * the talk; `playing`: one is played, and nothing is being written;
 * `settings`, `invite` and `words`: these three pages; `question`: what is asked above the line.
 */
export type KeyPlace =
  | "everywhere"
  | "start"
  | "talk"
  | "empty"
  | "ringing"
  | "recording"
  | "playing"
  | "composer"
  | "selection"
  | "overlay"
  | "list"
  | "search"
  | "files"
  | "page"
  | "settings"
  | "invite"
  | "words"
  | "question";

export interface KeyBinding {
  readonly id: string;
  /** As `nameOfKey` writes them; the first one is the one that help shows first. */
  readonly keys: readonly string[];
  readonly where: KeyPlace;
  readonly help: string;
  /** How to do it where these keys do not arrive: a command or another way. */
  readonly also?: string;
}

/** The parts of a key event that a binding looks at. */
export interface PressedKey {
  readonly name: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly text?: string;
}

const ROOM_NUMBERS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export const KEYS = [
  { id: "help", keys: ["f1"], where: "everywhere", help: "Every key and command", also: "/help" },
  {
    id: "interrupt",
    keys: ["ctrl+c"],
    where: "everywhere",
    help: "Clear the line, then ask, then quit",
    also: "/quit",
  },
  { id: "redraw", keys: ["ctrl+l"], where: "everywhere", help: "Draw the screen anew" },
  { id: "suspend", keys: ["ctrl+z"], where: "everywhere", help: "Back to the shell; fg returns" },
  { id: "mic", keys: ["alt+t"], where: "everywhere", help: "Microphone on or off, in a call", also: "/mic" },
  {
    id: "talk-key",
    keys: ["alt+v"],
    where: "everywhere",
    help: "Held down you are heard, where /ptt is on",
    also: "/mic on and /mic off",
  },
  { id: "answer", keys: ["enter"], where: "ringing", help: "Answer who calls", also: "/call" },
  { id: "not-now", keys: ["escape"], where: "ringing", help: "Not now", also: "/hangup" },
  { id: "note-send", keys: ["enter"], where: "recording", help: "Send the voice note", also: "/voice send" },
  { id: "note-drop", keys: ["escape"], where: "recording", help: "Drop the voice note", also: "/voice drop" },
  { id: "note-stop", keys: ["escape"], where: "playing", help: "Stop the voice note", also: "/play stop" },
  { id: "start-create", keys: ["c"], where: "start", help: "Make a room", also: "/create" },
  { id: "start-join", keys: ["j"], where: "start", help: "Join a room", also: "/join" },
  { id: "start-demo", keys: ["t"], where: "start", help: "Try it alone", also: "/demo" },
  { id: "start-help", keys: ["?"], where: "start", help: "Every key and command", also: "/help" },
  { id: "next-room", keys: ["ctrl+n", "alt+down"], where: "talk", help: "Next room", also: "Ctrl-G" },
  { id: "previous-room", keys: ["ctrl+p", "alt+up"], where: "talk", help: "Previous room", also: "Ctrl-G" },
  {
    id: "room-number",
    keys: ROOM_NUMBERS.map((number) => `alt+${number}`),
    where: "talk",
    help: "Room by its place in the list",
    also: "Ctrl-G",
  },
  { id: "active-room", keys: ["alt+a"], where: "talk", help: "Next room with something new", also: "Ctrl-G" },
  { id: "go-to", keys: ["ctrl+g"], where: "talk", help: "Go to a room by some of its letters", also: "/list" },
  { id: "go-to-empty", keys: ["ctrl+k"], where: "empty", help: "Go to a room, on an empty line", also: "Ctrl-G" },
  { id: "page-up", keys: ["pageup"], where: "talk", help: "Up by a page" },
  { id: "page-down", keys: ["pagedown"], where: "talk", help: "Down by a page" },
  { id: "to-top", keys: ["alt+home"], where: "talk", help: "To the oldest message here", also: "PgUp" },
  { id: "to-end", keys: ["alt+end"], where: "talk", help: "To the newest message", also: "End on an empty line" },
  { id: "to-end-empty", keys: ["end"], where: "empty", help: "To the newest message, on an empty line" },
  { id: "search", keys: ["ctrl+f"], where: "talk", help: "Find messages by words in them", also: "/search" },
  { id: "to-late", keys: ["ctrl+o"], where: "talk", help: "To earlier messages that came late" },
  {
    id: "undo",
    keys: ["ctrl+t"],
    where: "talk",
    help: "Bring back what you took back within the last 5 s",
    also: "/undo",
  },
  { id: "bare", keys: ["alt+l"], where: "talk", help: "The talk as bare lines, to be copied", also: "/bare" },
  { id: "members", keys: ["alt+m"], where: "talk", help: "Who is in this room", also: "/who" },
  { id: "select", keys: ["ctrl+up"], where: "talk", help: "Select a message", also: "Up on an empty line" },
  { id: "select-empty", keys: ["up"], where: "empty", help: "Select a message, on an empty line" },
  { id: "send", keys: ["enter"], where: "composer", help: "Send" },
  {
    id: "newline",
    keys: ["ctrl+j", "alt+enter", "shift+enter"],
    where: "composer",
    help: "New line in a message",
    also: "Ctrl-J",
  },
  {
    id: "drop",
    keys: ["escape"],
    where: "composer",
    help: "Close what Tab offers; drop an answer, an edit, a reaction",
    also: "Ctrl-C",
  },
  { id: "complete", keys: ["tab"], where: "composer", help: "Complete a command, a name, a room, an :emoji" },
  { id: "complete-back", keys: ["shift+tab"], where: "composer", help: "The completion before" },
  { id: "history-back", keys: ["up"], where: "composer", help: "A line up; above the first, what was sent before" },
  { id: "history-on", keys: ["down"], where: "composer", help: "A line down; below the last, what was sent after" },
  { id: "recall", keys: ["ctrl+r"], where: "composer", help: "What was sent before, on an empty line too" },
  { id: "editor", keys: ["ctrl+x"], where: "composer", help: "Write in your own editor", also: "/editor" },
  { id: "line-start", keys: ["ctrl+a", "home"], where: "composer", help: "To the start of the line" },
  { id: "line-end", keys: ["ctrl+e", "end"], where: "composer", help: "To the end of the line" },
  { id: "char-left", keys: ["left", "ctrl+b"], where: "composer", help: "Left" },
  { id: "char-right", keys: ["right"], where: "composer", help: "Right" },
  {
    id: "word-left",
    keys: ["alt+b", "ctrl+left", "alt+left"],
    where: "composer",
    help: "A word left",
    also: "Ctrl-Left",
  },
  {
    id: "word-right",
    keys: ["alt+f", "ctrl+right", "alt+right"],
    where: "composer",
    help: "A word right",
    also: "Ctrl-Right",
  },
  { id: "delete-left", keys: ["backspace", "ctrl+h"], where: "composer", help: "Delete to the left" },
  { id: "delete-right", keys: ["delete", "ctrl+d"], where: "composer", help: "Delete to the right" },
  { id: "cut-word-left", keys: ["ctrl+w", "alt+backspace"], where: "composer", help: "Cut a word to the left" },
  {
    id: "cut-word-right",
    keys: ["alt+d", "ctrl+delete"],
    where: "composer",
    help: "Cut a word to the right",
    also: "Ctrl-Delete",
  },
  { id: "cut-line-start", keys: ["ctrl+u"], where: "composer", help: "Cut to the start of the line" },
  { id: "cut-line-end", keys: ["ctrl+k"], where: "composer", help: "Cut to the end of the line" },
  { id: "paste-cut", keys: ["ctrl+y"], where: "composer", help: "Put back what was cut" },
  { id: "selection-up", keys: ["up", "k"], where: "selection", help: "The message before" },
  { id: "selection-down", keys: ["down", "j"], where: "selection", help: "The message after" },
  { id: "selection-page-up", keys: ["pageup"], where: "selection", help: "A page of messages up" },
  { id: "selection-page-down", keys: ["pagedown"], where: "selection", help: "A page of messages down" },
  { id: "selection-first", keys: ["home"], where: "selection", help: "The oldest message here" },
  { id: "selection-end", keys: ["end"], where: "selection", help: "Back to the newest message and to the line" },
  {
    id: "open",
    keys: ["enter"],
    where: "selection",
    help: "To what it answers; get or open a file; play a voice note",
  },
  { id: "file-get", keys: ["g"], where: "selection", help: "Get the file", also: "/get" },
  { id: "file-open", keys: ["o"], where: "selection", help: "Open the file, or get it first", also: "/open" },
  { id: "reply", keys: ["r"], where: "selection", help: "Answer the message", also: "/reply" },
  { id: "edit", keys: ["e"], where: "selection", help: "Change what you wrote", also: "/edit" },
  {
    id: "react",
    keys: ["+"],
    where: "selection",
    help: "React; your own reaction again takes it back",
    also: "/react",
  },
  { id: "delete", keys: ["d"], where: "selection", help: "Take the message back", also: "/delete" },
  {
    id: "undo-selected",
    keys: ["u"],
    where: "selection",
    help: "Bring back what you took back just now",
    also: "/undo",
  },
  { id: "pin", keys: ["p"], where: "selection", help: "Pin the message, or unpin it", also: "/pin" },
  { id: "copy", keys: ["y"], where: "selection", help: "Copy the message", also: "/copy" },
  { id: "verify", keys: ["v"], where: "selection", help: "Who wrote this?", also: "/verify" },
  { id: "selection-leave", keys: ["escape"], where: "selection", help: "Back to the line" },
  { id: "overlay-leave", keys: ["escape"], where: "overlay", help: "Back to the talk" },
  { id: "overlay-up", keys: ["up"], where: "overlay", help: "Up" },
  { id: "overlay-down", keys: ["down"], where: "overlay", help: "Down" },
  { id: "overlay-page-up", keys: ["pageup"], where: "overlay", help: "Up by a page" },
  { id: "overlay-page-down", keys: ["pagedown"], where: "overlay", help: "Down by a page" },
  { id: "files-get", keys: ["enter", "g"], where: "files", help: "Get the file", also: "/get" },
  { id: "files-stop", keys: ["x"], where: "files", help: "Stop it, or stop sharing it", also: "/cancel" },
  { id: "files-open", keys: ["o"], where: "files", help: "Open the file", also: "/open" },
  { id: "list-open", keys: ["enter"], where: "list", help: "Go there" },
  { id: "list-up", keys: ["ctrl+p"], where: "list", help: "Up" },
  { id: "list-down", keys: ["ctrl+n"], where: "list", help: "Down" },
  { id: "search-scope", keys: ["tab"], where: "search", help: "In this room, or in every room" },
  { id: "setting-change", keys: ["enter", "space"], where: "settings", help: "The next value, or onto the line" },
  { id: "page-space", keys: ["space"], where: "page", help: "Down by a page" },
  { id: "page-leave", keys: ["q", "enter"], where: "page", help: "Back to the talk" },
  { id: "invite-copy", keys: ["y"], where: "invite", help: "Copy the link" },
  { id: "invite-more", keys: ["+"], where: "invite", help: "A link for one person more" },
  { id: "invite-longer", keys: ["t"], where: "invite", help: "A link that holds longer" },
  { id: "invite-revoke", keys: ["r"], where: "invite", help: "Let the link admit nobody any more" },
  { id: "words-written", keys: ["enter"], where: "words", help: "The words are written down" },
  { id: "question-yes", keys: ["enter", "y", "ctrl+c"], where: "question", help: "Yes" },
  { id: "question-no", keys: ["escape", "n"], where: "question", help: "No, as any other key" },
] as const satisfies readonly KeyBinding[];

export type KeyId = (typeof KEYS)[number]["id"];

/** `ctrl+n`, `alt+down`, `f1`; Shift is named only where the key has no character of its own. */
export function nameOfKey(key: PressedKey): string {
  const isCharacter = key.name.length === 1 || key.name === "space";
  return [key.ctrl && "ctrl", key.alt && "alt", key.shift && !isCharacter && "shift", key.name]
    .filter(Boolean)
    .join("+");
}

const byPlace = new Map<string, KeyId>();
for (const { id, keys, where } of KEYS) for (const key of keys) byPlace.set(`${where} ${key}`, id);

/**
 * What a key does in the first of these places that has a use for it. A key held with Alt that
 * carries text of its own was typed with AltGr or Option: it is text.
 */
export function bindingOf(key: PressedKey, places: readonly KeyPlace[]): KeyId | null {
  if (key.alt && key.text) return null;
  const name = nameOfKey(key);
  for (const place of places) {
    const id = byPlace.get(`${place} ${name}`);
    if (id) return id;
  }
  return null;
}

const SHOWN: Readonly<Record<string, string>> = {
  pageup: "PgUp",
  pagedown: "PgDn",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
};

/** `Ctrl-N`, `Alt-↓`: a key as people read it. */
export function shownKey(name: string): string {
  // The plus between the parts, not the key of that name.
  return name
    .split(/(?<=.)\+(?=.)/)
    .map((part) => SHOWN[part] ?? part[0]!.toUpperCase() + part.slice(1))
    .join("-");
}

/** All keys of a binding in one short text. */
export function shownKeys(binding: KeyBinding): string {
  if (binding.id === "room-number") return "Alt-1…9";
  return binding.keys.map(shownKey).join(" ");
}
