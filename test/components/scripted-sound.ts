/** The way to sound as a test says it is: no microphone, no child, and what is asked of it is written down. */

import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlayState, PlayWish } from "../../src/media/voice-note-player.js";
import type { RecordingState, RecordingWish } from "../../src/media/voice-note-recording.js";
import { plainText } from "../../src/safe-text.js";
import type { CallOptions, CallPerson, CallView } from "../../src/state/call-session.js";
import type { CallControl, SoundDoor } from "../../src/state/calls.js";
import type { SoundDevicesView } from "../../src/state/model.js";
import type { PlayControl } from "../../src/state/note-playing.js";
import type { RecordingControl } from "../../src/state/voice-recorder.js";
import { callIn, NOW, type ScriptedCore } from "./scripted-core.js";

export function person(who: { id: string; name: string }, change: Partial<CallPerson> = {}): CallPerson {
  return {
    ...{ writer: who.id, id: who.id, name: who.name, isMuted: false, isMine: false, isTalking: false, levelDb: -127 },
    ...{
      delayMs: 38,
      lossPercent: 0,
      jitterMs: 2,
      latePackets: 0,
      guessedFrames: 0,
      volumePercent: 100,
      quality: "good",
    },
    ...change,
  };
}

const FOLDER = join(tmpdir(), `keet-tui-notes-${process.pid}`);
process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true }));
let folders = 0;

const HERE = { what: "here" as const, name: plainText("Built-in"), error: null };

export class ScriptedSound implements SoundDoor {
  readonly notes = join(FOLDER, String(++folders));
  readonly recorded: RecordingWish[] = [];
  readonly played: PlayWish[] = [];
  /** What the microphone gives from now on. */
  recording: RecordingState = {
    ...{ durationMs: 7_120, levelDb: -20, loudestDb: -12, microphone: HERE, isFull: false, error: null },
  };
  playing: PlayState = { playedMs: 3_200, isPaused: false, isWaiting: false, speaker: HERE };
  /** Ends what is played: heard to its end, or why not. */
  endNote: (error?: Error) => void = () => {};
  /** Holds a microphone back that is being opened. */
  opening: Promise<void> = Promise.resolve();
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

  async record(wish: RecordingWish): Promise<RecordingControl> {
    if (this.refusal) throw this.refusal;
    this.recorded.push(wish);
    await this.opening;
    writeFileSync(wish.path, "OggS");
    const did = this.did;
    const state = () => this.recording;
    return {
      get state() {
        return state();
      },
      stop: async () => void did.push("stop"),
      finish: async () => {
        did.push("finish");
        const { durationMs, loudestDb } = state();
        return { path: wish.path, bytes: 4, durationMs, loudestDb };
      },
      drop: async () => void did.push("drop"),
    };
  }

  async play(wish: PlayWish): Promise<PlayControl> {
    if (this.refusal) throw this.refusal;
    this.played.push(wish);
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => {});
    this.endNote = (error) => (error ? ended.reject(error) : ended.resolve());
    this.playing = { ...this.playing, isPaused: false };
    const state = () => this.playing;
    return {
      get state() {
        return state();
      },
      ended: ended.promise,
      pause: (isPaused) => {
        this.did.push(`pause ${isPaused}`);
        this.playing = { ...this.playing, isPaused };
      },
      close: async () => void this.did.push("close"),
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
