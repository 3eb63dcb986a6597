import { inviteIn } from "../commands/parse.js";
import type { KeyId, PressedKey } from "../keys.js";
import { EMPTY_EDIT } from "../state/edit.js";
import type { Session } from "../state/session.js";
import { DraftLine } from "./draft-line.js";
import type { Guard } from "./guard.js";

export interface NamingOptions {
  readonly session: Session;
  readonly columns: () => number;
  readonly guard: Guard;
  readonly create: (name: string) => Promise<unknown>;
  readonly showWords: () => Promise<void>;
  /** An invite was pasted where a name is asked for: it is taken after the words. */
  readonly onInvite: (link: string) => void;
}

/** The first page: what people call this person. */
export class Naming {
  readonly line: DraftLine;
  /** A name was given and the words have not been seen: rooms and invites wait. */
  isUnderWay = false;
  readonly #options: NamingOptions;

  constructor(options: NamingOptions) {
    this.#options = options;
    this.line = new DraftLine({ complete: () => null, columns: options.columns, onChange: () => {} });
  }

  onKey(id: KeyId | null, key: PressedKey): void {
    if (id === "send") void this.#options.guard(() => this.#give());
    else if (id !== null && id !== "newline" && id !== "complete" && this.line.apply(id)) return;
    else if (key.text && !key.ctrl) this.line.type(key.text);
  }

  onPaste(text: string): void {
    const invite = inviteIn(text);
    if (invite) {
      this.#options.onInvite(invite);
      this.#options.session.tell("The invite is kept: you land there after this.");
    } else this.line.type(text.trim().split("\n")[0]!.trim());
  }

  async #give(): Promise<void> {
    const name = this.line.text.trim();
    if (name === "") return;
    this.isUnderWay = true;
    try {
      await this.#options.create(name);
      this.line.edit.set(EMPTY_EDIT);
      await this.#options.showWords();
    } catch (error) {
      this.isUnderWay = false;
      throw error;
    }
  }
}
