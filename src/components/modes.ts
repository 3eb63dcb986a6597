import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import type { DraftLine } from "./draft-line.js";
import type { ScreenState } from "./screen-state.js";

/** What the line is, where it is no new message: an answer, a new text of a message, a reaction. */
export interface Mode {
  readonly kind: "reply" | "edit" | "react";
  /** The message it is about, as it was then. */
  readonly message: MessageView;
}

interface Draft {
  readonly text: string;
  readonly cursor: number;
}

const NOTHING: Draft = { text: "", cursor: 0 };

/** Turns the line of the room on screen into an answer and back. What stood in it before comes back behind it. */
export class Modes {
  readonly #session: Session;
  readonly #state: Store<ScreenState>;
  readonly #line: DraftLine;
  #before: Draft = NOTHING;
  /** Of rooms that are not on screen. */
  readonly #left = new Map<string, { readonly mode: Mode; readonly before: Draft; readonly draft: Draft }>();

  constructor(session: Session, state: Store<ScreenState>, line: DraftLine) {
    this.#session = session;
    this.#state = state;
    this.#line = line;
  }

  get now(): Mode | null {
    return this.#state.getSnapshot().mode;
  }

  begin(mode: Mode): void {
    const old = this.now;
    if (old === null) this.#before = this.#draft();
    // An answer that turns to another message is still the same answer.
    const text = old?.kind === "reply" && mode.kind === "reply" ? this.#line.text : textFor(mode);
    if (old && text !== this.#line.text) this.#setAside(old);
    this.#set(mode);
    this.#line.show(text);
    if (mode.kind === "react") this.#line.offer();
  }

  /** Done: what was being written before is in the line again. */
  end(): void {
    this.#set(null);
    this.#line.show(this.#before.text, this.#before.cursor);
    this.#before = NOTHING;
  }

  /** @returns whether there was something to drop */
  drop(): boolean {
    const mode = this.now;
    if (!mode) return false;
    if (mode.kind === "reply" && this.#before.text === "") {
      // Without its mark it is a message like any other, and nothing else waits for the line.
      this.#set(null);
      return true;
    }
    this.#setAside(mode);
    this.end();
    return true;
  }

  leaveRoom(room: string): void {
    const mode = this.now;
    if (!mode) return;
    this.#left.set(room, { mode, before: this.#before, draft: this.#draft() });
    this.#set(null);
    this.#before = NOTHING;
  }

  /** @returns whether that room was left in the middle of an answer, which is in the line again */
  enterRoom(room: string): boolean {
    const left = this.#left.get(room);
    if (!left) return false;
    this.#left.delete(room);
    this.#before = left.before;
    this.#set(left.mode);
    this.#line.show(left.draft.text, left.draft.cursor);
    if (left.mode.kind === "react") this.#line.offer();
    return true;
  }

  /** What is to be kept on the disk against a kill: no half-changed old message that could be sent as a new one. */
  draftToKeep(): Draft {
    const mode = this.now;
    if (!mode) return this.#draft();
    const { text } = this.#line;
    if (mode.kind !== "reply" || text === "") return this.#before;
    if (this.#before.text === "") return this.#draft();
    const both = `${this.#before.text}\n${text}`;
    return { text: both, cursor: both.length };
  }

  /** What was typed and is not wanted any more can be put back all the same. */
  #setAside(mode: Mode): void {
    const { text } = this.#line;
    if (mode.kind === "react" || text === "" || text === mode.message.original) return;
    this.#line.clear();
    this.#session.tell("Dropped; Ctrl-Y brings back what you wrote");
  }

  #draft(): Draft {
    const { text, cursor } = this.#line.edit.getSnapshot();
    return { text, cursor };
  }

  #set(mode: Mode | null): void {
    this.#state.update((old) => ({ ...old, mode }));
  }
}

function textFor({ kind, message }: Mode): string {
  if (kind === "edit") return message.original;
  return kind === "react" ? ":" : "";
}
