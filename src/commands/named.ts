/** Who or what a name in an argument means. Nothing that acts ever guesses. */

import fuzzysort from "fuzzysort";
import { KeetError } from "../errors.js";
import type { SafeText } from "../safe-text.js";
import type { SoundDevicesView } from "../state/model.js";
import type { Settings } from "../state/settings.js";
import type { CommandContext } from "./context.js";

export interface Named {
  readonly id: string;
  readonly name: SafeText;
}

/** What names in arguments can refer to. */
export interface Names {
  /** Of files shared in the room on screen. */
  readonly files?: readonly SafeText[];
  /** Those in the call one is in. */
  readonly callers?: readonly (Named & { readonly tag?: SafeText | null })[];
  /** Microphones and speakers, once they have been looked at. */
  readonly devices?: SoundDevicesView | null;
  /** What lies on the disk may be looked at: only where Tab asks for it. */
  readonly looksAtDisk?: boolean;
  /** Of settings whose values are not all in the table, such as a person's own themes. */
  readonly settings?: Pick<Settings, "specs" | "valuesOf">;
  /** `with`: of a room for two, the other one. */
  readonly rooms: readonly (Named & { readonly with?: Named | null })[];
  /** `tag`: tells apart those whose names look the same. */
  readonly members: readonly (Named & { readonly tag?: SafeText | null; readonly blocked?: boolean })[];
}

/** Letters scattered further than this were not meant. */
export const NEAR = 0.2;
const MAX_NAMES_IN_HINT = 5;
/** What would work where there is nothing that could have been meant. */
const NONE: Readonly<Record<string, string>> = { NO_SUCH_ROOM: "/create makes one, /join takes an invite." };

/** @throws KeetError NO_SUCH_MEMBER */
export function memberNamed<N extends Named>(
  word: string,
  members: readonly (N & { readonly tag?: SafeText | null })[],
  what = "member of this room",
): N {
  const name = word.trim().replace(/^@/, "");
  const [, bare, tag] = /^(.+?)\s*#\s*([0-9a-f]{4,})$/i.exec(name) ?? [];
  const tagged = members.filter(
    (one) => one.name.toLowerCase() === bare?.toLowerCase() && one.id.startsWith(tag!.toLowerCase()),
  );
  return tagged.length === 1 ? tagged[0]! : named(name, members, "NO_SUCH_MEMBER", what);
}

/** One of this room, or whom one talks to alone; a long enough id is left to the core, which knows everybody. */
export function personNamed(word: string, { rooms, members }: Names): Named {
  const others = rooms.flatMap((room) => (room.with ? [room.with] : []));
  const known = new Map([...others, ...members].map((one) => [one.id, one]));
  const id = word.trim().toLowerCase();
  const isId = /^[0-9a-f]{8,64}$/.test(id) && ![...known.values()].some((one) => one.name.toLowerCase() === id);
  if (isId && ![...known.keys()].some((one) => one.startsWith(id))) return { id, name: id as SafeText };
  return memberNamed(word, [...known.values()], "person");
}

/** Never a guess: the whole name, or enough of an id, and only where it can be nobody else. */
export function named<N extends Named>(word: string, all: readonly N[], code: string, what: string): N {
  const lower = word.trim().toLowerCase();
  const isPartOfId = /^[0-9a-f]{4,}$/.test(lower);
  // A name that is the beginning of another's id would be a way to be taken for them.
  const same = all.filter((one) => one.name.toLowerCase() === lower || (isPartOfId && one.id.startsWith(lower)));
  if (same.length === 1) return same[0]!;
  if (same.length > 1) {
    const ids = same.map((one) => one.id.slice(0, 8)).join(", ");
    throw new KeetError("user", code, `More than one ${what} is called ${word}`, { hint: `Their ids: ${ids}` });
  }
  const isShared = ({ id, name }: Named) => all.some((other) => other.id !== id && other.name === name);
  const shown = (one: Named) => (isShared(one) ? `${one.name} (${one.id.slice(0, 8)})` : one.name);
  const near = fuzzysort.go(lower, all, { key: "name", limit: 3, threshold: NEAR }).map(({ obj }) => shown(obj));
  const some = all.slice(0, MAX_NAMES_IN_HINT).map(shown);
  const hint =
    near.length > 0 ? `Close: ${near.join(", ")}` : some.length > 0 ? `There are: ${some.join(", ")}` : NONE[code];
  throw new KeetError("user", code, `No ${what} is called ${word}`, hint ? { hint } : {});
}

/** The room on screen, where that person is in it: else the core looks for them everywhere. */
export function roomOf(context: Pick<CommandContext, "where" | "members">, person: string): string | null {
  return context.members().some(({ id }) => id === person) ? context.where() : null;
}
