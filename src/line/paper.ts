import type { Page } from "../commands/define.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { dayName, dayOf } from "../state/local-time.js";
import { folded } from "./fold.js";
import { indented } from "./message-words.js";
import { asLines } from "./wording.js";

const ROW = "   ";

export interface PaperOptions {
  readonly now: () => number;
  /** How wide the terminal is now; null where lines may have any length. */
  readonly columns: () => number | null;
  /** Takes whole lines, each with its end. */
  readonly write: (text: SafeText) => void;
  /** The same for what was refused. */
  readonly writeRefused: (text: SafeText) => void;
}

/** What is written is never taken back: one line after the other, and nothing else. */
export class Paper {
  readonly #options: PaperOptions;
  /** The day of the last message. */
  #day: number;

  constructor(options: PaperOptions) {
    this.#options = options;
    this.#day = dayOf(options.now());
  }

  /** What the program itself has to say: `-- bob joined tea`. */
  tell(text: string, hint: string | null = null): void {
    this.line(safe`-- ${indented(withHint(text, hint))}`);
  }

  /** A line of the talk, under the day it was said. */
  message(words: SafeText, at: number): void {
    const day = dayOf(at);
    if (day !== this.#day) this.tell(dayName(at, this.#options.now()));
    this.#day = day;
    this.line(words);
  }

  page({ title, rows }: Page): void {
    this.tell(title);
    this.rows(rows);
  }

  /** More of a page. */
  rows(rows: Page["rows"]): void {
    for (const { label, text } of rows) {
      if (text === "") continue;
      const name = label === undefined || label.trim() === "" ? "" : safe`${label}: `;
      this.row(safe`${name}${text}`);
    }
  }

  /** Of a list: never at the edge, where messages begin. */
  row(text: string): void {
    this.line(safe`${ROW}${indented(safe`${text}`)}`);
  }

  /** Exactly this line, whole: for what is to be copied. */
  whole(text: SafeText): void {
    this.#options.write(safe`${text}\n`);
  }

  line(text: SafeText): void {
    this.whole(folded(text, this.#options.columns()));
  }

  refuse(text: string, hint: string | null = null): void {
    const words = folded(indented(withHint(text, hint)), this.#options.columns());
    this.#options.writeRefused(safe`${words}\n`);
  }
}

/** `/role: only owners can do that. Owners here: alice.` */
function withHint(text: string, hint: string | null): SafeText {
  const sentence = safe`${text}`;
  if (hint === null || hint === "") return sentence;
  const stop = /[.?!:…]["”)]?$/.test(sentence) ? plainText("") : plainText(".");
  return safe`${sentence}${stop} ${asLines(hint)}`;
}
