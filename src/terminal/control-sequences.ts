/** Where a sequence that begins with ESC [ or ESC O ends, and what it says. Pure; keeps nothing between two calls. */
import type { InputEvent } from "./input-events.js";
import { csiKey, isPlaceOfCursor, keyOf, NO_MODIFIERS, ss3Key, tildeKey } from "./key-sequences.js";

const MAX_SEQUENCE_LENGTH = 256;

const CSI = /\x1b\[([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])/y;
const CSI_START = /\x1b\[[\x30-\x3f]*[\x20-\x2f]*/y;
// In an answer "$" comes after "?" or ";", never after one number.
const RXVT_SHIFTED = /\x1b\[(\d{1,2})\$/y;
const SS3 = /\x1bO(?:(?:1;)?(\d))?([A-Za-z])/y;

/** `length` characters of it were read. */
export type Sequence = { readonly length: number } & (
  | { readonly kind: "event"; readonly event: InputEvent | null }
  | { readonly kind: "paste-start" }
  | { readonly kind: "paste-end" }
  /** Longer than any we know; it goes on behind these characters. */
  | { readonly kind: "overlong" }
  | { readonly kind: "mouse" }
);

/** `at` is the ESC before a `[`; `alt` where another ESC stood before it. Null where only more input can tell. */
export function readCsi(text: string, at: number, alt: boolean): Sequence | null {
  const console = linuxConsoleKey(text, at, alt);
  if (console !== undefined) return console;
  RXVT_SHIFTED.lastIndex = at;
  const shifted = RXVT_SHIFTED.exec(text);
  if (shifted) return eventOf(tildeKey(Number(shifted[1]), { ...NO_MODIFIERS, alt, shift: true }), shifted[0].length);
  CSI_START.lastIndex = at;
  const started = CSI_START.exec(text)![0].length;
  if (started > MAX_SEQUENCE_LENGTH) return { kind: "overlong", length: MAX_SEQUENCE_LENGTH };
  CSI.lastIndex = at;
  const match = CSI.exec(text);
  if (!match) {
    if (at + started === text.length) return null;
    return eventOf(started === 2 ? keyOf("[", { ...NO_MODIFIERS, alt: true }) : null, started);
  }
  const [all, parameters, between, final] = match as unknown as [string, string, string, string];
  const { length } = all;
  // An old mouse report: three characters follow, whatever they are.
  if (all === "\x1b[M") return at + 6 > text.length ? null : { kind: "mouse", length: 6 };
  if (all === "\x1b[201~") return { kind: "paste-end", length };
  if (all === "\x1b[200~") return { kind: "paste-start", length };
  if (all === "\x1b[I" || all === "\x1b[O") return eventOf({ type: "focus", focused: final === "I" }, length);
  const answer = answerOf(parameters, between, final);
  return eventOf(answer === undefined ? csiKey(parameters, final, alt) : answer, length);
}

/** The Linux console sends ESC [ [ A to E for F1 to F5. Undefined where it is something else. */
function linuxConsoleKey(text: string, at: number, alt: boolean): Sequence | null | undefined {
  if (text[at + 2] !== "[") return undefined;
  const letter = text[at + 3];
  if (letter === undefined) return null;
  if (letter < "A" || letter > "E") return undefined;
  return eventOf(keyOf(`f${letter.charCodeAt(0) - 64}`, { ...NO_MODIFIERS, alt }), 4);
}

/** Undefined where it is no answer of the terminal; null for a mouse report, which nobody asked for. */
function answerOf(parameters: string, between: string, final: string): InputEvent | null | undefined {
  const reply: InputEvent = { type: "reply", kind: "csi", body: parameters + between + final };
  if (/^[<=>?]/.test(parameters) || between !== "" || (/[cntxy]/.test(final) && parameters !== "")) {
    return parameters.startsWith("<") && /[Mm]/.test(final) ? null : reply;
  }
  return isPlaceOfCursor(parameters, final) ? reply : undefined;
}

/** `at` is the ESC before an `O`. Null where only more input can tell. */
export function readSs3(text: string, at: number, alt: boolean): Sequence | null {
  SS3.lastIndex = at;
  const match = SS3.exec(text);
  if (match) return eventOf(ss3Key(match[1], match[2]!, alt), match[0].length);
  if (/^\x1bO(?:1?;?\d?)?$/.test(text.slice(at, at + 6)) && text.length - at <= 5) return null;
  return eventOf(keyOf("o", { ...NO_MODIFIERS, alt: true, shift: true }), 2);
}

function eventOf(event: InputEvent | null, length: number): Sequence {
  return { kind: "event", event, length };
}
