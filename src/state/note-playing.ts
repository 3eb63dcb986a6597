/** The voice note that is played here: one at a time, and never beside a call. */
import { KeetError } from "../errors.js";
import type { PlayWish, VoiceNotePlayer } from "../media/voice-note-player.js";
import { endTrouble } from "./call-words.js";
import type { MessageView, PlayingView } from "./model.js";
import { NoteBytes } from "./note-bytes.js";
import { endView } from "./own-call-view.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import { isHere, type Sharing } from "./sharing.js";
import { Store } from "./store.js";

const TELL_MS = 250;

/** What a note that plays does for whoever hears it. */
export type PlayControl = Pick<VoiceNotePlayer, "state" | "pause" | "close" | "ended">;

export interface NotePlayingOptions {
  readonly session: Session;
  readonly settings: Settings;
  readonly files: Sharing;
  /** The way to a speaker; nothing of it is loaded before somebody asks. */
  readonly play: ((wish: PlayWish) => Promise<PlayControl>) | undefined;
  readonly isInCall: () => boolean;
  readonly after: (ms: number, act: () => void) => () => void;
}

export class NotePlaying {
  /** The message whose sound is played, and how far it is. */
  readonly now = new Store<{ readonly message: MessageView; readonly playing: PlayingView } | null>(null, {
    windowMs: 0,
  });
  readonly #options: NotePlayingOptions;
  #control: PlayControl | null = null;
  #run = 0;
  #undoTick: () => void = () => {};

  constructor(options: NotePlayingOptions) {
    this.#options = options;
    options.session.atEnd(async () => void (await this.stop()));
  }

  /**
   * Plays it from its beginning; pauses the one that plays, and lets it go on.
   * @returns what it did
   * @throws KeetError NOT_A_VOICE_NOTE, IN_A_CALL, NO_SOUND, and whatever keeps the speaker or the file from it
   */
  async toggle(message: MessageView): Promise<"plays" | "paused" | "goes-on"> {
    if (this.now.getSnapshot()?.message.key === message.key) return this.#pause();
    await this.stop();
    await this.#begin(message);
    return "plays";
  }

  /** @returns whether one was played */
  async stop(): Promise<boolean> {
    const control = this.#control;
    const wasPlaying = this.now.getSnapshot() !== null;
    this.#forget();
    await control?.close();
    return wasPlaying;
  }

  #pause(): "paused" | "goes-on" {
    const control = this.#control;
    const isPaused = control?.state.isPaused !== true;
    control?.pause(isPaused);
    this.#tell();
    return isPaused ? "paused" : "goes-on";
  }

  async #begin(message: MessageView): Promise<void> {
    const { play, settings, isInCall } = this.#options;
    refuse(message, isInCall());
    if (!play) throw noSound();
    const run = ++this.#run;
    this.#show(message, { playedMs: 0, isPaused: false, isWaiting: false, trouble: null });
    try {
      const bytes = await this.#bytesOf(message);
      const speaker = settings.get("speaker");
      const control = await play({
        speaker: speaker === "auto" ? null : speaker,
        bytes,
        onChange: () => run === this.#run && this.#tell(),
      });
      if (run !== this.#run) return await control.close();
      this.#control = control;
      void control.ended.then(
        () => (run === this.#run ? void this.stop() : undefined),
        (error: unknown) => (run === this.#run ? void this.#failed(error) : undefined),
      );
      this.#tick();
    } catch (error) {
      if (run === this.#run) this.#forget();
      throw error;
    }
  }

  /** What is not here is fetched as any file, and played while it comes. */
  async #bytesOf(message: MessageView): Promise<NoteBytes> {
    const { session, files } = this.#options;
    const { room, id, writer, file, mine } = message;
    if (!mine && !isHere(file!)) await files.fetch(message);
    const { request } = session;
    return new NoteBytes({ request, share: { room, id, writer }, bytes: file!.bytes });
  }

  async #failed(error: unknown): Promise<void> {
    await this.stop();
    this.#options.session.tellError(error);
  }

  #tick(): void {
    this.#tell();
    this.#undoTick = this.#options.after(TELL_MS, () => this.#tick());
  }

  #tell(): void {
    const now = this.now.getSnapshot();
    const control = this.#control;
    if (!now || !control) return;
    const { playedMs, isPaused, isWaiting, speaker } = control.state;
    const trouble = endTrouble("speaker", endView(speaker));
    this.#show(now.message, { playedMs, isPaused, isWaiting, trouble });
  }

  #show(message: MessageView, playing: PlayingView): void {
    if (JSON.stringify(this.now.getSnapshot()?.playing) === JSON.stringify(playing)) return;
    this.now.set({ message, playing });
    this.#options.session.room(message.room).showPlaying(message.key, playing);
  }

  #forget(): void {
    this.#run += 1;
    this.#undoTick();
    this.#control = null;
    const now = this.now.getSnapshot();
    this.now.set(null);
    if (now) this.#options.session.room(now.message.room).showPlaying(now.message.key, null);
  }
}

/** @throws NOT_A_VOICE_NOTE, IN_A_CALL */
function refuse({ file }: MessageView, isInCall: boolean): void {
  if (!file?.voiceMs) {
    throw new KeetError("user", "NOT_A_VOICE_NOTE", "That is no voice note", { hint: "/open opens other files." });
  }
  if (!isInCall) return;
  throw new KeetError("user", "IN_A_CALL", "You are in a call", { hint: "/hangup leaves it; then /play." });
}

function noSound(): KeetError {
  return new KeetError("user", "NO_SOUND", "Nothing can be played from here", { hint: "/get fetches it." });
}
