import type { Paper } from "./paper.js";

/** What the next line is the answer to. */
export interface Question {
  readonly text: string;
  /** @returns false where the line is no answer: it is asked on */
  answer(line: string): Promise<void> | undefined | false;
  /** Ctrl-C, or the end of the input. */
  drop(): void;
}

/** One at a time, in the order they came up; each is said when its turn comes. */
export class Questions {
  readonly #paper: Paper;
  readonly #open: Question[] = [];
  #said: Question | null = null;

  constructor(paper: Paper) {
    this.#paper = paper;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  put(question: Question): void {
    this.#open.push(question);
    this.#sayNext();
  }

  /** Only where `isOpen`. Resolves when what the answer led to is done; until then others may be asked and answered. */
  async take(line: string): Promise<void> {
    const question = this.#open.shift()!;
    const answered = question.answer(line);
    if (answered === false) {
      this.#open.unshift(question);
      return;
    }
    try {
      await answered;
    } finally {
      this.#sayNext();
    }
  }

  /** @returns whether there was one */
  drop(): boolean {
    const question = this.#open.shift();
    question?.drop();
    this.#sayNext();
    return question !== undefined;
  }

  #sayNext(): void {
    const [next] = this.#open;
    if (!next || next === this.#said) return;
    this.#said = next;
    this.#paper.tell(next.text);
  }
}

const YES = /^(?:y|yes)$/i;
const NO = /^(?:n|no|)$/i;

/** Only yes is yes. A line that is neither was meant for somebody, and goes to nobody. */
export function yesOrNo(
  text: string,
  yes: () => Promise<void>,
  no: () => void,
  notSent: (line: string) => void,
): Question {
  return {
    text: `${text} y or n`,
    drop: no,
    answer(line) {
      const word = line.trim();
      if (YES.test(word)) return yes();
      no();
      if (!NO.test(word)) notSent(line);
      return undefined;
    },
  };
}

/** A line to be written: nothing in it is a command. An empty one drops it. */
export function nextLine(text: string, take: (line: string) => Promise<void>, drop: () => void): Question {
  return {
    text,
    drop,
    answer(line) {
      if (line.trim() !== "") return take(line);
      drop();
      return undefined;
    },
  };
}
