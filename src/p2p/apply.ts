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
import { decode, type Envelope, type RejectReason } from "./decode.js";
import { verifyJoin } from "./identity.js";
import { mayDo } from "./rights.js";
import type { JoinRoom, Op, SetIndexers } from "./spec/generated/types.js";
import { KINDS, type ViewWriter, type WriterRecord } from "./view.js";

/** What the room wants to hear of; nothing of it flows back into the view. */
export interface ApplyListener {
  /** A row was written at this place. */
  row(place: number): void;
  joined(writerKey: Uint8Array, record: WriterRecord): void;
  /** Somebody's name or rights changed. */
  person(): void;
  leftOut(writerKey: Uint8Array, length: number, reason: RejectReason): void;
}

export interface ApplyStore {
  /** Opens a writer's core with its manifest, so that all devices name the next cores alike. */
  knowManifest(key: Uint8Array, manifest: unknown): Promise<void>;
}

interface Context {
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
  const { node, view, writerKey } = context;
  if (op?.type === "join-room") return join(op, context);
  // Optimistic blocks come from writers whom nobody has let in yet: joining is all they may do.
  if (node.optimistic) return "not-a-member";
  const writer = await view.writer(writerKey);
  if (!writer?.active) return "not-a-member";
  const person = await view.person(writer.identity);
  if (!person || person.removed) return "not-a-member";
  // A later version's op keeps its place and its bytes, unread.
  if (op === null) return addRow(context);
  if (!mayDo(person.role, op.type)) return "not-allowed";

  switch (op.type) {
    case "post-message":
      return addRow(context);
    case "set-profile":
      await view.putPerson(writer.identity, { ...person, name: op.name });
      context.listener.person();
      return null;
    case "set-room": {
      const before = await view.room();
      const { persons } = await view.counts();
      const kind = op.kind ? KINDS[op.kind - 1] : (before?.kind ?? "group");
      if (!kind) return "not-allowed";
      // The kind decides who may do what, so it is fixed once somebody else is in.
      if (before && persons > 1 && kind !== before.kind) return "not-allowed";
      await view.putRoom({
        name: op.name || before?.name || "",
        topic: op.clearTopic ? "" : op.topic || before?.topic || "",
        kind,
        createdAt: before?.createdAt ?? context.envelope.sentAt,
      });
      return null;
    }
    case "set-indexers":
      return setIndexers(op, context);
    case "add-invite": {
      if (await view.invite(op.invite)) return "duplicate";
      await view.putInvite(op.invite, {
        publicKey: op.publicKey,
        by: writer.identity,
        uses: op.uses,
        used: 0,
        expiresAt: op.expiresAt,
        revoked: false,
      });
      return null;
    }
    case "revoke-invite": {
      const invite = await view.invite(op.invite);
      if (!invite) return "no-such-invite";
      if (person.role === "member" && !b4a.equals(invite.by, writer.identity)) return "not-allowed";
      await view.putInvite(op.invite, { ...invite, revoked: true });
      return null;
    }
  }
}

async function addRow({ node, envelope, view, listener, writerKey }: Context): Promise<RejectReason | null> {
  const row = { writer: writerKey, length: node.length, bytes: envelope.bytes };
  const place = await view.addRow(row, envelope.id);
  if (place === null) return "duplicate";
  listener.row(place);
  return null;
}

async function join(op: JoinRoom, context: Context): Promise<RejectReason | null> {
  const { node, envelope, view, host, listener, writerKey } = context;
  if (await view.writer(writerKey)) return "duplicate";
  const { signingKey, noiseKey } = op;
  const proven = verifyJoin(op.proof, { roomKey: host.key, writerKey, signingKey, noiseKey });
  if (!proven) return "bad-proof";
  const identity = proven.identityKey;
  const person = await view.person(identity);
  if (person?.removed) return "not-allowed";

  const isCreator = b4a.equals(writerKey, host.key);
  if (!isCreator) {
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
  const role = person?.role ?? (isCreator ? "owner" : "member");
  await view.putPerson(identity, {
    role,
    removed: false,
    writers: (person?.writers ?? 0) + 1,
    name: person?.name ?? op.name,
  });
  const { writers, persons } = await view.counts();
  await view.putCounts({ writers: writers + 1, persons: persons + (person ? 0 : 1) });
  if (!isCreator) await host.addWriter(writerKey, { indexer: false });
  listener.joined(writerKey, record);
  return addRow(context);
}

async function spendAdmission(op: JoinRoom, identity: Uint8Array, context: Context): Promise<RejectReason | null> {
  const { view, host, writerKey } = context;
  if (!op.admission) return "bad-admission";
  const { admitter, signature } = op.admission;
  const invite = await view.invite(op.admission.invite);
  if (!invite) return "no-such-invite";
  if (invite.revoked || invite.used >= invite.uses) return "no-such-invite";
  const admitterWriter = await view.writer(admitter);
  const admitterPerson = admitterWriter?.active ? await view.person(admitterWriter.identity) : null;
  if (!admitterWriter || !admitterPerson || admitterPerson.removed) return "bad-admission";
  const newcomer = { roomKey: host.key, invite: op.admission.invite, writerKey, identity };
  if (!isAdmission(newcomer, signature, admitterWriter.signingKey)) return "bad-admission";
  await view.putInvite(op.admission.invite, { ...invite, used: invite.used + 1 });
  return null;
}

async function setIndexers(op: SetIndexers, { view, host, store }: Context): Promise<RejectReason | null> {
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
  const { indexers } = (host as unknown as { system: { indexers: readonly { key: Uint8Array }[] } }).system;
  for (const { key } of [...indexers]) {
    if (!wanted.has(b4a.toString(key, "hex"))) await host.addWriter(key, { indexer: false });
  }
  return null;
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
