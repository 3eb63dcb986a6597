/** What the echo friend says. Pure. */
import { rateOf, sizeOf } from "../amounts.js";
import { MAX_MESSAGE_BYTES } from "../config.js";

export interface Said {
  readonly text: string;
  /** Of `/me`. */
  readonly action: boolean;
}

/** One line of conversation, and who said it. */
export interface Heard extends Said {
  readonly name: string;
  /** From its sending until the friend's core had it. */
  readonly tookMs: number | null;
  readonly members: readonly string[];
}

interface Skill {
  readonly word: string;
  readonly what: string;
  answer(rest: string, heard: Heard): string;
}

const SKILLS: readonly Skill[] = [
  { word: "help", what: "this list", answer: () => helpText() },
  {
    word: "reverse",
    what: "a text back to front: reverse stressed desserts",
    answer: (rest) => graphemes(rest).reverse().join("") || "Reverse what? For example: reverse tea",
  },
  {
    word: "count",
    what: "words and characters: count one two three",
    answer: (rest) => `${counted(wordsOf(rest), "word")}, ${counted(graphemes(rest).length, "character")}`,
  },
  {
    word: "ping",
    what: "how long your line was on its way",
    answer: (_rest, { tookMs }) => (tookMs === null ? "pong" : `pong, your line took ${Math.max(0, tookMs)} ms to me`),
  },
  {
    word: "who",
    what: "everyone in this room",
    answer: (_rest, { members }) => `${members.length} here: ${members.join(", ")}`,
  },
  { word: "bye", what: "a farewell", answer: (_rest, { name }) => `Goodbye, ${name}. It was good to hear you.` },
];

const MIN_RATED_BYTES = 1_000_000;

const HELLO = /^(hello|hi|hey|hallo|good (morning|day|evening))\b/i;

export function greeting(name: string): string {
  return [
    `Hello ${name}. I am the echo friend: a second keet-tui on this machine, in a process and profile of its own.`,
    'What you write comes to me encrypted and signed, and I say it back. Write "help" for what else I do.',
    "Below is a small file of mine: /get fetches it. /send and a path shares one of yours, and I take it.",
    "/call calls me: what you say then comes back after two seconds.",
  ].join("\n");
}

/** `I have it: tea.pdf, 812 KB in 0.2 s, 4.1 MB/s.` */
export function takenText(taken: {
  readonly name: string;
  readonly bytes: number;
  readonly tookMs: number;
  /** Why it did not come; null where it did. */
  readonly problem: string | null;
}): string {
  const { name, bytes, tookMs, problem } = taken;
  if (problem !== null) return fitting(`I could not take ${name}: ${problem}`);
  const seconds = Math.max(tookMs, 1) / 1000;
  // Of what is small, the way there and back says more than its bytes.
  const rate = bytes < MIN_RATED_BYTES ? "" : `, ${rateOf(bytes / seconds)}`;
  return fitting(`I have it: ${name}, ${sizeOf(bytes)} in ${seconds.toFixed(1)} s${rate}.`);
}

export function tooLargeText(name: string, extent: string): string {
  return fitting(`${name}, ${extent}, is more than I have room for: I take up to 100 MB, in a temporary folder.`);
}

/** Null where there is nothing to answer. */
export function answerTo(heard: Heard): Said | null {
  const text = heard.text.trim();
  if (text === "") return null;
  if (heard.action) return { text: fitting(`${text}, too`), action: true };
  const [, first = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const skill = SKILLS.find(({ word }) => word === first.toLowerCase().replace(/[?!.,]+$/, ""));
  // "help me with the tea" is talk; the words that take a text take any.
  if (skill && (rest === "" || skill.word === "reverse" || skill.word === "count")) {
    return { text: fitting(skill.answer(rest, heard)), action: false };
  }
  if (HELLO.test(text)) return { text: `Hello ${heard.name}, I hear you.`, action: false };
  return { text: fitting(text.includes("\n") ? `You wrote:\n${text}` : `You wrote: ${text}`), action: false };
}

function helpText(): string {
  const width = Math.max(...SKILLS.map(({ word }) => word.length));
  return SKILLS.map(({ word, what }) => `${word.padEnd(width)}  ${what}`).join("\n");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function wordsOf(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

function graphemes(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** An answer is longer than its question, which may be as long as a message can be. */
function fitting(text: string): string {
  if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
  let kept = "";
  let bytes = Buffer.byteLength("…");
  for (const char of text) {
    bytes += Buffer.byteLength(char);
    if (bytes > MAX_MESSAGE_BYTES) break;
    kept += char;
  }
  return `${kept}…`;
}
