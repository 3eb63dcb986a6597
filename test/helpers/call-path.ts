/**
 * From one voice to one ear without a network: a talker, a path that loses, delays and reorders by a seed, and a mixer,
 * all on a clock of the test's own. What was said and what is heard come back, with how it went.
 */
import type { JitterStats } from "../../src/media/jitter.js";
import { Mixer } from "../../src/media/mixer.js";
import { type FrameMs, openEncoder } from "../../src/media/opus.js";
import { STEP_MS, STEP_SAMPLES } from "../../src/media/sound.js";
import { Talker, type TalkerOptions } from "../../src/media/talker.js";
import { randomBy } from "./random.js";
import { delaySamples, joined, steps } from "./sound.js";
import { aligned, stoi } from "./stoi.js";

const ONE_WAY_MS = 30;
const TAIL_MS = 1_000;

export interface Path {
  readonly seed: number;
  readonly lossPercent?: number;
  /** Mean length of a loss, in packets. */
  readonly burst?: number;
  /** Delays are exponential with half of this as mean, at most 2.2 of it. Late ones are overtaken. */
  readonly jitterMs?: number;
  /** Nothing comes through for so long, and then all at once: so often, or once where `everyMs` is infinite. */
  readonly stall?: { readonly firstAtMs: number; readonly everyMs: number; readonly ms: number };
  /** The listener's sound card against the talker's; a talker faster by so many parts in a million. */
  readonly talkerPpm?: number;
  readonly frameMs?: FrameMs;
  readonly gate?: TalkerOptions["gate"];
  /** Steps that the listener's player takes at a time. */
  readonly turn?: number;
}

export interface Heard {
  readonly pcm: Int16Array;
  readonly stats: JitterStats;
  /** Every 10 ms while it played: delay and buffer, ms. */
  readonly delaysMs: readonly number[];
  readonly buffersMs: readonly number[];
  readonly sent: number;
  readonly lost: number;
  readonly bytes: number;
}

/** Whether the next packet is lost: two states, so that losses come in runs. */
export function losses(random: () => number, percent: number, burst = 1): () => boolean {
  const share = percent / 100;
  let isLost = false;
  return () => {
    if (burst <= 1) return random() < share;
    isLost = isLost ? random() >= 1 / burst : random() < share / burst / (1 - share);
    return isLost;
  };
}

function stalled(at: number, stall: Path["stall"]): number {
  if (!stall || at < stall.firstAtMs) return at;
  const { firstAtMs, everyMs, ms } = stall;
  const into = everyMs === Infinity ? at - firstAtMs : (at - firstAtMs) % everyMs;
  return into < ms ? at - into + ms : at;
}

interface InFlight {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export async function carry(said: Int16Array, path: Path): Promise<Heard> {
  const random = randomBy(path.seed);
  const isLost = losses(random, path.lossPercent ?? 0, path.burst);
  const talkerStepMs = STEP_MS / (1 + (path.talkerPpm ?? 0) / 1e6);
  let now = 0;
  let talkerAt = 0;
  let lost = 0;
  let bytes = 0;
  let flying: InFlight[] = [];
  const delay = () => ONE_WAY_MS + Math.min(2.2, -Math.log(1 - random()) / 2) * (path.jitterMs ?? 0);
  const send = (packet: Uint8Array) => {
    bytes += packet.length;
    if (isLost()) lost += 1;
    else flying.push({ at: stalled(talkerAt + delay(), path.stall), bytes: packet });
  };
  const talker = new Talker(await openEncoder(), send, { frameMs: path.frameMs ?? 20, gate: path.gate ?? null });
  talker.setLoss(path.lossPercent ?? 0, path.burst);
  const mixer = new Mixer({ now: () => now });
  const heard: Int16Array[] = [];
  const delaysMs: number[] = [];
  const buffersMs: number[] = [];
  const source = steps(said);
  const turn = path.turn ?? 1;
  let fed = 0;
  for (; now < (said.length / STEP_SAMPLES) * talkerStepMs + TAIL_MS; now += STEP_MS * turn) {
    for (; fed < source.length && (fed + 1) * talkerStepMs <= now; fed += 1) {
      talkerAt = (fed + 1) * talkerStepMs;
      talker.feed(source[fed]!);
    }
    const due = flying.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    flying = flying.filter(({ at }) => at > now);
    const atNow = now;
    for (const one of due) {
      now = one.at;
      mixer.receive("ann", one.bytes);
    }
    now = atNow;
    // A decoder is opened beside; a real loop has a turn between a packet and its sound.
    if (due.length > 0) await new Promise((done) => setImmediate(done));
    for (let i = 0; i < turn; i += 1) heard.push(mixer.pull());
    const stats = mixer.speakers()[0]?.stats;
    if (!stats || stats.delayMs === 0) continue;
    delaysMs.push(stats.delayMs);
    buffersMs.push(stats.bufferedMs);
  }
  const { stats } = mixer.speakers()[0]!;
  const sent = talker.sentPackets;
  talker.close();
  mixer.close();
  return { pcm: joined(heard), stats, delaysMs, buffersMs, sent, lost, bytes };
}

/** Intelligibility of what is heard, and how long after it was said, ms. */
export function judged(said: Int16Array, heard: Int16Array): { readonly score: number; readonly delayMs: number } {
  const delay = delaySamples(said, heard, 48_000);
  return { score: stoi(said, aligned(said, heard, delay)), delayMs: delay / 48 };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
