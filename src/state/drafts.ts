import type { Draft } from "../rpc/methods.js";
import type { Request } from "./core-link.js";

/** Longest time typed text exists nowhere but in this process. */
const SAVE_AFTER_MS = 250;

/** Unsent text of each room: kept here at once, and by the core a moment later, so that a kill loses next to nothing. */
export class Drafts {
  readonly #request: Request;
  readonly #kept = new Map<string, Draft>();
  readonly #unsaved = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(request: Request) {
    this.#request = request;
  }

  get(room: string): Draft | null {
    return this.#kept.get(room) ?? null;
  }

  keep(room: string, draft: Draft): void {
    const old = this.#kept.get(room);
    if (old?.text === draft.text && old.cursor === draft.cursor) return;
    this.#kept.set(room, draft);
    this.#unsaved.add(room);
    // The cursor alone is not worth a write: it goes with the text, or when the room is left.
    if ((old?.text ?? "") !== draft.text && this.#timer === null) {
      this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
      this.#timer.unref();
    }
  }

  /** Saves what is not saved, now: on leaving a room, on sending, before the screen closes. */
  async save(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const rooms = [...this.#unsaved];
    this.#unsaved.clear();
    await Promise.all(
      rooms.map(async (room) => {
        const draft = this.#kept.get(room);
        if (!draft) return;
        try {
          await this.#request("draft.set", {
            room,
            text: draft.text,
            cursor: Math.min(draft.cursor, draft.text.length),
          });
        } catch {
          // A room that is gone needs no draft; a core that is gone gets it with the next change.
        }
      }),
    );
  }

  /** The text this person left unsent in a room, here or on another screen. */
  async load(room: string): Promise<Draft | null> {
    try {
      return await this.#request("draft.get", { room });
    } catch {
      return null;
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
