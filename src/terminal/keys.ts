// Bytes from the terminal in, keys, pastes, focus changes and terminal answers out. Ink gets no
// input: its parser loses keys that arrive in one read and types the terminal's answers as text.

export interface KeyEvent {
  readonly type: "key";
  /** `a`, `space`, `enter`, `up`, `f5`, …; a letter is lower case here and as typed in `text`. */
  readonly name: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** What to insert, where the key stands for a character. */
  readonly text?: string;
  readonly eventType: "press" | "repeat" | "release";
}

export type InputEvent =
  | KeyEvent
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "focus"; readonly focused: boolean }
  /** An answer of the terminal, without its introducer and end: `?2026;2$y`, `11;rgb:…`. */
  | { readonly type: "reply"; readonly kind: "csi" | "osc" | "dcs" | "apc"; readonly body: string };

export interface InputClock {
  now(): number;
  /** Runs once, later; the result takes it back. */
  after(delayMs: number, run: () => void): () => void;
}

export interface KeyDecoderOptions {
  readonly emit: (event: InputEvent) => void;
  /** How long a lone ESC may still become Alt and a key. */
  readonly escapeDelayMs?: number;
  readonly clock?: InputClock;
}

export const LOCAL_ESCAPE_DELAY_MS = 25;
export const REMOTE_ESCAPE_DELAY_MS = 100;
/** Alt-Enter whose two bytes came apart: a CR this soon after a lone ESC is a line break, not "send". */
const ESCAPE_ENTER_MS = 500;
const SEQUENCE_DELAY_MS = 500;
const STRING_DELAY_MS = 2000;
/**
 * A paste without marks is told from Enter by what follows the CR. After text of the same burst a
 * CR waits long enough for the rest of a paste that was cut there; alone it waits for one read more.
 */
const ENTER_AFTER_TEXT_MS = 60;
const ENTER_ALONE_MS = 2;
const BURST_GAP_MS = 5;
/** A burst of more characters than anybody types is a paste, even on one line. */
const MAX_TYPED_BURST = 1000;
const PASTE_QUIET_MS = 100;
/** A marked paste whose end never comes gives the keyboard back after this. */
const MARKED_PASTE_QUIET_MS = 5000;
const MAX_PASTE_LENGTH = 1024 * 1024;
const MAX_STRING_LENGTH = 4096;
const MAX_SEQUENCE_LENGTH = 256;

const ESC = "\x1b";
const PASTE_END = "\x1b[201~";

const FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "begin",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  Z: "tab",
};

const TILDES: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
  25: "f13",
  26: "f14",
  28: "f15",
  29: "menu",
  31: "f17",
  32: "f18",
  33: "f19",
  34: "f20",
};

// Keypad in application mode: ESC O and one of these.
const KEYPAD: Readonly<Record<string, string>> = {
  j: "*",
  k: "+",
  l: ",",
  m: "-",
  n: ".",
  o: "/",
  p: "0",
  q: "1",
  r: "2",
  s: "3",
  t: "4",
  u: "5",
  v: "6",
  w: "7",
  x: "8",
  y: "9",
  X: "=",
};

// Code points of the kitty keyboard protocol that are no characters.
const KITTY_NAMES: ReadonlyMap<number, string> = new Map([
  [9, "tab"],
  [13, "enter"],
  [27, "escape"],
  [127, "backspace"],
  [57348, "insert"],
  [57349, "delete"],
  [57350, "left"],
  [57351, "right"],
  [57352, "up"],
  [57353, "down"],
  [57354, "pageup"],
  [57355, "pagedown"],
  [57356, "home"],
  [57357, "end"],
  [57363, "menu"],
  ...Array.from({ length: 35 }, (_, index): [number, string] => [57364 + index, `f${index + 1}`]),
  [57414, "enter"],
  [57417, "left"],
  [57418, "right"],
  [57419, "up"],
  [57420, "down"],
  [57421, "pageup"],
  [57422, "pagedown"],
  [57423, "home"],
  [57424, "end"],
  [57425, "insert"],
  [57426, "delete"],
  [57427, "begin"],
]);
const KITTY_KEYPAD = "0123456789./*-+";
const KITTY_KEYPAD_FIRST = 57399;

const NO_MODIFIERS = { ctrl: false, alt: false, shift: false };
type Modifiers = typeof NO_MODIFIERS;

const CSI = /\x1b\[([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])/y;
const CSI_START = /\x1b\[[\x30-\x3f]*[\x20-\x2f]*/y;
// In an answer "$" comes after "?" or ";", never after one number.
const RXVT_SHIFTED = /\x1b\[(\d{1,2})\$/y;
const SS3 = /\x1bO(?:(?:1;)?(\d))?([A-Za-z])/y;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const PASTE_CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

function isText(char: string): boolean {
  return !CONTROL.test(char);
}

function charOf(code: number | undefined): string {
  if (code === undefined || code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return "";
  const char = String.fromCodePoint(code);
  return isText(char) ? char : "";
}

/** The number a terminal sends is one more than the sum of the bits; null where Super, Hyper or Meta is held. */
function modifiersOf(parameter: number | undefined): Modifiers | null {
  const bits = Math.max(0, (parameter || 1) - 1);
  if (bits & 0b111000) return null;
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
}

const realClock: InputClock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

type Mode =
  | { readonly name: "keys" }
  /** Between ESC[200~ and ESC[201~. */
  | { readonly name: "marked-paste" }
  /** A paste the terminal did not mark. */
  | { readonly name: "bare-paste" }
  /** In a control sequence longer than any we know, up to its end. */
  | { readonly name: "overlong" }
  /** Inside OSC, DCS or APC. */
  | { readonly name: "string"; readonly kind: "osc" | "dcs" | "apc" };

const KEYS: Mode = { name: "keys" };
const MARKED_PASTE: Mode = { name: "marked-paste" };
const BARE_PASTE: Mode = { name: "bare-paste" };
const OVERLONG: Mode = { name: "overlong" };

/** How many characters a match took; `wait` where only more input can tell. */
type Taken = number | "wait";

/** Total: any bytes in any cuts, and none throws. Where no time passes, cuts make no difference. */
export class KeyDecoder {
  readonly #emit: (event: InputEvent) => void;
  readonly #escapeDelayMs: number;
  readonly #clock: InputClock;
  #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #cancelTimer: (() => void) | null = null;

  #mode: Mode = KEYS;
  #buffer = "";
  /** When the ESC at the head of the buffer came. */
  #escapeAt = 0;
  #loneEscapeAt = Number.NEGATIVE_INFINITY;
  #collected: string[] = [];
  #collectedLength = 0;
  #heldEnters = 0;
  #heldUntil = 0;
  #textAt = Number.NEGATIVE_INFINITY;
  #burstLength = 0;
  #bareActiveAt = Number.NEGATIVE_INFINITY;
  #markedEndAt = Number.NEGATIVE_INFINITY;

  constructor(options: KeyDecoderOptions) {
    this.#emit = options.emit;
    this.#escapeDelayMs = options.escapeDelayMs ?? LOCAL_ESCAPE_DELAY_MS;
    this.#clock = options.clock ?? realClock;
  }

  push(bytes: Uint8Array): void {
    const text = this.#utf8.decode(bytes, { stream: true });
    if (text === "") return;
    const now = this.#clock.now();
    if (this.#buffer === "") this.#escapeAt = now;
    this.#buffer += text;
    this.#drain(now);
    this.#wait(now);
  }

  /** Forgets what is half read, as after the terminal was away. */
  reset(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
    this.#mode = KEYS;
    this.#buffer = "";
    this.#heldEnters = 0;
    this.#takeCollected();
  }

  #drain(now: number): void {
    let at = 0;
    const text = this.#buffer;
    while (at < text.length) {
      const taken = this.#step(text, at, now);
      if (taken === "wait") break;
      at += taken;
    }
    this.#buffer = text.slice(at);
    if (at > 0) this.#escapeAt = now;
  }

  #step(text: string, at: number, now: number): Taken {
    if (this.#mode.name === "marked-paste") return this.#markedPaste(text, at, now);
    if (this.#mode.name === "bare-paste") return this.#barePaste(text, at, now);
    if (this.#mode.name === "string") return this.#string(text, at, this.#mode.kind);
    if (this.#mode.name === "overlong") return this.#overlong(text, at);
    const char = String.fromCodePoint(text.codePointAt(at)!);
    if (char === "\r") this.#enter(now);
    else if (char === ESC) return this.#escape(text, at, now);
    else if (this.#heldEnters > 0 && (isText(char) || char === "\n" || char === "\t")) {
      this.#startBarePaste(now);
      return 0;
    } else if (isText(char)) return this.#typed(char, now);
    else {
      this.#releaseEnters();
      this.#control(char, NO_MODIFIERS);
    }
    return char.length;
  }

  // --- what starts with ESC

  #escape(text: string, at: number, now: number): Taken {
    const second = text[at + 1];
    if (second === undefined) return "wait";
    if (second === ESC) {
      // rxvt puts one ESC before the sequence of a key held with Alt.
      const third = text[at + 2];
      if (third === undefined) return "wait";
      if (third === "[" || third === "O") {
        const taken = this.#sequence(text, at + 1, now, true);
        return taken === "wait" ? "wait" : taken + 1;
      }
      this.#loneEscape(now);
      return 1;
    }
    return this.#sequence(text, at, now, false);
  }

  /** `at` is the ESC, and one more character is there. */
  #sequence(text: string, at: number, now: number, alt: boolean): Taken {
    const second = text[at + 1]!;
    if (second === "[") return this.#csi(text, at, now, alt);
    if (second === "O") return this.#ss3(text, at, alt);
    if (second === "]" || second === "P" || second === "_") {
      const third = text[at + 2];
      if (third === undefined) return "wait";
      const kind = second === "]" ? "osc" : second === "P" ? "dcs" : "apc";
      const looksLikeAnswer = { osc: /[\d]/, dcs: /[\d>$!+|{]/, apc: /G/ }[kind];
      if (looksLikeAnswer.test(third)) {
        this.#releaseEnters();
        this.#mode = { name: "string", kind };
        return 2;
      }
    }
    this.#releaseEnters();
    const char = String.fromCodePoint(text.codePointAt(at + 1)!);
    if (char === "\r" || char === "\n") this.#key("enter", { ...NO_MODIFIERS, alt: true });
    else if (isText(char)) this.#key(char, { ...NO_MODIFIERS, alt: true });
    else this.#control(char, { ...NO_MODIFIERS, alt: true });
    return 1 + char.length;
  }

  #csi(text: string, at: number, now: number, alt: boolean): Taken {
    // The Linux console sends ESC [ [ A to E for F1 to F5.
    if (text[at + 2] === "[") {
      const letter = text[at + 3];
      if (letter === undefined) return "wait";
      if (letter >= "A" && letter <= "E") {
        this.#releaseEnters();
        this.#key(`f${letter.charCodeAt(0) - 64}`, { ...NO_MODIFIERS, alt });
        return 4;
      }
    }
    RXVT_SHIFTED.lastIndex = at;
    const shifted = RXVT_SHIFTED.exec(text);
    if (shifted) {
      this.#releaseEnters();
      this.#tilde(Number(shifted[1]), { ...NO_MODIFIERS, alt, shift: true }, "press");
      return shifted[0].length;
    }
    CSI.lastIndex = at;
    const match = CSI.exec(text);
    CSI_START.lastIndex = at;
    const started = CSI_START.exec(text)![0].length;
    if (started > MAX_SEQUENCE_LENGTH) {
      this.#releaseEnters();
      this.#mode = OVERLONG;
      return MAX_SEQUENCE_LENGTH;
    }
    if (!match) {
      if (at + started === text.length) return "wait";
      this.#releaseEnters();
      if (started === 2) this.#key("[", { ...NO_MODIFIERS, alt: true });
      return started;
    }
    const [all, parameters, between, final] = match as unknown as [string, string, string, string];
    if (all === "\x1b[M") {
      // An old mouse report: three characters follow, whatever they are.
      return at + 6 > text.length ? "wait" : 6;
    }
    if (all === PASTE_END) {
      // An end without a start: the paste held an end mark of its own, so all since then was pasted.
      if (this.#heldEnters > 0) {
        this.#startBarePaste(now);
        this.#finishPaste();
      }
      return all.length;
    }
    this.#releaseEnters();
    if (all === "\x1b[200~") this.#mode = MARKED_PASTE;
    else if (all === "\x1b[I" || all === "\x1b[O") this.#emit({ type: "focus", focused: final === "I" });
    else if (/^[<=>?]/.test(parameters) || between !== "" || (/[cntxy]/.test(final) && parameters !== "")) {
      const isMouse = parameters.startsWith("<") && /[Mm]/.test(final);
      if (!isMouse) this.#emit({ type: "reply", kind: "csi", body: parameters + between + final });
    } else this.#csiKey(parameters, final, alt);
    return all.length;
  }

  #overlong(text: string, at: number): Taken {
    let end = at;
    while (end < text.length && /[\x20-\x3f]/.test(text[end]!)) end += 1;
    if (end === text.length) return end - at;
    this.#mode = KEYS;
    return end - at + (/[\x40-\x7e]/.test(text[end]!) ? 1 : 0);
  }

  #csiKey(parameters: string, final: string, alt: boolean): void {
    const fields = parameters.split(";").map((field) => field.split(":").map((part) => Number.parseInt(part, 10) || 0));
    const first = fields[0]![0]!;
    if (final === "R" && !(first === 1 && fields.length === 2 && fields[1]![0]! <= 16) && parameters !== "") {
      this.#emit({ type: "reply", kind: "csi", body: parameters + final });
      return;
    }
    const isOtherKey = final === "~" && first === 27 && fields.length === 3;
    const held = modifiersOf(fields[1]?.[0]);
    if (held === null) return;
    const modifiers = { ...held, alt: held.alt || alt };
    const eventType = (["press", "press", "repeat", "release"] as const)[fields[1]?.[1] ?? 1] ?? "press";
    if (final === "u") this.#kittyKey(fields, modifiers, eventType);
    else if (isOtherKey) this.#kittyKey([fields[2]!, fields[1]!], modifiers, "press");
    else if (final === "~") this.#tilde(first, modifiers, eventType);
    else if (final === "^") this.#tilde(first, { ...modifiers, ctrl: true }, eventType);
    else if (final === "@") this.#tilde(first, { ...modifiers, ctrl: true, shift: true }, eventType);
    else if (/[abcd]/.test(final)) this.#key(FINALS[final.toUpperCase()]!, { ...modifiers, shift: true });
    else if (final in FINALS)
      this.#key(FINALS[final]!, { ...modifiers, shift: modifiers.shift || final === "Z" }, undefined, eventType);
    // Anything else is no key we know, urxvt's mouse reports among them.
  }

  #tilde(code: number, modifiers: Modifiers, eventType: KeyEvent["eventType"]): void {
    const name = TILDES[code];
    if (name !== undefined) this.#key(name, modifiers, undefined, eventType);
  }

  /** `fields`: code and its variants, modifiers, code points of the text. */
  #kittyKey(fields: readonly number[][], modifiers: Modifiers, eventType: KeyEvent["eventType"]): void {
    const [code = 0, shifted = 0] = fields[0]!;
    const name = KITTY_NAMES.get(code);
    if (name !== undefined) {
      this.#key(name, modifiers, undefined, eventType);
      return;
    }
    // Of the private range, where the protocol puts keys that are no characters, only the keypad types.
    const keypad = code >= KITTY_KEYPAD_FIRST ? KITTY_KEYPAD[code - KITTY_KEYPAD_FIRST] : undefined;
    const char = keypad ?? (code >= 0xe000 && code < 0xf900 ? "" : charOf(code));
    if (char === "") return;
    const capital = char.toUpperCase();
    const upper = charOf(shifted) || (capital.length === char.length ? capital : char);
    const carried = (fields[2] ?? []).map(charOf).join("");
    const isPlain = !modifiers.ctrl && !modifiers.alt;
    if (carried !== "" && carried !== char && carried !== upper && eventType !== "release") {
      // AltGr is reported as Alt (or Ctrl-Alt); what it typed tells it from a key held with Alt.
      this.#key(carried, NO_MODIFIERS, carried, eventType);
      return;
    }
    const text = isPlain && eventType !== "release" ? carried || (modifiers.shift ? upper : char) : undefined;
    this.#key(char, modifiers, text, eventType);
  }

  #ss3(text: string, at: number, alt: boolean): Taken {
    SS3.lastIndex = at;
    const match = SS3.exec(text);
    if (!match) {
      if (/^\x1bO(?:1?;?\d?)?$/.test(text.slice(at, at + 6)) && text.length - at <= 5) return "wait";
      this.#releaseEnters();
      this.#key("o", { ...NO_MODIFIERS, alt: true, shift: true });
      return 2;
    }
    this.#releaseEnters();
    const [all, parameter, letter] = match as unknown as [string, string | undefined, string];
    const held = modifiersOf(parameter === undefined ? 1 : Number(parameter));
    if (held === null) return all.length;
    const modifiers = { ...held, alt: held.alt || alt };
    if (letter === "M") this.#key("enter", modifiers);
    else if (letter in FINALS) this.#key(FINALS[letter]!, modifiers);
    else if (/[abcd]/.test(letter)) this.#key(FINALS[letter.toUpperCase()]!, { ...modifiers, ctrl: true });
    else if (letter in KEYPAD) {
      const char = KEYPAD[letter]!;
      this.#key(char, modifiers, modifiers.alt || modifiers.ctrl ? undefined : char);
    }
    return all.length;
  }

  /** An answer ends with BEL or ST; an ESC that is no ST begins something new. */
  #string(text: string, at: number, kind: "osc" | "dcs" | "apc"): Taken {
    let end = at;
    while (end < text.length && !/[\x07\x18\x1a\x1b\x9c]/.test(text[end]!)) end += 1;
    this.#collect(text.slice(at, end), MAX_STRING_LENGTH);
    if (end === text.length) return end - at;
    const isEscape = text[end] === ESC;
    if (isEscape && text[end + 1] === undefined) {
      // Keep the ESC alone in the buffer: it tells an end only with what follows.
      return end > at ? end - at : "wait";
    }
    const isEnd = isEscape ? text[end + 1] === "\\" : text[end] === "\x07" || text[end] === "\x9c";
    const body = this.#takeCollected();
    this.#mode = KEYS;
    if (isEnd) this.#emit({ type: "reply", kind, body });
    return end - at + (isEscape ? (isEnd ? 2 : 0) : 1);
  }

  // --- pastes

  #markedPaste(text: string, at: number, now: number): Taken {
    const end = text.indexOf(PASTE_END, at);
    if (end !== -1) {
      this.#collect(text.slice(at, end), MAX_PASTE_LENGTH);
      this.#finishPaste();
      this.#markedEndAt = now;
      return end - at + PASTE_END.length;
    }
    // The tail may be the beginning of the end mark.
    let keep = Math.min(PASTE_END.length - 1, text.length - at);
    while (!PASTE_END.startsWith(text.slice(text.length - keep))) keep -= 1;
    const taken = text.length - at - keep;
    if (taken === 0) return "wait";
    this.#collect(text.slice(at, at + taken), MAX_PASTE_LENGTH);
    return taken;
  }

  #startBarePaste(now: number): void {
    this.#collect("\r".repeat(this.#heldEnters), MAX_PASTE_LENGTH);
    this.#heldEnters = 0;
    this.#bareActiveAt = now;
    this.#mode = BARE_PASTE;
  }

  #barePaste(text: string, at: number, now: number): Taken {
    this.#bareActiveAt = now;
    const next = text.indexOf(ESC, at);
    const end = next === -1 ? text.length : next;
    this.#collect(text.slice(at, end), MAX_PASTE_LENGTH);
    if (next !== -1) this.#finishPaste();
    return end - at;
  }

  #finishPaste(): void {
    const text = this.#takeCollected().replace(/\r\n?/g, "\n").replace(PASTE_CONTROLS, "");
    this.#mode = KEYS;
    this.#burstLength = 0;
    if (text !== "") this.#emit({ type: "paste", text });
  }

  #collect(piece: string, limit: number): void {
    const room = limit - this.#collectedLength;
    if (room <= 0 || piece === "") return;
    this.#collected.push(piece.slice(0, room));
    this.#collectedLength += Math.min(room, piece.length);
  }

  #takeCollected(): string {
    const text = this.#collected.join("");
    this.#collected = [];
    this.#collectedLength = 0;
    return text;
  }

  // --- single keys

  #typed(char: string, now: number): number {
    this.#burstLength = now - this.#textAt <= BURST_GAP_MS ? this.#burstLength + 1 : 1;
    this.#textAt = now;
    if (this.#burstLength > MAX_TYPED_BURST) {
      this.#startBarePaste(now);
      return 0;
    }
    this.#key(char, NO_MODIFIERS, char);
    return char.length;
  }

  #enter(now: number): void {
    if (now - this.#bareActiveAt <= PASTE_QUIET_MS) {
      this.#heldEnters += 1;
      this.#startBarePaste(now);
    } else if (now - this.#loneEscapeAt <= ESCAPE_ENTER_MS) {
      this.#key("enter", { ...NO_MODIFIERS, alt: true });
    } else {
      const isAfterText = now - this.#textAt <= BURST_GAP_MS || now - this.#markedEndAt <= BURST_GAP_MS;
      const until = now + (isAfterText ? ENTER_AFTER_TEXT_MS : ENTER_ALONE_MS);
      this.#heldUntil = this.#heldEnters > 0 ? Math.max(this.#heldUntil, until) : until;
      this.#heldEnters += 1;
    }
  }

  #releaseEnters(): void {
    while (this.#heldEnters > 0) {
      this.#heldEnters -= 1;
      this.#key("enter", NO_MODIFIERS);
    }
  }

  #loneEscape(now: number): void {
    this.#releaseEnters();
    this.#key("escape", NO_MODIFIERS);
    this.#loneEscapeAt = now;
  }

  #control(char: string, modifiers: Modifiers): void {
    const code = char.charCodeAt(0);
    if (code === 0x09) this.#key("tab", modifiers);
    else if (code === 0x7f || code === 0x08) this.#key("backspace", modifiers);
    else if (code === 0) this.#key("space", { ...modifiers, ctrl: true });
    else if (code < 0x1b) this.#key(String.fromCharCode(code + 0x60), { ...modifiers, ctrl: true });
    else if (code < 0x20) this.#key(String.fromCharCode(code + 0x40), { ...modifiers, ctrl: true });
    // C1 controls stand for no key.
  }

  #key(name: string, modifiers: Modifiers, text?: string, eventType: KeyEvent["eventType"] = "press"): void {
    const lower = name.length === 1 && name >= "A" && name <= "Z" ? name.toLowerCase() : name;
    this.#loneEscapeAt = Number.NEGATIVE_INFINITY;
    this.#emit({
      type: "key",
      name: lower === " " ? "space" : lower,
      ctrl: modifiers.ctrl,
      alt: modifiers.alt,
      shift: modifiers.shift || lower !== name,
      ...(text === undefined ? {} : { text }),
      eventType,
    });
  }

  // --- time

  #wait(now: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const deadline = this.#deadline();
    if (deadline === null) return;
    this.#cancelTimer = this.#clock.after(Math.max(0, deadline - now), () => {
      this.#cancelTimer = null;
      this.#expire(Math.max(this.#clock.now(), deadline));
    });
  }

  #deadline(): number | null {
    if (this.#mode.name === "marked-paste") return this.#clock.now() + MARKED_PASTE_QUIET_MS;
    if (this.#mode.name === "bare-paste") return this.#bareActiveAt + PASTE_QUIET_MS;
    if (this.#mode.name !== "keys") return this.#clock.now() + STRING_DELAY_MS;
    if (this.#heldEnters > 0) return this.#heldUntil;
    if (this.#buffer === "") return null;
    return this.#escapeAt + (this.#buffer.length <= 2 ? this.#escapeDelayMs : SEQUENCE_DELAY_MS);
  }

  /** What waited for more has waited long enough. */
  #expire(now: number): void {
    if (this.#mode.name === "string" || this.#mode.name === "overlong") {
      this.#takeCollected();
      this.#mode = KEYS;
    } else if (this.#mode.name !== "keys") {
      if (this.#mode.name === "marked-paste") {
        this.#collect(this.#buffer, MAX_PASTE_LENGTH);
        this.#buffer = "";
      }
      this.#finishPaste();
    } else if (this.#heldEnters > 0) this.#releaseEnters();
    else if (this.#buffer !== "") this.#expireEscape();
    this.#drain(now);
    this.#wait(now);
  }

  #expireEscape(): void {
    const text = this.#buffer;
    this.#buffer = "";
    const came = this.#escapeAt;
    if (text === ESC) this.#loneEscape(came);
    else if (text === ESC + ESC) {
      this.#loneEscape(came);
      this.#loneEscape(came);
    } else if (text.length === 2) this.#key(text[1]!, { ...NO_MODIFIERS, alt: true });
    // A longer one is the beginning of something whose end was lost.
  }
}
