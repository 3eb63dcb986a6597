/** A voice note from `/voice` on until it is sent or dropped: one at a time, and never beside a call. */
import { KeetError } from "../errors.js";
import type { RecordingWish, VoiceNoteRecording } from "../media/voice-note-recording.js";
import { safeLine } from "../safe-text.js";
import { endTrouble } from "./call-words.js";
import { hasCode } from "./core-link.js";
import type { RecordingView, RoomView } from "./model.js";
import { NoteFolder } from "./note-folder.js";
import { endView, levelOf, METER_CELLS, SILENT_METER } from "./own-call-view.js";
import { whyNoWriting } from "./room-words.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import type { Sharing } from "./sharing.js";
import { Store } from "./store.js";

const TELL_MS = 250;
/** Shorter than this and quieter: a key that was pressed twice. */
const MIN_MS = 500;
const QUIET_DB = -50;
const KEPT = "Enter sends it, Esc drops it";

/** What a recording does for whoever makes it. */
export type RecordingControl = Pick<VoiceNoteRecording, "state" | "stop" | "finish" | "drop">;

export interface VoiceRecorderOptions {
  readonly session: Session;
  readonly settings: Settings;
  readonly files: Sharing;
  /** The way to a microphone; nothing of it is loaded before somebody asks. */
  readonly record: ((wish: RecordingWish) => Promise<RecordingControl>) | undefined;
  /** Where recordings lie. */
  readonly folder: string | undefined;
  /** The microphone is with others. */
  readonly isInCall: () => boolean;
  /** What is heard would be in it. */
  readonly onBegin: () => void;
  readonly after: (ms: number, act: () => void) => () => void;
}

export class VoiceRecorder {
  readonly own = new Store<RecordingView | null>(null, { windowMs: 0 });
  readonly #options: VoiceRecorderOptions;
  readonly #folder: NoteFolder | null;
  #control: RecordingControl | null = null;
  #path: string | null = null;
  #isHandedOver = false;
  /** Of the recording that is meant; an earlier one that still opens is dropped. */
  #run = 0;
  #sending: Promise<unknown> = Promise.resolve();
  #undoTick: () => void = () => {};

  constructor(options: VoiceRecorderOptions) {
    this.#options = options;
    this.#folder = options.folder === undefined ? null : new NoteFolder(options.folder);
    this.#folder?.clean().catch(() => {});
    options.session.atEnd(() => this.close());
  }

  /**
   * The microphone is open when this answers.
   * @throws KeetError RECORDING, IN_A_CALL, NOT_ALLOWED, NO_SOUND, and whatever keeps the microphone from it
   */
  async begin(room: RoomView): Promise<void> {
    const { record, settings, session } = this.#options;
    this.#check(room);
    if (!record || !this.#folder) throw noSound();
    const run = ++this.#run;
    this.#options.onBegin();
    this.#show({ room: room.id, state: "opening", seconds: 0, levels: SILENT_METER, trouble: null });
    const path = this.#folder.fresh(session.now());
    try {
      const microphone = settings.get("mic");
      const control = await record({
        microphone: microphone === "auto" ? null : microphone,
        suppresses: settings.isOn("noise"),
        path,
        onChange: () => run === this.#run && this.#tell(),
      });
      if (run !== this.#run) return await this.#discard(control, path);
      this.#control = control;
      this.#path = path;
      this.#tick();
    } catch (error) {
      await this.#folder.remove(path);
      if (run === this.#run) this.#forget();
      throw error;
    }
  }

  /**
   * Closes the microphone and shares what was recorded. Where that fails it is kept, to be sent again.
   * @returns how long it is; null while the microphone is only being opened, or it is being sent
   * @throws KeetError NO_RECORDING, NOTHING_RECORDED, and whatever the room or the core says
   */
  async send(): Promise<number | null> {
    const view = this.own.getSnapshot();
    const control = this.#control;
    if (!view) throw noRecording();
    if (!control || view.state === "sending") return null;
    this.#show({ ...view, state: "sending", trouble: null });
    const sending = this.#finish(view.room, control);
    this.#sending = sending.catch(() => null);
    return await sending;
  }

  async #finish(room: string, control: RecordingControl): Promise<number> {
    const note = await control.finish();
    if (note.durationMs === 0 || (note.durationMs < MIN_MS && note.loudestDb < QUIET_DB)) {
      await this.#dropNow();
      throw nothingRecorded();
    }
    await this.#share(room, note.durationMs);
    return note.durationMs;
  }

  /** Closes the microphone; what was recorded is kept. @returns whether it was open */
  async stop(): Promise<boolean> {
    const view = this.own.getSnapshot();
    if (!this.#control || view?.state !== "open") return false;
    this.#show({ ...view, state: "over" });
    await this.#control.stop();
    return true;
  }

  /** Nothing of it is left; of one that is being sent all of it goes. @throws NO_RECORDING */
  async drop(): Promise<void> {
    const view = this.own.getSnapshot();
    if (!view) throw noRecording();
    if (view.state !== "sending") await this.#dropNow();
  }

  async #dropNow(): Promise<void> {
    const [control, path] = [this.#control, this.#path];
    this.#forget();
    if (control && path) await this.#discard(control, path);
  }

  /** @throws RECORDING */
  refuseIfOpen(): void {
    if (this.own.getSnapshot()) throw recording();
  }

  #check(room: RoomView): void {
    this.refuseIfOpen();
    if (this.#options.isInCall()) {
      throw new KeetError("user", "IN_A_CALL", "You are in a call, and the others would hear it twice", {
        hint: "/hangup leaves it; then /voice.",
      });
    }
    const closed = whyNoWriting(room);
    if (closed) throw new KeetError("user", "NOT_ALLOWED", closed.text, closed.hint ? { hint: closed.hint } : {});
  }

  async #share(room: string, durationMs: number): Promise<void> {
    const folder = this.#folder!;
    const path = this.#isHandedOver ? this.#path! : folder.handOver(this.#path!);
    this.#path = path;
    this.#isHandedOver = true;
    try {
      await this.#options.files.share(room, [path], durationMs);
      this.#forget();
    } catch (error) {
      // Where the core died it may have taken it: then it shares it from there.
      if (!hasCode(error, "CORE_GONE")) this.#path = folder.takeBack(path);
      this.#isHandedOver = hasCode(error, "CORE_GONE");
      const view = this.own.getSnapshot();
      if (view) this.#show({ ...view, state: "over", trouble: safeLine(`not sent; ${KEPT}`) });
      throw error;
    }
  }

  async #discard(control: RecordingControl, path: string): Promise<void> {
    await control.drop();
    await this.#folder!.remove(path);
  }

  /** The microphone is closed when this is, and nothing of it is left. */
  async close(): Promise<void> {
    const view = this.own.getSnapshot();
    if (view?.state === "sending") await this.#sending;
    else if (view) {
      // A signal ends this before anything that is waited for.
      if (this.#path) this.#folder?.removeNow(this.#path);
      await this.#dropNow();
    }
  }

  #tick(): void {
    this.#tell();
    this.#undoTick = this.#options.after(TELL_MS, () => this.#tick());
  }

  #tell(): void {
    const view = this.own.getSnapshot();
    const control = this.#control;
    if (!view || !control || view.state === "sending") return;
    const { durationMs, levelDb, isFull, error, microphone } = control.state;
    const isOver = isFull || error !== null || view.state === "over";
    const trouble = isFull
      ? safeLine(`as long as it may be; ${KEPT}`)
      : error
        ? safeLine(`${error.message}; ${KEPT}`)
        : isOver
          ? view.trouble
          : endTrouble("microphone", endView(microphone));
    this.#show({
      room: view.room,
      state: isOver ? "over" : "open",
      seconds: Math.floor(durationMs / 1000),
      levels: isOver ? SILENT_METER : [...view.levels, levelOf(levelDb)].slice(-METER_CELLS),
      trouble,
    });
  }

  #show(next: RecordingView): void {
    this.own.update((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
  }

  #forget(): void {
    this.#run += 1;
    this.#undoTick();
    this.#control = null;
    this.#path = null;
    this.#isHandedOver = false;
    this.own.set(null);
  }
}

export function isMicrophoneOpen(view: RecordingView | null): boolean {
  return view?.state === "open" || view?.state === "opening";
}

function recording(): KeetError {
  return new KeetError("user", "RECORDING", "You are recording a voice note", {
    hint: "/voice send sends it, /voice drop drops it.",
  });
}

function noRecording(): KeetError {
  return new KeetError("user", "NO_RECORDING", "No voice note is being recorded", { hint: "/voice begins one." });
}

function nothingRecorded(): KeetError {
  return new KeetError("user", "NOTHING_RECORDED", "There was nothing to hear in it, so it was not sent", {
    hint: "/voice begins again.",
  });
}

function noSound(): KeetError {
  return new KeetError("user", "NO_SOUND", "Nothing can be recorded from here", {
    hint: "A file works: /send and its path.",
  });
}
