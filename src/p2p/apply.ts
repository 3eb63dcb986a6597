/**
 * Ordered blocks → view. Reads its arguments and nothing else: no clock, random, config, event or file, so that the
 * same blocks give the same view on every device. Never throws on data and never interrupts, since both close the
 * room on every honest device, again after each restart; only errors of the store pass through.
 */
import type { ApplyNode, Host } from "autobase";
import b4a from "b4a";
import c from "compact-encoding";
import Hypercore from "hypercore";
import messages from "hypercore/lib/messages.js";
import { isAdmission } from "./admission.js";
import { applyToMessage } from "./apply-message.js";
import { applyToPerson, indexersOf } from "./apply-person.js";
import { decode, type Envelope, type RejectReason } from "./decode.js";
import { verifyJoin } from "./identity.js";
import { mayDo } from "./rights.js";
import type { AddInvite, JoinRoom, Op, SetIndexers, SetRoom } from "./spec/generated/types.js";
import {
  KINDS,
  OFFERED,
  type PersonRecord,
  ROLES,
  type Role,
  type RoomRecord,
  type ViewWriter,
  type WriterRecord,
} from "./view.js";

/** Devices of one person in one room: without an end somebody could fill it with writers of their own. */
const MAX_DEVICES = 16;

/** What the room wants to hear of; nothing of it flows back into the view. */
export interface ApplyListener {
  /** A row was written at this place. */
  row(place: number): void;
  /** What is on the row at this place changed. */
  mark(place: number): void;
  joined(writerKey: Uint8Array, record: WriterRecord): void;
  /** Somebody's name changed; with `rights`, what they may do. */
  person(rights: boolean): void;
  leftOut(writerKey: Uint8Array, length: number, reason: RejectReason): void;
}

export interface ApplyStore {
  /** Opens a writer's core with its manifest, so that all devices name the next cores alike. */
  knowManifest(key: Uint8Array, manifest: unknown): Promise<void>;
}

export interface Context {
  readonly node: ApplyNode;
  readonly envelope: Envelope;
  readonly view: ViewWriter;
  readonly host: Host;
  readonly store: ApplyStore;
  readonly listener: ApplyListener;
  readonly writerKey: Uint8Array;
}

export async function applyNodes(
  nodes: readonly ApplyNode[],
  view: ViewWriter,
  host: Host,
  store: ApplyStore,
  listener: ApplyListener,
): Promise<void> {
  for (const node of nodes) {
    if (!node.value) continue;
    const writerKey = node.from.key;
    const decoded = decode(node.value);
    const wrong = decoded.ok
      ? await applyOp(decoded.op, { node, envelope: decoded.envelope, view, host, store, listener, writerKey })
      : decoded.reason;
    if (wrong) listener.leftOut(writerKey, node.length, wrong);
  }
}

async function applyOp(op: Op | null, context: Context): Promise<RejectReason | null> {
  const { node, view, writerKey, envelope } = context;
  if (op?.type === "join-room") return join(op, context);
  // Optimistic blocks come from writers whom nobody has let in yet: joining is all they may do.
  if (node.optimistic) return "not-a-member";
  const writer = await view.writer(writerKey);
  if (!writer?.active) return "not-a-member";
  const person = await view.person(writer.identity);
  if (!person || person.removed) return "not-a-member";
  if (await view.has(writerKey, envelope.id)) return "duplicate";
  // A later version's op keeps its place and its bytes, unread.
  if (op === null) return addRow(context).then(() => null);
  const wrong = await applyMembersOp(op, { ...context, identity: writer.identity, person, room: await view.room() });
  if (wrong === "no-row") return view.note(writerKey, envelope.id).then(() => null);
  if (wrong) return wrong;
  const place = await addRow(context);
  if (op.type === "share-file") await view.putFile(place, OFFERED);
  return null;
}

export interface MemberContext extends Context {
  readonly identity: Uint8Array;
  readonly person: PersonRecord;
  readonly room: RoomRecord | null;
}

/** Null: it gets a row; `no-row`: it was taken and gets none. */
export type Outcome = RejectReason | "no-row" | null;

function applyMembersOp(op: Exclude<Op, JoinRoom>, context: MemberContext): Promise<Outcome> {
  switch (op.type) {
    case "post-message":
    case "share-file":
    case "note-call":
      return say(op.type, context);
    case "edit-message":
    case "delete-message":
    case "add-reaction":
    case "remove-reaction":
    case "pin-message":
    case "unpin-message":
    case "finish-file":
    case "unshare-file":
      return applyToMessage(op, context);
    case "set-profile":
      return setProfile(op.name, context);
    case "set-room":
      return setRoom(op, context);
    case "set-indexers":
      return setIndexers(op, context);
    case "set-role":
    case "remove-member":
      return applyToPerson(op, context);
    case "add-invite":
      return addInvite(op, context);
    case "revoke-invite":
      return revokeInvite(op.invite, context);
  }
}

async function say(
  act: "post-message" | "share-file" | "note-call",
  { person, room }: MemberContext,
): Promise<Outcome> {
  return mayDo(act, { role: person.role, room, own: true }) ? null : "not-allowed";
}

async function setProfile(name: string, { view, identity, person, room, listener }: MemberContext): Promise<Outcome> {
  if (!mayDo("set-profile", { role: person.role, room, own: true })) return "not-allowed";
  await view.putPerson(identity, { ...person, name });
  listener.person(false);
  return name === person.name ? "no-row" : null;
}

async function addInvite(op: AddInvite, { view, identity, person, room }: MemberContext): Promise<Outcome> {
  if (!mayDo("add-invite", { role: person.role, room, own: true })) return "not-allowed";
  if (await view.invite(op.invite)) return "duplicate";
  await view.putInvite(op.invite, {
    publicKey: op.publicKey,
    by: identity,
    uses: op.uses,
    used: 0,
    expiresAt: op.expiresAt,
    revoked: false,
    only: b4a.concat([...(op.only ?? [])]),
  });
  return "no-row";
}

async function revokeInvite(id: Uint8Array, { view, identity, person, room }: MemberContext): Promise<Outcome> {
  const invite = await view.invite(id);
  if (!invite) return "no-such-invite";
  const own = b4a.equals(invite.by, identity);
  if (!mayDo("revoke-invite", { role: person.role, room, own })) return "not-allowed";
  await view.putInvite(id, { ...invite, revoked: true });
  return "no-row";
}

const NEW_ROOM: Omit<RoomRecord, "createdAt"> = {
  name: "",
  topic: "",
  kind: "group",
  post: "member",
  invite: "member",
  share: "member",
  call: "member",
  successor: null,
  predecessor: null,
};

async function setRoom(op: SetRoom, { view, person, room, envelope }: MemberContext): Promise<Outcome> {
  const kind = op.kind ? KINDS[op.kind - 1] : (room?.kind ?? "group");
  if (!kind) return "not-allowed";
  const asking = { role: person.role, room, own: true };
  const { persons } = await view.counts();
  // The kind decides who may do what, so it is fixed once somebody else is in.
  const changesKind = kind !== room?.kind;
  if (changesKind && room && persons > 1) return "not-allowed";
  const setsRights = changesKind || Boolean(op.post || op.invite || op.share || op.call || op.predecessor);
  if (setsRights && !mayDo("set-rights", asking)) return "not-allowed";
  if (op.successor && !mayDo("end-room", asking)) return "not-allowed";
  const names = Boolean(op.name || op.topic || op.clearTopic);
  if (names && !mayDo("name-room", asking)) return "not-allowed";

  // Where a kind says who may post, that is how it begins.
  const base = room ?? { ...NEW_ROOM, createdAt: envelope.sentAt };
  const start: Role = changesKind && kind === "broadcast" ? "moderator" : base.post;
  const level = (value: number | null | undefined, before: Role): Role => (value ? ROLES[value - 1]! : before);
  const after: RoomRecord = {
    name: op.name || base.name,
    topic: op.clearTopic ? "" : op.topic || base.topic,
    kind,
    createdAt: base.createdAt,
    post: level(op.post, start),
    invite: level(op.invite, changesKind && kind === "broadcast" ? "moderator" : base.invite),
    share: level(op.share, changesKind && kind === "broadcast" ? "moderator" : base.share),
    call: level(op.call, base.call),
    successor: op.successor ? (isZero(op.successor) ? null : op.successor) : base.successor,
    predecessor: op.predecessor ?? base.predecessor,
  };
  await view.putRoom(after);
  return room === null || isSameRoom(room, after) ? "no-row" : null;
}

function isSameRoom(a: RoomRecord, b: RoomRecord): boolean {
  const same = (left: Uint8Array | null, right: Uint8Array | null) =>
    left === right || (left !== null && right !== null && b4a.equals(left, right));
  const levels = (["name", "topic", "kind", "post", "invite", "share", "call"] as const).every((n) => a[n] === b[n]);
  return levels && same(a.successor, b.successor) && same(a.predecessor, b.predecessor);
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** @returns its place */
async function addRow({ node, envelope, view, listener, writerKey }: Context): Promise<number> {
  const row = { writer: writerKey, length: node.length, bytes: envelope.bytes };
  const place = await view.addRow(row, envelope.id);
  listener.row(place);
  return place;
}

async function join(op: JoinRoom, context: Context): Promise<RejectReason | null> {
  const { node, envelope, view, host, listener, writerKey } = context;
  const before = await view.writer(writerKey);
  if (before?.active || (await view.has(writerKey, envelope.id))) return "duplicate";
  const { signingKey, noiseKey } = op;
  const proven = verifyJoin(op.proof, { roomKey: host.key, writerKey, signingKey, noiseKey });
  if (!proven) return "bad-proof";
  const identity = proven.identityKey;
  // A log is one person's for good: else what was said in it would be another one's.
  if (before && !b4a.equals(before.identity, identity)) return "bad-proof";
  const person = await view.person(identity);
  if (person?.removed) return "not-allowed";

  // Only once: a founder who left comes back by an invite, as everybody does.
  const isCreator = before === null && b4a.equals(writerKey, host.key);
  const isIn = person !== null && person.writers > 0;
  const room = await view.room();
  const { writers, persons, ...counts } = await view.counts();
  if (!isIn && room?.kind === "direct" && persons >= 2) return "not-allowed";
  if (isIn && person.writers >= MAX_DEVICES) return "too-many";
  // Who is in needs nobody's leave for one more device: the identity vouches for it.
  if (!isCreator && !isIn) {
    const wrong = await spendAdmission(op, identity, context);
    if (wrong) return wrong;
  }
  const record: WriterRecord = {
    active: true,
    identity,
    signingKey,
    noiseKey,
    joinLength: node.length,
    joinBytes: envelope.bytes,
  };
  await view.putWriter(writerKey, record);
  const role = person?.role ?? (isCreator || room?.kind === "direct" ? "owner" : "member");
  await view.putPerson(identity, {
    role,
    removed: false,
    writers: (person?.writers ?? 0) + 1,
    name: person?.name ?? op.name,
  });
  await view.putCounts({ ...counts, writers: writers + 1, persons: persons + (isIn ? 0 : 1) });
  // One that signs alone goes on signing when it is removed; making it a mere writer would leave nobody.
  const signs = indexersOf(host).some((key) => b4a.equals(key, writerKey));
  if (!isCreator && !signs) await host.addWriter(writerKey, { indexer: false });
  listener.joined(writerKey, record);
  await addRow(context);
  return null;
}

async function spendAdmission(op: JoinRoom, identity: Uint8Array, context: Context): Promise<RejectReason | null> {
  const { view, host, writerKey } = context;
  if (!op.admission) return "bad-admission";
  const { admitter, signature } = op.admission;
  const invite = await view.invite(op.admission.invite);
  if (!invite) return "no-such-invite";
  if (invite.revoked || invite.used >= invite.uses) return "no-such-invite";
  if (invite.only.byteLength > 0 && !isNamed(invite.only, identity)) return "bad-admission";
  const admitterWriter = await view.writer(admitter);
  const admitterPerson = admitterWriter?.active ? await view.person(admitterWriter.identity) : null;
  if (!admitterWriter || !admitterPerson || admitterPerson.removed) return "bad-admission";
  const newcomer = { roomKey: host.key, invite: op.admission.invite, writerKey, identity };
  if (!isAdmission(newcomer, signature, admitterWriter.signingKey)) return "bad-admission";
  await view.putInvite(op.admission.invite, { ...invite, used: invite.used + 1 });
  return null;
}

/** Is this identity among those an invite is for? */
export function isNamed(only: Uint8Array, identity: Uint8Array): boolean {
  for (let at = 0; at < only.byteLength; at += identity.byteLength) {
    if (b4a.equals(only.subarray(at, at + identity.byteLength), identity)) return true;
  }
  return false;
}

async function setIndexers(op: SetIndexers, context: MemberContext): Promise<Outcome> {
  const { view, host, store, person, room } = context;
  if (!mayDo("set-indexers", { role: person.role, room, own: true })) return "not-allowed";
  const wanted = new Map<string, Uint8Array>();
  const manifests: { key: Uint8Array; manifest: unknown }[] = [];
  for (const { writer, manifest: bytes } of op.indexers) {
    // Only members: a promotion ordered before the newcomer's join would be undone by that join.
    if (!(await view.writer(writer))?.active) return "not-a-member";
    const manifest = manifestOf(bytes, writer);
    if (!manifest) return "unreadable";
    manifests.push({ key: writer, manifest });
    wanted.set(b4a.toString(writer, "hex"), writer);
  }
  if (wanted.size !== op.indexers.length) return "unreadable";
  for (const { key, manifest } of manifests) await store.knowManifest(key, manifest);
  for (const writer of wanted.values()) await host.addWriter(writer, { indexer: true });
  for (const key of indexersOf(host)) {
    if (!wanted.has(b4a.toString(key, "hex"))) await host.addWriter(key, { indexer: false });
  }
  return "no-row";
}

/** A core's manifest out of an op, if it is one and names that very core; null for anything else. */
function manifestOf(bytes: Uint8Array, key: Uint8Array): unknown {
  try {
    const manifest = c.decode(messages.manifest, bytes);
    return b4a.equals(Hypercore.key(manifest), key) ? manifest : null;
  } catch {
    return null;
  }
}
