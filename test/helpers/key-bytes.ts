/** What a terminal sends for a key of src/keys.ts: the old way, and by the kitty keyboard protocol with every key reported. */

const ESC = "\x1b";
const ARROWS: Readonly<Record<string, string>> = { up: "A", down: "B", right: "C", left: "D", end: "F", home: "H" };
const TILDES: Readonly<Record<string, number>> = { delete: 3, pageup: 5, pagedown: 6 };
const OLD_CONTROLS: Readonly<Record<string, string>> = { enter: "\r", tab: "\t", backspace: "\x7f", escape: ESC };
const KITTY_CODES: Readonly<Record<string, number>> = { enter: 13, tab: 9, backspace: 127, escape: 27, space: 32 };

interface Held {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

function partsOf(name: string): Held {
  // The plus between the parts, not the key of that name.
  const parts = name.split(/(?<=.)\+(?=.)/);
  const has = (what: string) => parts.slice(0, -1).includes(what);
  return { key: parts.at(-1)!, ctrl: has("ctrl"), alt: has("alt"), shift: has("shift") };
}

function modifierOf({ ctrl, alt, shift }: Held): number {
  return 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0);
}

/** Arrows, Home, PgUp and F1 are the same both ways. */
function functional(held: Held): string | null {
  const modifier = modifierOf(held);
  if (held.key === "f1") return `${ESC}OP`;
  const arrow = ARROWS[held.key];
  if (arrow) return modifier === 1 ? `${ESC}[${arrow}` : `${ESC}[1;${modifier}${arrow}`;
  const tilde = TILDES[held.key];
  if (tilde) return modifier === 1 ? `${ESC}[${tilde}~` : `${ESC}[${tilde};${modifier}~`;
  return null;
}

function oldWay(held: Held): string | null {
  const { key, ctrl, alt, shift } = held;
  const known = functional(held);
  if (known) return known;
  if (shift && key === "tab") return `${ESC}[Z`;
  // Shift and Enter sends what Enter sends.
  if (shift) return null;
  const plain = OLD_CONTROLS[key] ?? (key === "space" ? " " : key);
  const char = ctrl ? String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f) : plain;
  return alt ? ESC + char : char;
}

function kittyWay(held: Held): string {
  const code = KITTY_CODES[held.key] ?? held.key.codePointAt(0)!;
  const modifier = modifierOf(held);
  return functional(held) ?? (modifier === 1 ? `${ESC}[${code}u` : `${ESC}[${code};${modifier}u`);
}

/** Every way in which these bytes can come, each once. */
export function bytesOf(name: string): readonly string[] {
  const held = partsOf(name);
  const ways = [oldWay(held), kittyWay(held)].filter((bytes) => bytes !== null);
  return [...new Set(ways)];
}
