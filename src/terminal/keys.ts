// Bytes from the terminal in, keys, pastes, focus changes and terminal answers out. Ink gets no
// input: its parser loses keys that arrive in one read and types the terminal's answers as text.

import { Collected } from "./collected.js";
import { readCsi, readSs3, type Sequence } from "./control-sequences.js";
import type { InputEvent } from "./input-events.js";
import { controlKey, isText, keyOf, type Modifiers, NO_MODIFIERS } from "./key-sequences.js";

export type { InputEvent, KeyEvent } from "./input-events.js";

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

const ESC = "\x1b";
const PASTE_END = "\x1b[201~";

const PASTE_CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

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
  readonly #collected = new Collected();
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
    this.#collected.take();
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
    if (second === "[" || second === "O") {
      const sequence = second === "[" ? readCsi(text, at, alt) : readSs3(text, at, alt);
      if (sequence === null) return "wait";
      this.#say(sequence, now);
      return sequence.length;
    }
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

  #say(sequence: Sequence, now: number): void {
    if (sequence.kind === "mouse") return;
    if (sequence.kind === "paste-end") this.#strayPasteEnd(now);
    else {
      this.#releaseEnters();
      if (sequence.kind === "paste-start") this.#mode = MARKED_PASTE;
      else if (sequence.kind === "overlong") this.#mode = OVERLONG;
      else this.#tell(sequence.event);
    }
  }

  #overlong(text: string, at: number): Taken {
    let end = at;
    while (end < text.length && /[\x20-\x3f]/.test(text[end]!)) end += 1;
    if (end === text.length) return end - at;
    this.#mode = KEYS;
    return end - at + (/[\x40-\x7e]/.test(text[end]!) ? 1 : 0);
  }

  /** An answer ends with BEL or ST; an ESC that is no ST begins something new. */
  #string(text: string, at: number, kind: "osc" | "dcs" | "apc"): Taken {
    let end = at;
    while (end < text.length && !/[\x07\x18\x1a\x1b\x9c]/.test(text[end]!)) end += 1;
    this.#collected.add(text.slice(at, end), MAX_STRING_LENGTH);
    if (end === text.length) return end - at;
    const isEscape = text[end] === ESC;
    if (isEscape && text[end + 1] === undefined) {
      // Keep the ESC alone in the buffer: it tells an end only with what follows.
      return end > at ? end - at : "wait";
    }
    const isEnd = isEscape ? text[end + 1] === "\\" : text[end] === "\x07" || text[end] === "\x9c";
    const body = this.#collected.take();
    this.#mode = KEYS;
    if (isEnd) this.#emit({ type: "reply", kind, body });
    return end - at + (isEscape ? (isEnd ? 2 : 0) : 1);
  }

  // --- pastes

  #markedPaste(text: string, at: number, now: number): Taken {
    const end = text.indexOf(PASTE_END, at);
    if (end !== -1) {
      this.#collected.add(text.slice(at, end), MAX_PASTE_LENGTH);
      this.#finishPaste();
      this.#markedEndAt = now;
      return end - at + PASTE_END.length;
    }
    // The tail may be the beginning of the end mark.
    let keep = Math.min(PASTE_END.length - 1, text.length - at);
    while (!PASTE_END.startsWith(text.slice(text.length - keep))) keep -= 1;
    const taken = text.length - at - keep;
    if (taken === 0) return "wait";
    this.#collected.add(text.slice(at, at + taken), MAX_PASTE_LENGTH);
    return taken;
  }

  #startBarePaste(now: number): void {
    this.#collected.add("\r".repeat(this.#heldEnters), MAX_PASTE_LENGTH);
    this.#heldEnters = 0;
    this.#bareActiveAt = now;
    this.#mode = BARE_PASTE;
  }

  #barePaste(text: string, at: number, now: number): Taken {
    this.#bareActiveAt = now;
    const next = text.indexOf(ESC, at);
    const end = next === -1 ? text.length : next;
    this.#collected.add(text.slice(at, end), MAX_PASTE_LENGTH);
    if (next !== -1) this.#finishPaste();
    return end - at;
  }

  /** An end without a start: the paste held an end mark of its own, so all since then was pasted. */
  #strayPasteEnd(now: number): void {
    if (this.#heldEnters === 0) return;
    this.#startBarePaste(now);
    this.#finishPaste();
  }

  #finishPaste(): void {
    const text = this.#collected.take().replace(/\r\n?/g, "\n").replace(PASTE_CONTROLS, "");
    this.#mode = KEYS;
    this.#burstLength = 0;
    if (text !== "") this.#emit({ type: "paste", text });
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
    this.#tell(controlKey(char, modifiers));
  }

  #key(name: string, modifiers: Modifiers, text?: string): void {
    this.#tell(keyOf(name, modifiers, text));
  }

  #tell(event: InputEvent | null): void {
    if (event === null) return;
    if (event.type === "key") this.#loneEscapeAt = Number.NEGATIVE_INFINITY;
    this.#emit(event);
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
      this.#collected.take();
      this.#mode = KEYS;
    } else if (this.#mode.name !== "keys") {
      if (this.#mode.name === "marked-paste") {
        this.#collected.add(this.#buffer, MAX_PASTE_LENGTH);
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
