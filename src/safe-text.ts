// Text from others, made harmless before it reaches a terminal, a title, a log or a file name.
// Escape sequences are not parsed: a parser here could disagree with the one in the terminal, so
// every control character becomes a visible one and there is nothing left to disagree about.

declare const brand: unique symbol;

/** Text that may be written to any output: no control but `\n`, nothing invisible, no direction override. */
export type SafeText = string & { readonly [brand]: true };

export interface SafeTextOptions {
  /** Longest result, in UTF-16 units; what is cut off is shown as `…`. */
  readonly maxLength?: number;
}

const MAX_TEXT_LENGTH = 64 * 1024;
const MAX_NAME_CLUSTERS = 32;
const MAX_NAME_LENGTH = 256;
/** Marks stacked on one base; Vietnamese and pointed Hebrew need three, "zalgo" dozens. */
const MAX_MARKS = 4;
/** The longest emoji in use joins four; a chain without end is one cluster without end. */
const MAX_JOINS = 8;
/** Letters of one kind in a Korean syllable written out; a run without end is one cluster without end. */
const MAX_JAMO = 3;
/** Input may be longer than the result, for what is dropped from it; beyond this it is not even looked at. */
const INPUT_PER_OUTPUT = 4;
const TAB = "    ";
const REPLACEMENT = "\ufffd";
const DOTTED_CIRCLE = "\u25cc";
const ELLIPSIS = "…";
const ZWNJ = 0x200c;
const ZWJ = 0x200d;
const EMOJI_STYLE = 0xfe0f;
const KEYCAP = 0x20e3;

const PLAIN = /^[\x20-\x7e\n]*$/;
const DIRECTION = /^[\u202a-\u202e\u2066-\u206f]$/;
const SEPARATOR = /^[\u2028\u2029]$/;
const NOTHING_TO_SEE = /^[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]$/u;
const NONCHARACTER = /^\p{Noncharacter_Code_Point}$/u;
const MARK = /^[\p{M}\p{Emoji_Modifier}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/u;
const JOINS_PICTOGRAPHS = /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f)$/u;
const JOINING_SCRIPT =
  /^[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}]$/u;
const LETTER_OR_MARK = /^[\p{L}\p{M}]$/u;
const LEADING_MARK = /^\p{M}/u;
// The braille blank is no space to Unicode, yet a name made of it would be invisible.
const SPACES = /[\s\u2800]+/gu;

/** Which part of a Korean syllable this letter is: 1 begins one, 2 is its vowel, 3 ends it; else 0. */
function jamoOf(code: number): number {
  if (code < 0x1100 || code > 0xd7ff || (code > 0x11ff && code < 0xa960)) return 0;
  if (code <= 0x115f || (code >= 0xa960 && code <= 0xa97c)) return 1;
  if (code <= 0x11a7 || (code >= 0xd7b0 && code <= 0xd7c6)) return 2;
  return code <= 0x11ff || code >= 0xd7cb ? 3 : 0;
}

/** A look at one code point that is neither ASCII nor a joiner: what to write for it. */
function visible(char: string, code: number): string {
  if (code < 0xa0 || DIRECTION.test(char) || SEPARATOR.test(char)) return REPLACEMENT;
  // Tags and selectors (plane 14), private use that some terminals take for images (15 and 16).
  if (code >= 0xe0000) return "";
  if (NONCHARACTER.test(char)) return REPLACEMENT;
  return NOTHING_TO_SEE.test(char) ? "" : char;
}

function mayJoin(before: string, after: string, joiner: number): boolean {
  if (joiner === ZWJ && JOINS_PICTOGRAPHS.test(before) && PICTOGRAPH.test(after)) return true;
  return [before, after].every((char) => JOINING_SCRIPT.test(char) && LETTER_OR_MARK.test(char));
}

/**
 * Text of any number of lines. One pass, one code point at a time; total and idempotent.
 * The original stays with the caller: copying and saving use that, not this.
 */
export function safeText(input: string, options: SafeTextOptions = {}): SafeText {
  const maxLength = options.maxLength ?? MAX_TEXT_LENGTH;
  if (input.length <= maxLength && PLAIN.test(input)) return input as SafeText;
  const inputLimit = maxLength * INPUT_PER_OUTPUT;
  const text = (input.length > inputLimit ? input.slice(0, inputLimit) : input).toWellFormed();
  let isCut = input.length > inputLimit;

  let out = "";
  // The last thing written, for marks and joiners; "" at the start of a line.
  let before = "";
  let marks = 0;
  let joins = 0;
  let jamo = 0;
  let jamoRun = 0;
  // A joiner waits for what comes after it, since dropped characters may lie between.
  let joiner = 0;
  // Where the result is cut when it turns out too long: after a whole character, with room for the ellipsis.
  let lastFit = 0;

  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at)!;
    const char = String.fromCodePoint(code);
    at += char.length;
    let next = char;
    if (code < 0x20) {
      if (code === 0x0a) next = "\n";
      else if (code === 0x09) next = TAB;
      else if (code === 0x0d && text.charCodeAt(at) === 0x0a) continue;
      else next = String.fromCharCode(0x2400 + code);
    } else if (code === 0x7f) next = "\u2421";
    else if (code === ZWJ || code === ZWNJ) {
      if (joiner === 0) joiner = code;
      continue;
    } else if (code === EMOJI_STYLE) {
      const isKeycap = /^[0-9#*]$/.test(before) && text.codePointAt(at) === KEYCAP;
      if (!isKeycap && !PICTOGRAPH.test(before)) continue;
    } else if (code > 0x7f) {
      next = visible(char, code);
      if (next === "") continue;
    }

    const part = jamoOf(code);
    jamoRun = part !== 0 && part === jamo ? jamoRun + 1 : 1;
    jamo = part;
    if (part !== 0 && jamoRun > MAX_JAMO) continue;

    if (code > 0x7f && code !== EMOJI_STYLE && MARK.test(next)) {
      if (marks === MAX_MARKS) continue;
      marks += 1;
      if (before === "" && LEADING_MARK.test(next)) next = DOTTED_CIRCLE + next;
    } else if (code !== EMOJI_STYLE) marks = 0;

    let glue = "";
    if (joiner !== 0) {
      if (joins < MAX_JOINS && mayJoin(before, next, joiner)) {
        glue = String.fromCharCode(joiner);
        if (PICTOGRAPH.test(next)) joins += 1;
      }
      joiner = 0;
    }
    if (glue === "" && marks === 0 && code !== EMOJI_STYLE) joins = 0;

    if (out.length + glue.length + next.length > maxLength) {
      isCut = true;
      break;
    }
    out += glue + next;
    if (out.length < maxLength) lastFit = out.length;
    before = next === "\n" ? "" : code <= 0x7f ? next.slice(-1) : char === next ? char : next;
  }
  if (isCut && maxLength > 0) out = out.slice(0, lastFit) + ELLIPSIS;
  return out as SafeText;
}

/** The same on one line, for topics, file names and error texts: line ends inside are shown as `␤`. */
export function safeLine(input: string, options: SafeTextOptions = {}): SafeText {
  return safeText(input, options).replace(/\n+$/, "").replaceAll("\n", "\u2424") as SafeText;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What somebody calls themselves, a room or a device: one line of 1 to 32 characters as people count them. */
export function safeName(input: string): SafeText {
  let name = safeText(input, { maxLength: MAX_NAME_LENGTH }).replace(SPACES, " ").trim();
  if (LEADING_MARK.test(name)) name = DOTTED_CIRCLE + name;
  let clusters = 0;
  let lastFit = 0;
  for (const { index, segment } of graphemes.segment(name)) {
    clusters += 1;
    if (clusters < MAX_NAME_CLUSTERS) lastFit = index + segment.length;
    if (clusters > MAX_NAME_CLUSTERS) return (name.slice(0, lastFit).trimEnd() + ELLIPSIS) as SafeText;
  }
  return (name === "" ? "?" : name) as SafeText;
}

/** What a shared file is called: the last part of whatever path somebody sent, on one line; never empty. */
export function safeFileName(input: string): SafeText {
  const base = input
    .replace(/[/\\]+$/, "")
    .split(/[/\\]/)
    .at(-1)!;
  const name = safeLine(base, { maxLength: MAX_NAME_LENGTH }).replace(SPACES, " ").trim();
  return (/^\.*$/.test(name) ? "file" : name) as SafeText;
}

/** Blesses a literal of ours; a `string` that is no literal does not compile. */
export function plainText<const T extends string>(literal: string extends T ? never : T): SafeText {
  return literal as unknown as SafeText;
}

/** Our words around theirs: the literal parts are trusted, what is put in is made safe. */
export function safe(literals: TemplateStringsArray, ...values: readonly (string | number | bigint)[]): SafeText {
  return literals.reduce(
    (text, literal, index) => `${text}${safeText(String(values[index - 1]))}${literal}`,
  ) as SafeText;
}

const JSON_UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]/g;

/**
 * JSON that may be printed to a terminal and parses back to exactly the same value.
 * JSON.stringify itself escapes C0 controls and lone surrogates; the rest appears inside strings only.
 */
export function jsonText(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent) ?? "null";
  return json.replace(JSON_UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// Each pair of strings lists look-alikes and, at the same place, the Latin letter they pass for.
// Upper and lower case apart, since Η passes for H and η for n.
const LOOK_ALIKES = new Map(
  [
    ["абвгеёіјкмнорѕтухһԁԛԝҽӏьзпѵ", "a6breeijkmhopstyxhdqwelb3nv"],
    ["АВЕЁІЈКМНОРЅТУХҺЗЬӀѴԌ", "ABEEIJKMHOPSTYXH3bIVG"],
    ["αβγεικνορστυχωςϲϳη", "abyeikvopotuxwccjn"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺ", "ABEZHIKMNOPTYXCM"],
    ["օոսհցքյզւՍՏԼՕ", "onuhgpjquUSLO"],
    ["ᎪᎬᎷᎢᏙᏔᏚᏢᏒᎻᏀᏞᏟᎠᎡᏃᏴᎫ", "AEMTVWSPRHGLCDRZBJ"],
    ["ıɑɡɩɪʟʀᴀʙᴄᴅᴇɢʜᴊᴋᴍɴᴏᴘꜱᴛᴜᴠᴡʏᴢøłđħŧƅƽ", "iagiilrabcdeghjkmnopstuvwyzoldhtbs"],
    ["וסاه٥۱١ǀ|∣", "loloolllll"],
  ].flatMap(([from, to]) => [...from!].map((char, index): [string, string] => [char, to![index]!])),
);

/**
 * Two names that look alike have the same skeleton (after UTS 39, smaller and stricter: accents and
 * case do not tell names apart either). For comparing only, never for showing.
 */
export function confusableSkeleton(name: string): string {
  const plain = name
    .slice(0, MAX_NAME_LENGTH)
    .toWellFormed()
    .normalize("NFKC")
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  const latin = Array.from(plain, (char) => LOOK_ALIKES.get(char) ?? char)
    .join("")
    .toLowerCase();
  return latin
    .replaceAll("0", "o")
    .replace(/[1i]/g, "l")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replace(SPACES, " ")
    .trim();
}
