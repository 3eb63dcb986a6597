/**
 * A key that is held to talk. Where the terminal tells of its release that ends it; elsewhere a press begins and the next
 * one ends it, unless presses come so fast that the key repeats. Whatever gets lost on the way, it ends by itself.
 */

/** After the last repeat; a keyboard waits for less than this before it repeats. */
const HELD_MS = 900;
/** Nobody presses twice within this. */
const REPEATS_WITHIN_MS = 150;

export interface PushToTalkOptions {
  readonly now: () => number;
  readonly after: (ms: number, act: () => void) => () => void;
  readonly onHeld: (isHeld: boolean) => void;
}

export class PushToTalk {
  readonly #options: PushToTalkOptions;
  #isHeld = false;
  #pressedAt = Number.NEGATIVE_INFINITY;
  #callOff: (() => void) | null = null;

  constructor(options: PushToTalkOptions) {
    this.#options = options;
  }

  /** Also for each repeat. */
  press(tellsRelease: boolean): void {
    const now = this.#options.now();
    const repeats = now - this.#pressedAt < REPEATS_WITHIN_MS;
    this.#pressedAt = now;
    this.#stopTimer();
    if (!tellsRelease && !repeats) {
      this.#set(!this.#isHeld);
      return;
    }
    this.#set(true);
    this.#callOff = this.#options.after(HELD_MS, () => this.release());
  }

  /** Also when nobody looks any more. */
  release(): void {
    this.#stopTimer();
    this.#set(false);
  }

  #set(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    this.#options.onHeld(isHeld);
  }

  #stopTimer(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
