import { safe } from "../safe-text.js";
import type { Notice } from "../state/model.js";
import type { Session } from "../state/session.js";
import type { Paper } from "./paper.js";

/** How often what goes on may say how far it is. */
const PROGRESS_MS = 10_000;

export interface NoticesOptions {
  readonly session: Session;
  readonly paper: Paper;
  /** The line of a script that is being done; null where somebody types. */
  readonly lineNumber: () => number | null;
}

/** What the session has to tell, and what it refuses. */
export class Notices {
  readonly #options: NoticesOptions;
  #progress = { text: "", still: "", at: Number.NEGATIVE_INFINITY };

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  tell({ text, hint, level }: Notice): void {
    const { paper, session, lineNumber } = this.#options;
    const number = lineNumber();
    if (level === "warning") {
      paper.refuse(number === null ? text : safe`line ${number}: ${text}`, hint);
      return;
    }
    // Of what only counts on, one word now and then is enough.
    const still = text.replace(/\d+/g, "");
    const now = session.now();
    const before = this.#progress;
    const onlyCounts = still === before.still && text !== before.text;
    if (onlyCounts && now - before.at < PROGRESS_MS) return;
    this.#progress = { text, still, at: now };
    paper.tell(text, hint);
  }
}
