/** The way to sound as a test says it is: no microphone, no child, and what is asked of it is written down. */

import { plainText } from "../../src/safe-text.js";
import type { CallOptions, CallPerson, CallView } from "../../src/state/call-session.js";
import type { CallControl, SoundDoor } from "../../src/state/calls.js";
import type { SoundDevicesView } from "../../src/state/model.js";
import { callIn, NOW, type ScriptedCore } from "./scripted-core.js";

export function person(who: { id: string; name: string }, change: Partial<CallPerson> = {}): CallPerson {
  return {
    ...{ writer: who.id, id: who.id, name: who.name, isMuted: false, isMine: false, isTalking: false, levelDb: -127 },
    ...{ delayMs: 38, lossPercent: 0, jitterMs: 2, volumePercent: 100, quality: "good" },
    ...change,
  };
}

export class ScriptedSound implements SoundDoor {
  readonly joined: Parameters<SoundDoor["join"]>[0][] = [];
  /** `mute true`, `hold false`, `use microphone usb`, `leave`, in order. */
  readonly did: string[] = [];
  readonly #core: ScriptedCore | null;
  known: SoundDevicesView = {
    microphones: [
      { id: "in.1", name: plainText("Built-in"), isPreferred: true },
      { id: "in.2", name: plainText("USB headset"), isPreferred: false },
    ],
    speakers: [{ id: "out.1", name: plainText("Loud"), isPreferred: true }],
  };
  /** In place of an answer. */
  refusal: Error | null = null;
  people: CallPerson[] = [];
  #options: Omit<CallOptions, "connect" | "startAudio"> | null = null;
  #view: CallView | null = null;

  constructor(core: ScriptedCore | null = null) {
    this.#core = core;
  }

  async join(options: Omit<CallOptions, "connect" | "startAudio">): Promise<CallControl> {
    if (this.refusal) throw this.refusal;
    this.joined.push(options);
    this.#options = options;
    const { wish } = options;
    const end = { what: "here" as const, name: plainText("Built-in"), error: null };
    this.#view = {
      ...{ room: options.room, startedAt: NOW - 192_000, isMuted: wish.isMuted, usesKey: wish.voice.usesKey },
      ...{
        isKeyHeld: false,
        isTalking: false,
        levelDb: -127,
        hearsSpeaker: false,
        people: this.people,
        declinedBy: [],
      },
      ...{ microphone: end, speaker: end, isCut: false, sentPackets: 0 },
    };
    this.#core?.tell({ type: "call", room: options.room, call: callIn(options.room, this.people, { here: true }) });
    this.tell({});
    return {
      mute: (isMuted) => this.#does(`mute ${isMuted}`, { isMuted }),
      useKey: (usesKey) => this.#does(`key ${usesKey}`, { usesKey, isKeyHeld: false }),
      holdKey: (isKeyHeld) => this.#does(`hold ${isKeyHeld}`, { isKeyHeld }),
      suppress: (is) => this.#does(`suppress ${is}`, {}),
      duck: (is) => this.#does(`duck ${is}`, {}),
      setVolume: (writer, percent) => this.#does(`volume ${writer.slice(0, 2)} ${percent}`, {}),
      use: async (which, said) => {
        if (this.refusal) throw this.refusal;
        this.#does(`use ${which} ${said}`, {});
      },
      leave: async () => {
        this.did.push("leave");
        this.#view = null;
        this.#core?.tell({ type: "call", room: options.room, call: null });
      },
    };
  }

  async devices(): Promise<SoundDevicesView> {
    if (this.refusal) throw this.refusal;
    return this.known;
  }

  /** The call is other than before. */
  tell(change: Partial<CallView>): void {
    if (!this.#view) return;
    this.#view = { ...this.#view, ...change };
    this.#options?.onView(this.#view);
  }

  end(error: Error | null): void {
    this.#options?.onEnd(error);
  }

  #does(what: string, change: Partial<CallView>): void {
    this.did.push(what);
    this.tell(change);
  }
}
