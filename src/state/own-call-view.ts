/** A call as a screen shows it: what only trembles stays as it was, so that nothing is drawn for it. Pure. */
import type { KeetError } from "../errors.js";
import { safeLine, safeName } from "../safe-text.js";
import type { CallPerson, CallView } from "./call-session.js";
import type { CallEndView, CallPersonView, OwnCallView } from "./model.js";

export const METER_CELLS = 4;
const QUIET_DB = -60;
const LOUD_DB = -12;
const TOP_LEVEL = 7;
/** A delay that differs by less is the same to an ear. */
const SAME_DELAY_MS = 8;
export const SILENT_METER: readonly number[] = [0, 0, 0, 0];

export function ownCallView(call: CallView, before: OwnCallView | null): OwnCallView {
  const known = new Map(before?.people.map((person) => [person.writer, person]));
  const { room, startedAt, isMuted, usesKey, isKeyHeld, isTalking, hearsSpeaker, isCut } = call;
  return {
    ...{ room, isMuted, usesKey, isKeyHeld, isTalking, hearsSpeaker, isCut },
    // Made anew from an age each time it is told.
    startedAt: before ? before.startedAt : startedAt,
    people: call.people.map((person) => personView(person, known.get(person.writer) ?? null)),
    declinedBy: call.declinedBy.map((name) => safeName(name)),
    microphone: endView(call.microphone),
    speaker: endView(call.speaker),
  };
}

function personView(person: CallPerson, before: CallPersonView | null): CallPersonView {
  const { writer, id, isMuted, isTalking, lossPercent, volumePercent } = person;
  return {
    ...{ writer, id, isMuted, isTalking, lossPercent, volumePercent },
    name: safeName(person.name),
    levels: [...(before?.levels ?? SILENT_METER), isTalking ? levelOf(person.levelDb) : 0].slice(-METER_CELLS),
    delayMs: steady(before?.delayMs ?? null, person.delayMs),
    isPoor: person.quality === "poor",
  };
}

/** 0 to 7 */
export function levelOf(db: number): number {
  const part = (db - QUIET_DB) / (LOUD_DB - QUIET_DB);
  return Math.max(0, Math.min(TOP_LEVEL, Math.round(part * TOP_LEVEL)));
}

function steady(before: number | null, now: number | null): number | null {
  return before !== null && now !== null && Math.abs(now - before) < SAME_DELAY_MS ? before : now;
}

export function endView({ what, name, error }: CallView["microphone"]): CallEndView {
  return { what, name: safeName(name), ...wordsOf(error) };
}

function wordsOf(error: KeetError | null): Pick<CallEndView, "trouble" | "hint"> {
  if (!error) return { trouble: null, hint: null };
  return { trouble: safeLine(error.message), hint: error.hint === null ? null : safeLine(error.hint) };
}
