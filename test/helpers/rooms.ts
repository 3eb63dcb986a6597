// Rooms without a network: real stores, real logs, replication over a pair of streams.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import b4a from "b4a";
import Corestore from "corestore";
import crypto from "hypercore-crypto";
import ProtomuxWakeup from "protomux-wakeup";
import { signAdmission } from "../../src/p2p/admission.js";
import { Identity } from "../../src/p2p/identity.js";
import { newId, Room } from "../../src/p2p/room.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import { within } from "../../src/p2p/time-limit.js";

export interface Person {
  readonly name: string;
  readonly identity: Identity;
  readonly store: Corestore;
  readonly wakeup: ProtomuxWakeup;
  readonly room: Room;
  readonly folder: string;
  close(): Promise<void>;
}

export async function openPerson(
  folder: string,
  name: string,
  source: { key: Uint8Array; encryptionKey: Uint8Array } | null,
  { fastForward = true, namespace = "room" as string | Uint8Array } = {},
): Promise<Person> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const identity = Identity.read(folder) ?? (await Identity.create(folder, name));
  const store = new Corestore(join(folder, "store"));
  await store.ready();
  const wakeup = new ProtomuxWakeup();
  const room = new Room({
    store: store.namespace(namespace),
    wakeup,
    key: source?.key ?? null,
    encryptionKey: source?.encryptionKey ?? crypto.randomBytes(32),
    identity,
    fastForward,
  });
  await room.ready();
  return {
    name,
    identity,
    store,
    wakeup,
    room,
    folder,
    close: async () => {
      await room.close();
      await store.close();
      wakeup.destroy();
    },
  };
}

export function write(person: Person, op: Op): Promise<void> {
  return person.room.append(person.room.seal(op, newId(), Date.now()));
}

export function say(person: Person, text: string): Promise<void> {
  return write(person, { type: "post-message", text });
}

export async function found(folder: string, name: string): Promise<Person> {
  const person = await openPerson(folder, name, null);
  await write(person, person.room.joinOp(null));
  await write(person, { type: "set-room", name: "tea", topic: "", kind: 1 });
  return person;
}

export async function invite(person: Person, uses = 10): Promise<Uint8Array> {
  const id = crypto.randomBytes(32);
  const { publicKey } = crypto.keyPair();
  await write(person, { type: "add-invite", invite: id, publicKey, uses, expiresAt: Date.now() + 86_400_000 });
  return id;
}

/** `newcomer` writes its own join, admitted by `member`. */
export async function admit(member: Person, newcomer: Person, inviteId: Uint8Array): Promise<void> {
  const { room } = newcomer;
  const signature = signAdmission(
    { roomKey: room.key, invite: inviteId, writerKey: room.writerKey, identity: newcomer.identity.key },
    member.room.signingSecretKey,
  );
  member.room.expect(room.writerKey);
  const op = room.joinOp({ invite: inviteId, admitter: member.room.writerKey, signature });
  await room.append(room.seal(op, newId(), Date.now()), true);
}

/** Connects two; the answer cuts them again. */
export function connect(a: Person, b: Person): () => Promise<void> {
  const left = a.store.replicate(true);
  const right = b.store.replicate(false);
  a.wakeup.addStream(left);
  b.wakeup.addStream(right);
  left.on("error", () => {});
  right.on("error", () => {});
  left.pipe(right).pipe(left);
  let cut: Promise<unknown> | null = null;
  return async () => {
    cut ??= Promise.all(
      [left, right].map((stream) => {
        const closed = new Promise((resolve) => stream.once("close", resolve));
        stream.destroy();
        return closed;
      }),
    );
    await cut;
  };
}

/** The condition itself may hang, on a block that nobody here has. */
export async function until(condition: () => Promise<boolean> | boolean, limitMs = 20_000): Promise<void> {
  const late = () => new Error(`not true within ${limitMs} ms: ${condition}`);
  const end = Date.now() + limitMs;
  while (!(await within(Promise.resolve(condition()), limitMs, late))) {
    if (Date.now() > end) throw late();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function texts(person: Person): Promise<string[]> {
  const rows = await person.room.rows(0, await total(person));
  return rows.flatMap(({ op }) => (op?.type === "post-message" ? [op.text] : []));
}

export async function total(person: Person): Promise<number> {
  return await person.room.base.view
    .peek({ gte: Uint8Array.of(1), lt: Uint8Array.of(2) }, { reverse: true })
    .then((entry) => (entry ? entry.key.readUInt32BE(1) + 1 : 0));
}

/** Hash of every entry of the view: equal on two devices that agree. */
export async function viewHash(person: Person): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const { key, value } of person.room.base.view.createReadStream({})) parts.push(key, value);
  return b4a.toString(crypto.hash(b4a.concat(parts)), "hex");
}
