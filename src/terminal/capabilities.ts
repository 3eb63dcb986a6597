import { safeLine } from "../safe-text.js";
import type { InputEvent } from "./keys.js";
import { takesStrings } from "./surroundings.js";

export interface Capabilities {
  /** Some terminal answered before the time was over. */
  readonly hasAnswered: boolean;
  /** null where it did not say. */
  readonly background: { readonly red: number; readonly green: number; readonly blue: number } | null;
  /** Flags of the kitty keyboard protocol that were on; null where it is not known. */
  readonly kittyFlags: number | null;
  readonly hasSynchronizedOutput: boolean;
  /** Such as `kitty(0.32.0)` or `tmux 3.4`; null where it did not say. */
  readonly name: string | null;
}

/** Every terminal answers this one. */
const LAST_QUESTION = "\x1b[c";
const QUESTIONS = `\x1b[?u\x1b]11;?\x1b\\\x1b[>q\x1b[?2026$p${LAST_QUESTION}`;
const MAX_NAME_LENGTH = 100;

/** All of them at once; answers come in the order of the questions. */
export function questionsFor(env: NodeJS.ProcessEnv): string {
  return takesStrings(env) ? QUESTIONS : LAST_QUESTION;
}

/** What the answers say, one after the other. */
export class Answers {
  #background: Capabilities["background"] = null;
  #kittyFlags: number | null = null;
  #hasSynchronizedOutput = false;
  #name: string | null = null;

  /** @returns whether it was the last one */
  take({ kind, body }: InputEvent & { type: "reply" }): boolean {
    const flags = kind === "csi" ? /^\?(\d+)u$/.exec(body) : null;
    if (flags) this.#kittyFlags = Number(flags[1]);
    else if (kind === "osc") this.#background = colourOf(body) ?? this.#background;
    else if (kind === "dcs" && body.startsWith(">|"))
      this.#name = safeLine(body.slice(2), { maxLength: MAX_NAME_LENGTH });
    else if (/^\?2026;[123]\$y$/.test(body)) this.#hasSynchronizedOutput = true;
    else return /^\?[\d;]*c$/.test(body);
    return false;
  }

  capabilities(hasAnswered: boolean): Capabilities {
    return {
      hasAnswered,
      background: this.#background,
      kittyFlags: this.#kittyFlags,
      hasSynchronizedOutput: this.#hasSynchronizedOutput,
      name: this.#name,
    };
  }
}

/** `11;rgb:1e1e/1e1e/1e1e`, with one to four digits each. */
function colourOf(body: string): Capabilities["background"] {
  const match = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(body);
  if (!match) return null;
  const [red, green, blue] = match
    .slice(1)
    .map((digits) => Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255)) as [
    number,
    number,
    number,
  ];
  return { red, green, blue };
}
