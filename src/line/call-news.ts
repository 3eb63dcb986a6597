/** What happens in calls, as sentences: who comes and goes, who rings, what is not well with the sound, of a voice note too. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { endRemedy, endTrouble } from "../state/call-words.js";
import type { Calls } from "../state/calls.js";
import type { OwnCallView, RoomCallView } from "../state/model.js";
import { isMuted } from "../state/room-words.js";
import type { Session } from "../state/session.js";
import type { VoiceRecorder } from "../state/voice-recorder.js";
import { namesOf, nameWord } from "./message-words.js";
import { tellNoteTroubles } from "./note-news.js";
import type { Paper } from "./paper.js";

/** Here is no key to hold. */
const ECHO = plainText("the others hear themselves: headphones, or /mic off while they speak");
const CUT = plainText("the background part stopped; the call waits until it is back");

export interface CallNewsOptions {
  readonly session: Session;
  readonly paper: Paper;
  readonly calls: Calls;
  readonly voice: VoiceRecorder;
}

export class CallNews {
  readonly #options: CallNewsOptions;
  readonly #undos: readonly (() => void)[];
  /** By room, the call that was told of. */
  readonly #told = new Map<string, string>();
  readonly #troubles = new Map<string, SafeText>();
  #own: OwnCallView | null = null;
  #rings: string | null = null;

  constructor(options: CallNewsOptions) {
    this.#options = options;
    const { calls, session, voice, paper } = options;
    this.#undos = [
      calls.own.subscribe(() => this.#followOwn(calls.own.getSnapshot())),
      calls.ringing.store.subscribe(() => this.#followRing()),
      session.calls.store.subscribe(() => this.#followRooms()),
      tellNoteTroubles(voice, paper),
    ];
  }

  close(): void {
    for (const undo of this.#undos) undo();
  }

  #followRing(): void {
    const ring = this.#options.calls.ringing.store.getSnapshot();
    if (ring === null || ring.call === this.#rings) return;
    this.#rings = ring.call;
    const name = nameWord(ring.room);
    this.#options.paper.tell(safe`${name} calls: /call ${name} answers, /hangup says not now`);
  }

  /** Those that ring are told of as such. */
  #followRooms(): void {
    const { session } = this.#options;
    const calls = session.calls.store.getSnapshot();
    for (const room of this.#told.keys()) if (!calls.has(room)) this.#told.delete(room);
    for (const call of calls.values()) {
      const room = session.roomView(call.room);
      if (!room || call.isHere || call.people.length === 0 || this.#told.get(call.room) === call.id) continue;
      this.#told.set(call.room, call.id);
      if (room.kind === "direct" || isMuted(room, session.now())) continue;
      this.#options.paper.tell(safe`call in ${nameWord(room)}: ${namesIn(call)}; /call ${nameWord(room)} joins`);
    }
  }

  #followOwn(now: OwnCallView | null): void {
    const before = this.#own;
    this.#own = now;
    if (now === null) {
      this.#troubles.clear();
      return;
    }
    this.#tellPeople(before, now);
    this.#once("microphone", whatOf("microphone", now.microphone));
    this.#once("speaker", whatOf("speaker", now.speaker));
    this.#once("echo", now.hearsSpeaker ? ECHO : null);
    this.#once("call", now.isCut ? CUT : null);
  }

  #tellPeople(before: OwnCallView | null, now: OwnCallView): void {
    const { paper } = this.#options;
    const known = new Map(before?.people.map((person) => [person.writer, person]));
    for (const person of now.people) {
      const old = known.get(person.writer);
      known.delete(person.writer);
      const name = nameWord(person);
      if (!old) paper.tell(before ? safe`${name} came into the call` : safe`${name} is in the call`);
      if ((old?.isMuted ?? false) === person.isMuted) continue;
      paper.tell(person.isMuted ? safe`${name} is muted` : safe`${name} is not muted any more`);
    }
    for (const person of known.values()) paper.tell(safe`${nameWord(person)} left the call`);
    const declined = now.declinedBy.filter((name) => !before?.declinedBy.includes(name));
    for (const name of declined) paper.tell(safe`${nameWord({ name })} says not now`);
  }

  #once(what: string, words: SafeText | null): void {
    if (words === (this.#troubles.get(what) ?? null)) return;
    if (words === null) this.#troubles.delete(what);
    else this.#troubles.set(what, words);
    const over = what === "echo" ? plainText("the others do not hear themselves any more") : safe`the ${what} is back`;
    this.#options.paper.tell(words ?? over);
  }
}

function whatOf(end: "microphone" | "speaker", view: OwnCallView["microphone"]): SafeText | null {
  const trouble = endTrouble(end, view);
  const remedy = endRemedy(view);
  return trouble !== null && remedy !== null ? safe`${trouble}. ${remedy}` : trouble;
}

function namesIn({ people }: RoomCallView): SafeText {
  return namesOf(people.map(({ name }) => name));
}
