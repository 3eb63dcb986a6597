/** Who of a room is meant: the exact name, `name#tag`, or four or more digits of the id. Never a guess. */
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { MemberInfo, PersonInfo } from "../rpc/methods.js";
import { confusableSkeleton, safeName } from "../safe-text.js";
import type { PositionalSpec } from "./define.js";

const MIN_ID_CHARS = 4;
const MAX_NEAR = 5;

export const PERSON_ARGUMENT: PositionalSpec = {
  name: "person",
  describe: `Exact name, name#tag as members prints it, or ${MIN_ID_CHARS} or more digits of the id`,
};

export async function findMember(core: RpcClient, room: string, said: string): Promise<MemberInfo> {
  return pickMember(await core.request("room.members", { room }), said);
}

/** @throws NO_SUCH_MEMBER with near names in the hint, AMBIGUOUS_MEMBER with the ids of all that fit */
export function pickMember(members: readonly MemberInfo[], said: string): MemberInfo {
  const tagged = members.filter(({ name, tag }) => tag !== null && `${name}#${tag}` === said);
  const named = members.filter(({ name }) => name === said);
  const isId = said.length >= MIN_ID_CHARS && /^[0-9a-f]+$/.test(said);
  const byId = isId ? members.filter(({ id }) => id.startsWith(said)) : [];
  const found = [tagged, named, byId].find((list) => list.length > 0) ?? [];
  // The same looks under other letters: whoever typed the name may mean the other one.
  const alike =
    found === named ? members.filter(({ name }) => confusableSkeleton(name) === confusableSkeleton(said)) : [];
  if (found.length === 1 && found[0] && alike.length <= 1) return found[0];
  if (found.length > 0) throw ambiguous(alike.length > found.length ? alike : found, said);
  const near = members.filter(({ name }) => isNear(name, said)).slice(0, MAX_NEAR);
  throw new KeetError("user", "NO_SUCH_MEMBER", `Nobody here is called "${safeName(said)}"`, {
    hint:
      near.length === 0
        ? "keet-tui members <room> shows who is in it."
        : `Near it: ${near.map(({ name }) => `"${safeName(name)}"`).join(", ")}. Names count exactly.`,
  });
}

function ambiguous(people: readonly PersonInfo[], said: string): KeetError {
  const list = people.map(({ id, name }) => `${id.slice(0, 16)} (${safeName(name)})`);
  return new KeetError("user", "AMBIGUOUS_MEMBER", `${people.length} people here look like "${safeName(said)}"`, {
    hint: `Say which by the id: ${list.join(", ")}`,
    data: { people: people.map(({ id, name }) => ({ id, name })) },
  });
}

function isNear(name: string, said: string): boolean {
  const [one, other] = [confusableSkeleton(name), confusableSkeleton(said)];
  return other !== "" && (one.includes(other) || other.includes(one));
}
