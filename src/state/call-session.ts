/**
 * One call as a person is in it: the core says who is in and carries the packets, the sound comes from and goes to this
 * machine. It has a connection of its own, so that neither the screen nor what the core tells it holds up a packet.
 */

import { KeetError } from "../errors.js";
import type { AudioWish, CallAudio, Ends } from "../media/index.js";
import type { RpcClient } from "../rpc/client.js";
import type { CallInfo, CoreEvent } from "../rpc/methods.js";
import { type Quality, quality } from "./call-quality.js";

/** How often what changes all the time is told. */
const TELL_MS = 200;
const REPORT_MS = 500;
/** Pauses between attempts to reach a core that was lost; the last one repeats. */
const RETRY_MS = [0, 200, 500, 1_000, 2_000];

export interface CallPerson {
  /** Of the device: its writer core key in hex. */
  readonly writer: string;
  readonly id: string;
  readonly name: string;
  readonly isMuted: boolean;
  /** Another device of this person. */
  readonly isMine: boolean;
  readonly isTalking: boolean;
  /** Below full scale, -127 to 0. */
  readonly levelDb: number;
  /** Mouth to ear as far as it can be told: half a round trip, and what waits here; null before any sound came. */
  readonly delayMs: number | null;
  readonly lossPercent: number;
  readonly jitterMs: number;
  /** Packets that came after their sound was due, and frames that were guessed, since they are heard. */
  readonly latePackets: number;
  readonly guessedFrames: number;
  readonly volumePercent: number;
  readonly quality: Quality;
}

export interface CallView {
  readonly room: string;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly isMuted: boolean;
  readonly usesKey: boolean;
  readonly isKeyHeld: boolean;
  readonly isTalking: boolean;
  readonly levelDb: number;
  readonly hearsSpeaker: boolean;
  readonly people: readonly CallPerson[];
  readonly declinedBy: readonly string[];
  readonly microphone: Ends["microphone"];
  readonly speaker: Ends["speaker"];
  /** The core is gone, and looked for. */
  readonly isCut: boolean;
  readonly sentPackets: number;
}

export interface CallOptions {
  /** A connection of its own to the core. */
  readonly connect: () => Promise<RpcClient>;
  /** Its id. */
  readonly room: string;
  readonly wish: Omit<AudioWish, "send" | "onEnds">;
  readonly startAudio: (wish: AudioWish) => Promise<CallAudio>;
  /** At most five times a second. */
  readonly onView: (view: CallView) => void;
  /** It is over, and why where that was not asked for. */
  readonly onEnd: (error: Error | null) => void;
}

export class CallSession {
  readonly #options: CallOptions;
  #core: RpcClient | null = null;
  #sound: CallAudio | null = null;
  #call: CallInfo | null = null;
  #isMuted: boolean;
  #isClosed = false;
  #timers: NodeJS.Timeout[] = [];
  readonly #volumes = new Map<string, number>();

  private constructor(options: CallOptions) {
    this.#options = options;
    this.#isMuted = options.wish.isMuted;
  }

  /**
   * Answers when this device is in the call and its sound is open.
   * @throws KeetError as `startAudio` and `call.join`: then it is in no call, and no microphone is open
   */
  static async join(options: CallOptions): Promise<CallSession> {
    const session = new CallSession(options);
    try {
      // The sound first: whoever is in a call can hear and speak.
      session.#sound = await options.startAudio({
        ...options.wish,
        send: (packet) => session.#send(packet),
        onEnds: () => session.#tell(),
      });
      await session.#enter(await options.connect());
    } catch (error) {
      await session.#close();
      throw error;
    }
    session.#timers.push(
      setInterval(() => session.#tell(), TELL_MS),
      setInterval(() => session.#report(), REPORT_MS),
    );
    return session;
  }

  get view(): CallView | null {
    const call = this.#call;
    const sound = this.#sound;
    if (!call || !sound) return null;
    const state = sound.audio.state;
    const speakers = new Map(state.speakers.map((speaker) => [speaker.id, speaker]));
    return {
      room: this.#options.room,
      startedAt: Date.parse(call.startedAt),
      isMuted: state.isMuted,
      usesKey: state.usesKey,
      isKeyHeld: state.isKeyHeld,
      isTalking: state.isTalking,
      levelDb: state.levelDb,
      hearsSpeaker: state.hearsSpeaker,
      people: call.others.map(({ writer, id, name, muted, mine, rttMs }) => {
        const heard = speakers.get(writer);
        const delayMs = heard ? Math.round(heard.stats.delayMs + (rttMs ?? 0) / 2) : null;
        const lossPercent = heard ? Math.round(heard.stats.lossPercent) : 0;
        return {
          writer,
          id,
          name,
          isMuted: muted,
          isMine: mine,
          isTalking: !muted && heard?.isTalking === true,
          levelDb: heard?.levelDb ?? -127,
          delayMs,
          lossPercent,
          jitterMs: heard ? Math.round(heard.stats.jitterMs) : 0,
          latePackets: heard?.stats.late ?? 0,
          guessedFrames: heard?.stats.guessed ?? 0,
          volumePercent: this.#volumes.get(writer) ?? 100,
          quality: quality(delayMs, lossPercent),
        };
      }),
      declinedBy: call.declinedBy.map(({ name }) => name),
      microphone: sound.ends.microphone,
      speaker: sound.ends.speaker,
      isCut: this.#core === null,
      sentPackets: state.sentPackets,
    };
  }

  /** No packet leaves from now on, whatever becomes of the core. */
  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#sound?.audio.setMuted(isMuted);
    const { room } = this.#options;
    this.#core?.request("call.mute", { room, muted: isMuted }).catch(() => {});
    this.#tell();
  }

  useKey(usesKey: boolean): void {
    this.#sound?.audio.setKeyUsed(usesKey);
    this.#tell();
  }

  holdKey(isHeld: boolean): void {
    this.#sound?.audio.setKeyHeld(isHeld);
    this.#tell();
  }

  suppress(suppresses: boolean): void {
    this.#sound?.suppress(suppresses);
  }

  duck(ducks: boolean): void {
    this.#sound?.audio.setDucks(ducks);
  }

  /** @param percent 0 to 200 */
  setVolume(writer: string, percent: number): void {
    this.#volumes.set(writer, percent);
    this.#sound?.audio.setVolume(writer, percent);
    this.#tell();
  }

  /** @throws KeetError NO_SUCH_DEVICE, …: what was open before stays open then */
  async use(end: "microphone" | "speaker", said: string | null): Promise<void> {
    await this.#sound?.use(end, said);
    this.#tell();
  }

  /** Out of the call; the microphone is closed when this is. */
  async leave(): Promise<void> {
    const { room } = this.#options;
    const leaving = this.#core?.request("call.leave", { room }).catch(() => {});
    await Promise.all([leaving, this.#close()]);
    this.#options.onEnd(null);
  }

  async #enter(core: RpcClient): Promise<void> {
    const { room } = this.#options;
    if (this.#isClosed) {
      core.close();
      return;
    }
    this.#core = core;
    core.onSound(({ from, packet }) => this.#sound?.audio.receive(from, Buffer.from(packet, "base64")));
    core.onEvent((event) => this.#onEvent(event));
    core.onClose(() => void this.#onLost(core));
    await core.attach(null, "calls");
    this.#call = await core.request("call.join", { room, muted: this.#isMuted });
    this.#tell();
  }

  #onEvent(event: CoreEvent): void {
    if (event.type === "room-gone" && event.room === this.#options.room) void this.#end(null);
    if (event.type !== "call" || event.room !== this.#options.room || !this.#call) return;
    // Left by somebody else of this profile, or not allowed any more.
    if (!event.call?.here) {
      void this.#end(null);
      return;
    }
    const here = new Set(event.call.others.map(({ writer }) => writer));
    for (const { writer } of this.#call.others) if (!here.has(writer)) this.#sound?.audio.drop(writer);
    this.#call = event.call;
    this.#sound?.audio.setLoss(worst(event.call));
  }

  /** The core died, or was restarted: the call goes on when another one answers. */
  async #onLost(core: RpcClient): Promise<void> {
    if (this.#isClosed || this.#core !== core) return;
    this.#core = null;
    this.#tell();
    for (let tries = 0; !this.#isClosed; tries += 1) {
      await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]));
      try {
        await this.#enter(await this.#options.connect());
        return;
      } catch (error) {
        this.#hangUp();
        // A core that answers and says no will say no again.
        if (error instanceof KeetError && error.family === "user") {
          await this.#end(error);
          return;
        }
      }
    }
  }

  async #end(error: Error | null): Promise<void> {
    if (this.#isClosed) return;
    await this.#close();
    this.#options.onEnd(error);
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#sound?.close();
    this.#hangUp();
  }

  #hangUp(): void {
    const core = this.#core;
    this.#core = null;
    core?.close();
  }

  #send(packet: Uint8Array): void {
    this.#core?.notify("call.send", {
      room: this.#options.room,
      packet: Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength).toString("base64"),
    });
  }

  #tell(): void {
    const view = this.#isClosed ? null : this.view;
    if (view) this.#options.onView(view);
  }

  #report(): void {
    const loss = this.#sound?.audio.loss;
    if (!loss) return;
    this.#core?.notify("call.heard", {
      room: this.#options.room,
      lossPercent: Math.round(Math.min(100, loss.percent)),
      lossRun: Math.round(Math.min(50, loss.run) * 10),
    });
  }
}

function worst({ others }: CallInfo): { percent: number; run: number } {
  const [most] = [...others].sort((a, b) => b.lossPercent - a.lossPercent);
  return { percent: most?.lossPercent ?? 0, run: most?.lossRun ?? 1 };
}
