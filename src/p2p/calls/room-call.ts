/**
 * The call of one room as this device knows it: who is in, by what each of them says of itself once a second.
 * Nothing of it is kept. Pure but for the clock handed in.
 */
import b4a from "b4a";
import { type CallState, type Loss, UNKNOWN_LOSS } from "./call-state.js";

/** Whoever said nothing for so long is gone: killed, or behind a network that was cut. */
export const GONE_MS = 4_000;
/** A speaker's packets in one second; more are not looked at. */
export const MAX_PACKETS_A_SECOND = 120;
/** Devices in one call; what else says it is in is not heard. */
export const MAX_IN_CALL = 50;

interface Heard {
  readonly identity: Uint8Array;
  readonly state: CallState;
  readonly at: number;
}

export interface InCall {
  /** In hex. */
  readonly writer: string;
  readonly identity: Uint8Array;
  readonly isMuted: boolean;
  readonly loss: Loss;
  /** To how many others it would pass on what one speaker sends. */
  readonly copies: number;
  /** Misses most of what this device sends. */
  readonly wantsDirect: boolean;
}

/** What of a state is not told here. */
type Told = Omit<CallState, "sent" | "copies" | "wantsDirect" | "wasLast">;

export class RoomCall {
  readonly #now: () => number;
  readonly #heard = new Map<string, Heard>();
  readonly #packets = new Map<string, { second: number; count: number }>();
  #own: { call: Uint8Array; isMuted: boolean; since: number } | null = null;
  #declined: Uint8Array | null = null;
  #loss = UNKNOWN_LOSS;

  /** @param now ms, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** This device is in it. */
  get isIn(): boolean {
    return this.#own !== null;
  }

  get isMuted(): boolean {
    return this.#own?.isMuted ?? false;
  }

  /** Null where nobody is in one. */
  get id(): Uint8Array | null {
    const ids = this.#others().map(({ state }) => state.call);
    if (this.#own) ids.push(this.#own.call);
    return ids.sort(b4a.compare)[0] ?? null;
  }

  /** How long it has been going on, in ms. */
  get ageMs(): number {
    const now = this.#now();
    const ages = this.#others().map(({ state, at }) => state.ageMs + now - at);
    if (this.#own) ages.push(now - this.#own.since);
    return Math.max(0, ...ages);
  }

  /** Other devices in it. */
  get others(): InCall[] {
    return [...this.#heard].flatMap(([writer, { identity, state }]) => {
      const { isIn, isMuted, loss, copies, wantsDirect } = state;
      return isIn ? [{ writer, identity, isMuted, loss, copies, wantsDirect }] : [];
    });
  }

  hasIn(writer: string): boolean {
    return this.#heard.get(writer)?.state.isIn ?? false;
  }

  /** Who said that they do not want to come into this call. */
  get declinedBy(): Uint8Array[] {
    const { id } = this;
    return [...this.#heard.values()].flatMap(({ identity, state }) =>
      id && state.declines && b4a.equals(state.call, id) ? [identity] : [],
    );
  }

  /** This person does not want to come into it. */
  get isDeclined(): boolean {
    const { id } = this;
    return id !== null && this.#declined !== null && b4a.equals(id, this.#declined);
  }

  /** @param id of a call that begins, where there is none */
  enter(id: Uint8Array, isMuted: boolean): void {
    const ageMs = this.#others().length > 0 ? this.ageMs : 0;
    this.#own = { call: this.id ?? id, isMuted, since: this.#now() - ageMs };
    this.#declined = null;
    this.#loss = UNKNOWN_LOSS;
  }

  /** What this device misses of what the others send; they hear of it with the next state. */
  misses(loss: Loss): void {
    this.#loss = loss;
  }

  leave(): void {
    this.#own = null;
  }

  mute(isMuted: boolean): void {
    if (this.#own) this.#own = { ...this.#own, isMuted };
  }

  decline(): void {
    this.#declined = this.id;
  }

  /** What to tell the others; null where there is nothing to tell. */
  state(): Told | null {
    const of = { ageMs: this.ageMs, loss: this.#loss };
    if (this.#own) return { call: this.#own.call, isIn: true, isMuted: this.#own.isMuted, declines: false, ...of };
    if (!this.#declined) return null;
    return { call: this.#declined, isIn: false, isMuted: false, declines: true, ...of };
  }

  /** Whether anything is other than before. */
  hear(writer: string, identity: Uint8Array, state: CallState): boolean {
    const before = this.#heard.get(writer);
    if (!state.isIn && !state.declines) return this.forget(writer);
    if (!before && this.#heard.size >= MAX_IN_CALL) return false;
    this.#heard.set(writer, { identity, state, at: this.#now() });
    const { id } = this;
    // Two calls that began at once, or apart: all of one room are in one call.
    if (this.#own && id && b4a.compare(id, this.#own.call) < 0) this.#own = { ...this.#own, call: id };
    return (
      before === undefined ||
      before.state.isIn !== state.isIn ||
      before.state.isMuted !== state.isMuted ||
      before.state.declines !== state.declines ||
      !b4a.equals(before.state.call, state.call)
    );
  }

  forget(writer: string): boolean {
    this.#packets.delete(writer);
    return this.#heard.delete(writer);
  }

  /** Forgets who said nothing for too long; whether there was anybody. */
  expire(): boolean {
    const limit = this.#now() - GONE_MS;
    const gone = [...this.#heard].filter(([, { at }]) => at < limit);
    for (const [writer] of gone) this.forget(writer);
    return gone.length > 0;
  }

  /** May a packet of that device be heard? Counts it. */
  takes(writer: string): boolean {
    if (!this.#own || !this.hasIn(writer)) return false;
    const second = Math.floor(this.#now() / 1_000);
    const packets = this.#packets.get(writer);
    if (packets?.second !== second) {
      this.#packets.set(writer, { second, count: 1 });
      return true;
    }
    packets.count += 1;
    return packets.count <= MAX_PACKETS_A_SECOND;
  }

  #others(): Heard[] {
    return [...this.#heard.values()].filter(({ state }) => state.isIn);
  }
}
