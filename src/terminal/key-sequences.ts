/** One whole sequence as the key it stands for; null where it stands for none. Pure. */
import type { KeyEvent } from "./input-events.js";
import { FINALS, KEYPAD, KITTY_KEYPAD, KITTY_KEYPAD_FIRST, KITTY_NAMES, TILDES } from "./key-tables.js";

export const NO_MODIFIERS = { ctrl: false, alt: false, shift: false };
export type Modifiers = typeof NO_MODIFIERS;

const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

export function isText(char: string): boolean {
  return !CONTROL.test(char);
}

export function keyOf(
  name: string,
  modifiers: Modifiers,
  text?: string,
  eventType: KeyEvent["eventType"] = "press",
): KeyEvent {
  const lower = name.length === 1 && name >= "A" && name <= "Z" ? name.toLowerCase() : name;
  return {
    type: "key",
    name: lower === " " ? "space" : lower,
    ctrl: modifiers.ctrl,
    alt: modifiers.alt,
    shift: modifiers.shift || lower !== name,
    ...(text === undefined ? {} : { text }),
    eventType,
  };
}

export function controlKey(char: string, modifiers: Modifiers): KeyEvent | null {
  const code = char.charCodeAt(0);
  if (code === 0x09) return keyOf("tab", modifiers);
  if (code === 0x7f || code === 0x08) return keyOf("backspace", modifiers);
  if (code === 0) return keyOf("space", { ...modifiers, ctrl: true });
  if (code < 0x1b) return keyOf(String.fromCharCode(code + 0x60), { ...modifiers, ctrl: true });
  if (code < 0x20) return keyOf(String.fromCharCode(code + 0x40), { ...modifiers, ctrl: true });
  // C1 controls stand for no key.
  return null;
}

/** A CPR answer looks like F3 with modifiers: rows and columns beyond those a modifier can be are an answer. */
export function isPlaceOfCursor(parameters: string, final: string): boolean {
  if (final !== "R" || parameters === "") return false;
  const fields = fieldsOf(parameters);
  return !(fields[0]![0] === 1 && fields.length === 2 && fields[1]![0]! <= 16);
}

/** ESC [ `parameters` `final`; `alt` where another ESC stood before it. */
export function csiKey(parameters: string, final: string, alt: boolean): KeyEvent | null {
  const fields = fieldsOf(parameters);
  const first = fields[0]![0]!;
  const isOtherKey = final === "~" && first === 27 && fields.length === 3;
  const held = modifiersOf(fields[1]?.[0]);
  if (held === null) return null;
  const modifiers = { ...held, alt: held.alt || alt };
  const eventType = (["press", "press", "repeat", "release"] as const)[fields[1]?.[1] ?? 1] ?? "press";
  if (final === "u") return kittyKey(fields, modifiers, eventType);
  if (isOtherKey) return kittyKey([fields[2]!, fields[1]!], modifiers, "press");
  if (final === "~") return tildeKey(first, modifiers, eventType);
  if (final === "^") return tildeKey(first, { ...modifiers, ctrl: true }, eventType);
  if (final === "@") return tildeKey(first, { ...modifiers, ctrl: true, shift: true }, eventType);
  if (/[abcd]/.test(final)) return keyOf(FINALS[final.toUpperCase()]!, { ...modifiers, shift: true });
  if (final in FINALS) {
    return keyOf(FINALS[final]!, { ...modifiers, shift: modifiers.shift || final === "Z" }, undefined, eventType);
  }
  // Anything else is no key we know, urxvt's mouse reports among them.
  return null;
}

export function tildeKey(
  code: number,
  modifiers: Modifiers,
  eventType: KeyEvent["eventType"] = "press",
): KeyEvent | null {
  const name = TILDES[code];
  return name === undefined ? null : keyOf(name, modifiers, undefined, eventType);
}

/** ESC O, a modifier where there is one, and a letter. */
export function ss3Key(parameter: string | undefined, letter: string, alt: boolean): KeyEvent | null {
  const held = modifiersOf(parameter === undefined ? 1 : Number(parameter));
  if (held === null) return null;
  const modifiers = { ...held, alt: held.alt || alt };
  if (letter === "M") return keyOf("enter", modifiers);
  if (letter in FINALS) return keyOf(FINALS[letter]!, modifiers);
  if (/[abcd]/.test(letter)) return keyOf(FINALS[letter.toUpperCase()]!, { ...modifiers, ctrl: true });
  const char = KEYPAD[letter];
  if (char === undefined) return null;
  return keyOf(char, modifiers, modifiers.alt || modifiers.ctrl ? undefined : char);
}

/** Kitty's protocol and xterm's modifyOtherKeys. `fields`: code and its variants, modifiers, code points of the text. */
function kittyKey(
  fields: readonly number[][],
  modifiers: Modifiers,
  eventType: KeyEvent["eventType"],
): KeyEvent | null {
  const [code = 0, shifted = 0] = fields[0]!;
  const name = KITTY_NAMES.get(code);
  if (name !== undefined) return keyOf(name, modifiers, undefined, eventType);
  // Of the private range, where the protocol puts keys that are no characters, only the keypad types.
  const keypad = code >= KITTY_KEYPAD_FIRST ? KITTY_KEYPAD[code - KITTY_KEYPAD_FIRST] : undefined;
  const char = keypad ?? (code >= 0xe000 && code < 0xf900 ? "" : charOf(code));
  if (char === "") return null;
  const capital = char.toUpperCase();
  const upper = charOf(shifted) || (capital.length === char.length ? capital : char);
  const carried = (fields[2] ?? []).map(charOf).join("");
  const isPlain = !modifiers.ctrl && !modifiers.alt;
  if (carried !== "" && carried !== char && carried !== upper && eventType !== "release") {
    // AltGr is reported as Alt (or Ctrl-Alt); what it typed tells it from a key held with Alt.
    return keyOf(carried, NO_MODIFIERS, carried, eventType);
  }
  const text = isPlain && eventType !== "release" ? carried || (modifiers.shift ? upper : char) : undefined;
  return keyOf(char, modifiers, text, eventType);
}

function fieldsOf(parameters: string): number[][] {
  return parameters.split(";").map((field) => field.split(":").map((part) => Number.parseInt(part, 10) || 0));
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
