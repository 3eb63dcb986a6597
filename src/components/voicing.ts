import type { Wish } from "../commands/define.js";
import { sendNote } from "../commands/voice.js";
import type { KeyId, KeyPlace } from "../keys.js";
import type { Actions } from "../state/actions.js";
import type { Session } from "../state/session.js";
import type { Guard } from "./guard.js";

export interface VoicingOptions {
  readonly session: Session;
  readonly actions: Actions;
  readonly guard: Guard;
  readonly grant: (wish: Wish | undefined) => void;
}

/** What keys do about voice notes. */
export class Voicing {
  readonly #options: VoicingOptions;

  constructor(options: VoicingOptions) {
    this.#options = options;
  }

  /** Where keys work that are about the note being recorded: before any other but those that work everywhere. */
  get recordingPlaces(): readonly KeyPlace[] {
    return this.isRecording ? ["recording"] : [];
  }

  get playingPlaces(): readonly KeyPlace[] {
    return this.#options.actions.playing.now.getSnapshot() ? ["playing"] : [];
  }

  get isRecording(): boolean {
    return this.#options.actions.voice.own.getSnapshot() !== null;
  }

  /** @returns whether it was one about voice notes */
  onKey(id: KeyId): boolean {
    const { actions, guard } = this.#options;
    if (id === "note-send") void guard(() => this.#send());
    else if (id === "note-drop") void guard(() => this.#drop());
    else if (id === "note-stop") void guard(async () => void (await actions.playing.stop()));
    else return false;
    return true;
  }

  /** Ctrl-C closes the microphone and keeps what there is; once more drops it. @returns whether there was one */
  interrupt(): boolean {
    if (!this.isRecording) return false;
    const { actions, guard } = this.#options;
    void guard(async () => {
      if (!(await actions.voice.stop())) await this.#drop();
    });
    return true;
  }

  /** Whoever types while the microphone is open should know what Enter does then. */
  refuseTyping(): void {
    this.#options.session.tell("You are recording", { hint: "Enter sends it, Esc drops it; what you wrote stays." });
  }

  async #send(): Promise<void> {
    this.#options.grant(await sendNote(this.#options.actions));
  }

  async #drop(): Promise<void> {
    await this.#options.actions.voice.drop();
    this.#options.session.tell("Nothing of it is left");
  }
}
