import type { KeyId, PressedKey } from "../keys.js";
import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import type { Guard } from "./guard.js";
import type { Reading } from "./reading.js";
import type { ScreenState } from "./screen-state.js";
import { commandOf } from "./selection.js";

export interface SelectingOptions {
  readonly session: Session;
  readonly state: Store<ScreenState>;
  readonly reading: Reading;
  readonly guard: Guard;
  /** Runs a command of that name, about the selected message. */
  readonly runCommand: (name: string) => void;
}

/** The keys of a selected message. */
export class Selecting {
  readonly #options: SelectingOptions;

  constructor(options: SelectingOptions) {
    this.#options = options;
  }

  /** @returns whether the key was one of these; any other goes back to typing, and is typed */
  onKey(id: KeyId | null, key: PressedKey): boolean {
    const { state, reading, guard } = this.#options;
    const message = reading.selected();
    // On some keyboards the key is another one and only its text is a plus.
    const command = message && commandOf(key.text === "+" ? "react" : id, message);
    if (command) this.#options.runCommand(command);
    else if (id === "selection-up") reading.select(-1);
    else if (id === "selection-down") reading.select(1);
    else if (id === "selection-page-up") reading.selectPage(-1);
    else if (id === "selection-page-down") reading.selectPage(1);
    else if (id === "selection-first") reading.selectFirst();
    else if (id === "selection-end") reading.toEnd();
    else if (id === "open") void guard(() => (message ? this.#goToAnswered(message) : reading.toLate()));
    else {
      if (!message && id === "selection-leave") reading.room()?.forgetLate();
      // A command that is begun now is about this message.
      const pointed = message && key.text === "/" ? message.key : null;
      state.update((old) => ({ ...old, selected: null, pointed }));
      return id === "selection-leave";
    }
    return true;
  }

  async #goToAnswered({ reply }: MessageView): Promise<void> {
    const { reading, session } = this.#options;
    if (reply) await reading.jumpTo(reply);
    else session.tell("This message answers no other", { hint: "r answers it; End goes back to the newest." });
  }
}
