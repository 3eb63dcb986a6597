/** Ops on a person: their role, their right to write. Part of `apply`: see there for what it may not do. */
import type { Host } from "autobase";
import b4a from "b4a";
import type { MemberContext, Outcome } from "./apply.js";
import { mayDo } from "./rights.js";
import type { RemoveMember, SetRole } from "./spec/generated/types.js";
import { type PersonRecord, ROLES } from "./view.js";

/** No limit: a record more or less would part the views. */
const ALL = Number.MAX_SAFE_INTEGER;

export async function applyToPerson(op: SetRole | RemoveMember, context: MemberContext): Promise<Outcome> {
  const { view, identity, person, room, listener } = context;
  const own = b4a.equals(op.identity, identity);
  const target = own ? person : await view.person(op.identity);
  if (!target) return "no-such-member";
  if (!mayDo(op.type, { role: person.role, room, own, otherRole: target.role })) return "not-allowed";
  const wrong = await (op.type === "set-role" ? setRole(op, target, own, context) : remove(op, target, own, context));
  if (wrong) return wrong;
  listener.person(true);
  return null;
}

async function setRole(op: SetRole, target: PersonRecord, own: boolean, { view }: MemberContext): Promise<Outcome> {
  const role = ROLES[op.role - 1]!;
  if (role === target.role && !target.removed) return "no-row";
  // A room without an owner could never have one again.
  if (own && target.role === "owner" && !(await hasOtherOwner(op.identity, view))) return "not-allowed";
  await view.putPerson(op.identity, { ...target, role, removed: false });
  return null;
}

async function hasOtherOwner(identity: Uint8Array, view: MemberContext["view"]): Promise<boolean> {
  const persons = await view.persons(ALL);
  return persons.some(
    ({ key, value }) => value.role === "owner" && !value.removed && value.writers > 0 && !b4a.equals(key, identity),
  );
}

async function remove(
  op: RemoveMember,
  target: PersonRecord,
  own: boolean,
  { view, host }: MemberContext,
): Promise<Outcome> {
  if (target.removed) return "duplicate";
  // As with `set-role`: a room with others and without an owner could never have one again.
  const { persons: before } = await view.counts();
  if (own && target.role === "owner" && before > 1 && !(await hasOtherOwner(op.identity, view))) return "not-allowed";
  for (const { key, value } of await view.writers(ALL)) {
    if (!value.active || !b4a.equals(value.identity, op.identity)) continue;
    await view.putWriter(key, { ...value, active: false });
    // The library throws for the last one that signs; what it writes is left out all the same.
    if (host.removeable(key)) await host.removeWriter(key);
  }
  for (const { key, value } of await view.invites(ALL)) {
    if (b4a.equals(value.by, op.identity) && !value.revoked) await view.putInvite(key, { ...value, revoked: true });
  }
  await keepOneOrThree(host, view);
  await view.putPerson(op.identity, { ...target, role: "member", removed: true, writers: 0 });
  const { persons, writers, ...counts } = await view.counts();
  await view.putCounts({
    ...counts,
    persons: persons - (target.writers > 0 ? 1 : 0),
    writers: writers - target.writers,
  });
  return null;
}

/** Of two that sign either one away stops it, so where one of three left only one of them goes on. */
async function keepOneOrThree(host: Host, view: MemberContext["view"]): Promise<void> {
  const left = indexersOf(host);
  if (left.length !== 2) return;
  const ranks: number[] = [];
  for (const key of left) {
    const identity = (await view.writer(key))?.identity;
    const role = identity ? (await view.person(identity))?.role : null;
    ranks.push(role ? ROLES.indexOf(role) : -1);
  }
  // The one who may name others again, where only one of them may.
  await host.addWriter(ranks[1]! > ranks[0]! ? left[0]! : left[1]!, { indexer: false });
}

/** Writers that sign now, in the order the room has them. */
export function indexersOf(host: Host): Uint8Array[] {
  const { indexers } = (host as unknown as { system: { indexers: readonly { key: Uint8Array }[] } }).system;
  return indexers.map(({ key }) => key);
}
