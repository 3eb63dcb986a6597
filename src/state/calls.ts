/** Calls as a person at this front end has them: the one they are in, those that ring, and what can be done about both. */
import { KeetError } from "../errors.js";
import type { Voice } from "../media/index.js";
import type { PlayWish } from "../media/voice-note-player.js";
import type { RecordingWish } from "../media/voice-note-recording.js";
import type { CallOptions, CallSession } from "./call-session.js";
import type { CallPersonView, OwnCallView, RoomView, SoundDevicesView } from "./model.js";
import type { PlayControl } from "./note-playing.js";
import { ownCallView } from "./own-call-view.js";
import { PushToTalk } from "./push-to-talk.js";
import { Ringing } from "./ringing.js";
import type { Session } from "./session.js";
import type { SettingName, Settings } from "./settings.js";
import { Store } from "./store.js";
import type { RecordingControl } from "./voice-recorder.js";

const MAX_VOLUME_PERCENT = 200;
const AUTO = "auto";
const SETTING_OF = { microphone: "mic", speaker: "speaker" } as const;

export type SoundEndName = keyof typeof SETTING_OF;

/** What a call does for whoever is in it. */
export type CallControl = Pick<
  CallSession,
  "mute" | "useKey" | "holdKey" | "suppress" | "duck" | "setVolume" | "use" | "leave"
>;

/** The way to sound, handed in: nothing of it is loaded before somebody asks. */
export interface SoundDoor {
  /** Where voice notes lie that are recorded here. */
  readonly notes: string;
  record(wish: RecordingWish): Promise<RecordingControl>;
  play(wish: PlayWish): Promise<PlayControl>;
  join(options: Omit<CallOptions, "connect" | "startAudio">): Promise<CallControl>;
  devices(): Promise<SoundDevicesView>;
}

export interface CallsOptions {
  readonly session: Session;
  readonly settings: Settings;
  readonly sound: SoundDoor | undefined;
  /** Keys can be held here, to talk while one is. */
  readonly holdsKeys: boolean;
  /** Marks a room where somebody called in vain. */
  readonly markUnread: (room: string) => Promise<unknown>;
  /** Throws where something else has the microphone. */
  readonly onStart?: (() => void) | undefined;
  readonly after?: ((ms: number, act: () => void) => () => void) | undefined;
}

export class Calls {
  /** The call this front end is in. */
  readonly own = new Store<OwnCallView | null>(null, { windowMs: 0 });
  readonly ringing: Ringing;
  readonly #options: CallsOptions;
  readonly #talking: PushToTalk;
  readonly #undoSettings: () => void;
  #control: CallControl | null = null;
  /** The room whose call is being entered, and then is the one this is in. */
  #room: string | null = null;
  /** Of the call that is meant; what an earlier one still tells is not listened to. */
  #run = 0;
  #sent = 0;
  #devices: SoundDevicesView | null = null;
  /** As they are in the call. */
  readonly #applied = new Map<SettingName, string>();

  constructor(options: CallsOptions) {
    const { session, settings, after = later } = options;
    this.#options = options;
    this.#talking = new PushToTalk({
      ...{ now: () => performance.now(), after },
      onHeld: (isHeld) => this.#control?.holdKey(isHeld),
    });
    this.ringing = new Ringing({ session, after, onMissed: (room) => void this.#missed(room) });
    this.#undoSettings = settings.values.subscribe(() => this.#followSettings());
    session.atEnd(() => this.close());
  }

  /** In one, or on the way into it. */
  get isIn(): boolean {
    return this.#room !== null;
  }

  /** As they were when they were looked at last. */
  get knownDevices(): SoundDevicesView | null {
    return this.#devices;
  }

  /** Packets that left in this call. */
  get sentPackets(): number {
    return this.#sent;
  }

  /**
   * Into the call of a room, which begins where there is none.
   * @throws KeetError IN_A_CALL, NO_SOUND, and whatever keeps the sound or the room from it
   */
  async start(room: RoomView): Promise<void> {
    const { sound } = this.#options;
    if (this.#room !== null) throw this.#inACall(room.id);
    this.#options.onStart?.();
    if (!sound) {
      throw new KeetError("user", "NO_SOUND", "Calls cannot be made from here", {
        hint: "In another terminal: keet-tui call join and the room.",
      });
    }
    const run = ++this.#run;
    this.#room = room.id;
    this.#sent = 0;
    try {
      const control = await sound.join({
        ...{ room: room.id, wish: this.#wish() },
        onView: (view) => {
          if (run !== this.#run) return;
          this.#sent = view.sentPackets;
          const next = ownCallView(view, this.own.getSnapshot());
          this.own.update((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
        },
        onEnd: (error) => this.#ended(run, error),
      });
      if (run === this.#run) this.#control = control;
      else await control.leave();
    } catch (error) {
      if (run === this.#run) this.#forget();
      throw error;
    }
  }

  /** Answers with the room that was left; null where this is in none. */
  async hangUp(): Promise<RoomView | null> {
    const room = this.#options.session.roomView(this.#room);
    const control = this.#control;
    if (this.#room === null) return null;
    this.#forget();
    await control?.leave();
    return room;
  }

  async decline(room: string): Promise<void> {
    await this.#options.session.request("call.decline", { room });
  }

  /** @throws NO_CALL */
  mute(isMuted: boolean): void {
    this.#here().mute(isMuted);
  }

  /** The key that is held to talk. @returns what it did */
  talk(tellsRelease: boolean): "no-call" | "open" | "muted" | "talks" {
    const own = this.own.getSnapshot();
    if (!own) return "no-call";
    if (own.isMuted) return "muted";
    if (!own.usesKey) return "open";
    this.#talking.press(tellsRelease);
    return "talks";
  }

  /** It was let go, or nobody looks any more. */
  stopTalking(): void {
    this.#talking.release();
  }

  /**
   * Another microphone or speaker, from now on; `auto` is the one that suits best.
   * @throws NO_SUCH_DEVICE, …: then nothing has changed
   */
  async chooseDevice(end: SoundEndName, said: string): Promise<void> {
    const { settings, sound } = this.#options;
    const name = SETTING_OF[end];
    if (this.#control) await this.#control.use(end, deviceFrom(said));
    else if (sound && said !== AUTO && !isFile(said)) refuseUnknown(end, said, await this.devices());
    this.#applied.set(name, said);
    settings.set(name, said);
  }

  /** @throws FFMPEG_MISSING, … */
  async devices(): Promise<SoundDevicesView> {
    const { sound } = this.#options;
    if (sound) {
      this.#devices = await sound.devices();
      return this.#devices;
    }
    throw new KeetError("user", "NO_SOUND", "Sound cannot be looked at from here", {
      hint: "In another terminal: keet-tui doctor",
    });
  }

  /** Of all devices of that person. @throws NO_CALL, USAGE */
  setVolume(person: Pick<CallPersonView, "id">, percent: number): void {
    const control = this.#here();
    if (percent < 0 || percent > MAX_VOLUME_PERCENT) {
      throw new KeetError("user", "USAGE", `A volume is 0 to ${MAX_VOLUME_PERCENT} percent`, {
        hint: "100 is as it comes, 0 is silence.",
      });
    }
    const people = this.own.getSnapshot()?.people ?? [];
    for (const { id, writer } of people) if (id === person.id) control.setVolume(writer, percent);
  }

  /** The microphone is closed when this is. */
  async close(): Promise<void> {
    this.ringing.close();
    this.#undoSettings();
    await this.hangUp();
  }

  #here(): CallControl {
    if (this.#control) return this.#control;
    throw new KeetError("user", "NO_CALL", "You are in no call", {
      hint: "/call begins one, or comes into the one here.",
    });
  }

  #inACall(room: string): KeetError {
    const name = this.#options.session.roomView(this.#room)?.name ?? "another room";
    if (this.#room === room) {
      const hint = "/hangup leaves it, /mic off closes your microphone.";
      return new KeetError("user", "IN_A_CALL", "You are in this call already", { hint });
    }
    return new KeetError("user", "IN_A_CALL", `You are in the call of ${name}`, { hint: "/hangup leaves it first." });
  }

  #wish(): CallOptions["wish"] {
    const { settings } = this.#options;
    for (const name of ["mic", "speaker", "ptt", "noise", "echo"] as const) this.#applied.set(name, settings.get(name));
    const threshold = settings.get("threshold");
    const voice: Voice = {
      frameMs: 20,
      suppresses: settings.isOn("noise"),
      ducks: settings.isOn("echo"),
      usesKey: settings.isOn("ptt") && this.#options.holdsKeys,
      thresholdDb: threshold === AUTO ? null : Number(threshold),
    };
    const { microphone, speaker } = SETTING_OF;
    return {
      microphone: deviceFrom(settings.get(microphone)),
      speaker: deviceFrom(settings.get(speaker)),
      voice,
      isMuted: false,
    };
  }

  #followSettings(): void {
    const control = this.#control;
    if (!control) return;
    const { settings, session } = this.#options;
    const onChange = (name: SettingName, act: (value: string) => void) => {
      const value = settings.get(name);
      if (this.#applied.get(name) === value) return;
      this.#applied.set(name, value);
      act(value);
    };
    const use = (end: SoundEndName) => (value: string) =>
      void control.use(end, deviceFrom(value)).catch((error: unknown) => session.tellError(error));
    onChange("ptt", (value) => control.useKey(value === "on" && this.#options.holdsKeys));
    onChange("noise", (value) => control.suppress(value === "on"));
    onChange("echo", (value) => control.duck(value === "on"));
    onChange("mic", use("microphone"));
    onChange("speaker", use("speaker"));
  }

  #ended(run: number, error: Error | null): void {
    if (run !== this.#run) return;
    const { session } = this.#options;
    const name = session.roomView(this.#room)?.name ?? "that room";
    this.#forget();
    if (error) session.tellError(error);
    else session.tell(`You are out of the call of ${name}: it was left elsewhere, or you may not be in it any more`);
  }

  #forget(): void {
    this.#talking.release();
    this.#run += 1;
    this.#control = null;
    this.#room = null;
    this.own.set(null);
  }

  async #missed(room: RoomView): Promise<void> {
    const { session, markUnread } = this.#options;
    session.tell(`${room.name} called, and was not answered`, { hint: "/call there calls back." });
    if (session.reading === room.id) return;
    await markUnread(room.id).catch(() => {});
  }
}

function deviceFrom(said: string): string | null {
  return said === AUTO ? null : said;
}

function isFile(said: string): boolean {
  return /^(?:file|loop):/.test(said);
}

/** @throws NO_SUCH_DEVICE */
function refuseUnknown(end: SoundEndName, said: string, { microphones, speakers }: SoundDevicesView): void {
  const all = end === "microphone" ? microphones : speakers;
  if (all.some(({ id, name }) => id === said || name === said)) return;
  const there = all.length > 0 ? `There are: ${all.map(({ name }) => name).join(", ")}.` : "There is none.";
  throw new KeetError("user", "NO_SUCH_DEVICE", `No ${end} is called ${said}`, {
    hint: `${there} /devices lists them.`,
  });
}

export function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
