import { safeLine } from "../safe-text.js";
import { multiplexerOf, takesStrings } from "./surroundings.js";

const MAX_TITLE_LENGTH = 100;
const SAVE = "\x1b[22;2t";
const RESTORE = "\x1b[23;2t";
/** Screen keeps no old title; told an empty one, it shows its own. */
const EMPTY = "\x1b]2;\x07";

/** The terminal's title while the program has it. The names that tmux and screen give their windows are left alone. */
export class WindowTitle {
  readonly #env: NodeJS.ProcessEnv;
  #isSet = false;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** The bytes that set it, and keep the old one the first time; "" where they would be printed. */
  set(title: string): string {
    if (!takesStrings(this.#env)) return "";
    const save = this.#isSet ? "" : SAVE;
    this.#isSet = true;
    return `${save}\x1b]2;${safeLine(title, { maxLength: MAX_TITLE_LENGTH })}\x1b\\`;
  }

  /** The bytes that bring the old one back. */
  back(): string {
    if (!this.#isSet) return "";
    this.#isSet = false;
    return (multiplexerOf(this.#env, null) === "screen" ? EMPTY : "") + RESTORE;
  }
}
