import { enterCall } from "../commands/call.js";
import type { Wish } from "../commands/define.js";
import { muted } from "../commands/mic.js";
import type { KeyId, KeyPlace } from "../keys.js";
import type { Actions } from "../state/actions.js";
import type { Session } from "../state/session.js";
import type { Guard } from "./guard.js";

export interface CallingOptions {
  readonly session: Session;
  readonly actions: Actions;
  readonly guard: Guard;
  readonly openRoom: (id: string) => void;
  readonly grant: (wish: Wish | undefined) => void;
  /** The terminal tells when a key is let go. */
  readonly tellsRelease: () => boolean;
}

const TALKS_BY_KEY = "/ptt on: you are heard only while you hold it.";

/** What keys do about calls. */
export class Calling {
  readonly #options: CallingOptions;

  constructor(options: CallingOptions) {
    this.#options = options;
  }

  /** Where keys work while somebody calls. */
  get places(): readonly KeyPlace[] {
    return this.#options.actions.calls.ringing.store.getSnapshot() ? ["ringing"] : [];
  }

  /** @returns whether it was one about calls */
  onKey(id: KeyId): boolean {
    if (id === "mic") void this.#options.guard(() => this.#toggleMic());
    else if (id === "talk-key") this.#talk();
    else if (id === "answer") void this.#options.guard(() => this.#answer());
    else if (id === "not-now") void this.#options.guard(() => this.#notNow());
    else return false;
    return true;
  }

  /** A key was let go; whichever modifier was let go before it. */
  onRelease(name: string): void {
    if (name === "v") this.#options.actions.calls.stopTalking();
  }

  /** Who looks elsewhere does not see the strip: a key that was held may be held no more. */
  setFocused(isFocused: boolean): void {
    if (!isFocused) this.#options.actions.calls.stopTalking();
  }

  #toggleMic(): void {
    const { actions, grant } = this.#options;
    grant(muted(actions.calls, actions.calls.own.getSnapshot()?.isMuted === false));
  }

  #talk(): void {
    const { actions, session, tellsRelease } = this.#options;
    const done = actions.calls.talk(tellsRelease());
    if (done === "no-call")
      session.tell("You are in no call", { hint: "/call begins one, or comes into the one here." });
    else if (done === "muted") session.tell("Your microphone is closed", { hint: "Alt-T, or /mic on, opens it." });
    else if (done === "open") session.tell("Your microphone is open without this key", { hint: TALKS_BY_KEY });
  }

  async #answer(): Promise<void> {
    const { actions, openRoom, grant } = this.#options;
    const ring = actions.calls.ringing.store.getSnapshot();
    if (!ring) return;
    openRoom(ring.room.id);
    grant(await enterCall(actions, ring.room));
  }

  async #notNow(): Promise<void> {
    const { actions, session } = this.#options;
    const ring = actions.calls.ringing.store.getSnapshot();
    if (!ring) return;
    await actions.calls.decline(ring.room.id);
    session.tell(`You said not now to ${ring.room.name}.`, { hint: "/call there calls back." });
  }
}
