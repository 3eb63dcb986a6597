/**
 * The wire, as bytes: fixed seeds and what comes of them, in test/vectors. What is compared here is derived a second
 * time by the few lines below, from docs/protocol.md alone, so that the program and the document cannot drift apart.
 *
 *   UPDATE=1 npm test -- p2p/vectors     adds entries that are missing; it changes none that is there
 *
 * Vectors of a released version are never changed.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import b4a from "b4a";
import BlindPairing from "blind-pairing";
import c, { type Codec } from "compact-encoding";
import Hypercore from "hypercore";
import messages from "hypercore/lib/messages.js";
import crypto, { type KeyPair } from "hypercore-crypto";
import type { Connection } from "hyperswarm";
import IdentityKey from "keet-identity-key";
import Protomux, { type Channel } from "protomux";
import sodium from "sodium-universal";
import t, { type Test } from "tap";
import z32 from "z32";
import { isAdmission, isAsk, signAdmission, signAsk } from "../../src/p2p/admission.js";
import { type ChannelListener, RoomPeer } from "../../src/p2p/channel.js";
import { decode, encode, isSignedBy } from "../../src/p2p/decode.js";
import { fingerprintOf, Identity, verifyJoin } from "../../src/p2p/identity.js";
import { linkOf, parseLink } from "../../src/p2p/invite-link.js";
import { decodeBeacon, encodeBeacon } from "../../src/p2p/lan.js";
import { knockData } from "../../src/p2p/pairing.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import { OPS } from "../../src/p2p/spec/ops.js";
import { ViewWriter } from "../../src/p2p/view.js";
import { until } from "../helpers/rooms.js";

// The tests run from a folder of their own below the checkout.
const FOLDER = new URL("../../../test/vectors/", import.meta.url);
const WORDS = {
  founder: `${"abandon ".repeat(23)}art`,
  newcomer: `${"zoo ".repeat(23)}vote`,
};
const SENT_AT = 1_764_000_000_123;
const EPOCH = 1_764_000_000_000;

type Vectors = Readonly<Record<string, string | number | boolean | null | object>>;

const hex = (bytes: Uint8Array) => b4a.toString(bytes, "hex");
const bytesOf = (text: unknown) => b4a.from(String(text), "hex");
const fill = (byte: number, length = 32) => Buffer.alloc(length, byte);

/** What keet-identity-key does and our declarations leave out. */
interface Attesting {
  attestDevice(device: Uint8Array, parent: KeyPair, proof: object): Buffer;
}

interface Person {
  readonly identityKey: Buffer;
  readonly device: KeyPair;
  readonly noise: KeyPair;
  readonly signing: KeyPair;
  readonly deviceProof: Buffer;
  readonly writerKey: Buffer;
  readonly manifest: Buffer;
}

async function person(words: string, first: number): Promise<Person> {
  const identity = (await IdentityKey.from({ mnemonic: words })) as IdentityKey & { identityKeyPair: KeyPair };
  const device = crypto.keyPair(fill(first));
  const start = { version: 1, epoch: EPOCH, identity: identity.identityPublicKey, chain: [] };
  const attesting = IdentityKey as unknown as Attesting;
  const signing = crypto.keyPair(fill(first + 2));
  const manifest = manifestOf(signing.publicKey);
  return {
    identityKey: identity.identityPublicKey,
    device,
    noise: crypto.keyPair(fill(first + 1)),
    signing,
    deviceProof: attesting.attestDevice(device.publicKey, identity.identityKeyPair, start),
    writerKey: Hypercore.key(c.decode(messages.manifest, manifest)),
    manifest,
  };
}

const NAMESPACE = hash(hash(b4a.from("hypercore")), Uint8Array.of(4));

/** version 1 · flags 0 · BLAKE2b 0 · quorum 1 · one signer · ed25519 0 · namespace 32 · public key 32 */
function manifestOf(publicKey: Uint8Array): Buffer {
  return b4a.concat([Uint8Array.of(1, 0, 0, 1, 1, 0), NAMESPACE, publicKey]);
}

function hash(...parts: Uint8Array[]): Buffer {
  const out = b4a.alloc(32);
  sodium.crypto_generichash(out, b4a.concat(parts));
  return out;
}

function keyedHash(length: number, key: Uint8Array, ...parts: Uint8Array[]): Buffer {
  const out = b4a.alloc(length);
  sodium.crypto_generichash(out, b4a.concat(parts), key);
  return out;
}

function uint32(value: number): Buffer {
  const bytes = b4a.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint48(value: number): Buffer {
  const bytes = b4a.alloc(6);
  bytes.writeUIntLE(value, 0, 6);
  return bytes;
}

const founder = await person(WORDS.founder, 0x01);
const newcomer = await person(WORDS.newcomer, 0x11);
const roomKey = founder.writerKey;
const encryptionKey = fill(0x05);
const discoveryKey = crypto.discoveryKey(roomKey);
const inviteSeed = fill(0x06);
const inviteKeys = crypto.keyPair(inviteSeed);
const inviteBytes = b4a.concat([Uint8Array.of(1, 1), inviteSeed, discoveryKey]);
const inviteId = BlindPairing.decodeInvite(inviteBytes).id;
const asking = { roomKey, invite: inviteId, writerKey: newcomer.writerKey, identity: newcomer.identityKey };
const admission = {
  invite: inviteId,
  admitter: founder.writerKey,
  signature: signAdmission(asking, founder.signing.secretKey),
};
const handshakeHash = fill(0x07, 64);
const nonce = fill(0x08, 8);

function claimOf({ writerKey, signing, noise }: Person): Buffer {
  return b4a.concat([b4a.from("keet-tui/join/1"), roomKey, writerKey, signing.publicKey, noise.publicKey]);
}

function joinOf(who: Person, name: string, admitted: boolean): Op {
  return {
    type: "join-room",
    name,
    signingKey: who.signing.publicKey,
    noiseKey: who.noise.publicKey,
    proof: IdentityKey.attestData(claimOf(who), who.device, who.deviceProof),
    admission: admitted ? admission : null,
    ...(admitted ? { device: "laptop" } : {}),
  };
}

const TARGET = { writer: founder.writerKey, id: fill(0x12, 16) };

/** One of each op that is built, and both kinds of join. */
const EXAMPLES: readonly { readonly name: string; readonly by: Person; readonly op: Op }[] = [
  { name: "join-room, founder", by: founder, op: joinOf(founder, "maya", false) },
  { name: "join-room, newcomer", by: newcomer, op: joinOf(newcomer, "боб", true) },
  { name: "post-message", by: founder, op: { type: "post-message", text: "Grüße 幅 👍" } },
  {
    name: "post-message, with everything",
    by: newcomer,
    op: {
      type: "post-message",
      text: "pours @maya some tea",
      action: true,
      replyTo: { writer: founder.writerKey, id: fill(0x12, 16) },
      mentions: [founder.identityKey],
    },
  },
  { name: "set-profile", by: newcomer, op: { type: "set-profile", name: "bob" } },
  { name: "set-room", by: founder, op: { type: "set-room", name: "tea", topic: "green and black", kind: 1 } },
  {
    name: "set-indexers",
    by: founder,
    op: { type: "set-indexers", indexers: [{ writer: founder.writerKey, manifest: founder.manifest }] },
  },
  {
    name: "add-invite",
    by: founder,
    op: {
      type: "add-invite",
      invite: inviteId,
      publicKey: inviteKeys.publicKey,
      uses: 1,
      expiresAt: SENT_AT + 86_400_000,
    },
  },
  { name: "revoke-invite", by: founder, op: { type: "revoke-invite", invite: inviteId } },
  {
    name: "edit-message",
    by: founder,
    op: { type: "edit-message", target: TARGET, text: "Grüße", mentions: [newcomer.identityKey] },
  },
  { name: "delete-message", by: founder, op: { type: "delete-message", target: TARGET } },
  { name: "add-reaction", by: newcomer, op: { type: "add-reaction", target: TARGET, emoji: "👍\ufe0f" } },
  { name: "remove-reaction", by: newcomer, op: { type: "remove-reaction", target: TARGET, emoji: "👍" } },
  { name: "pin-message", by: founder, op: { type: "pin-message", target: TARGET } },
  { name: "unpin-message", by: founder, op: { type: "unpin-message", target: TARGET } },
  {
    name: "set-room, rights",
    by: founder,
    op: { type: "set-room", post: 2, invite: 3, share: 1, call: 2, predecessor: fill(0x0b) },
  },
  { name: "set-room, successor", by: founder, op: { type: "set-room", successor: fill(0x0c) } },
  { name: "set-role", by: founder, op: { type: "set-role", identity: newcomer.identityKey, role: 2 } },
  { name: "remove-member", by: founder, op: { type: "remove-member", identity: newcomer.identityKey } },
  {
    name: "add-invite, for certain people",
    by: founder,
    op: {
      type: "add-invite",
      invite: inviteId,
      publicKey: inviteKeys.publicKey,
      uses: 1,
      expiresAt: SENT_AT + 86_400_000,
      only: [newcomer.identityKey],
    },
  },
  {
    name: "share-file",
    by: founder,
    op: {
      type: "share-file",
      name: "Grüße 幅.tgz",
      size: 4_200_000,
      files: 1,
      drive: fill(0x0e),
      blobs: fill(0x0f),
      blocks: 17,
    },
  },
  {
    name: "share-file, a folder beyond 32 bits",
    by: newcomer,
    op: {
      type: "share-file",
      name: "films",
      size: 18_200_000_000,
      files: 3,
      drive: fill(0x0e),
      blobs: fill(0x0f),
      blocks: 69_430,
      isFolder: true,
    },
  },
  { name: "finish-file", by: founder, op: { type: "finish-file", target: TARGET, hash: fill(0x0a) } },
  { name: "unshare-file", by: newcomer, op: { type: "unshare-file", target: TARGET } },
  { name: "note-call: began", by: founder, op: { type: "note-call" } },
  { name: "note-call: ended", by: newcomer, op: { type: "note-call", ended: true, seconds: 192 } },
  {
    name: "share-file, a voice note",
    by: founder,
    op: {
      type: "share-file",
      name: "voice-2026-12-01-1432.opus",
      size: 22_400,
      files: 1,
      drive: fill(0x0e),
      blobs: fill(0x0f),
      blocks: 1,
      durationMs: 7_120,
    },
  },
];

const idOf = (index: number) => fill(0x10 + index, 16);

function envelopeOf({ by, op }: (typeof EXAMPLES)[number], index: number): Buffer {
  const { writerKey, signing } = by;
  return encode(op, { roomKey, writerKey, secretKey: signing.secretKey, id: idOf(index), sentAt: SENT_AT });
}

// --- what the program makes of the seeds

async function derived(): Promise<Readonly<Record<string, Vectors>>> {
  const personOf = (who: Person, words: string, first: number): Vectors => ({
    words,
    identityKey: hex(who.identityKey),
    fingerprint: fingerprintOf(who.identityKey),
    deviceSeed: hex(fill(first)),
    deviceKey: hex(who.device.publicKey),
    deviceProof: hex(who.deviceProof),
    noiseSeed: hex(fill(first + 1)),
    noiseKey: hex(who.noise.publicKey),
    signingSeed: hex(fill(first + 2)),
    signingKey: hex(who.signing.publicKey),
    manifest: hex(who.manifest),
    writerKey: hex(who.writerKey),
    joinClaim: hex(claimOf(who)),
    joinProof: hex(IdentityKey.attestData(claimOf(who), who.device, who.deviceProof)),
  });
  return {
    "keys.json": {
      founder: personOf(founder, WORDS.founder, 0x01),
      newcomer: personOf(newcomer, WORDS.newcomer, 0x11),
      room: { key: hex(roomKey), encryptionKey: hex(encryptionKey), discoveryKey: hex(discoveryKey) },
    },
    "invite.json": {
      link: linkOf(inviteBytes),
      bytes: hex(inviteBytes),
      seed: hex(inviteSeed),
      publicKey: hex(inviteKeys.publicKey),
      id: hex(inviteId),
      discoveryKey: hex(discoveryKey),
      userData: hex(userData()),
      pairingRequest: hex(pairingRequest()),
    },
    "admission.json": {
      ask: {
        bytes: hex(b4a.concat([inviteId, newcomer.writerKey, newcomer.identityKey, signAsk(asking, inviteSeed)])),
        signature: hex(signAsk(asking, inviteSeed)),
      },
      admitted: {
        bytes: hex(b4a.concat([admission.invite, admission.admitter, admission.signature])),
        signature: hex(admission.signature),
      },
    },
    "ops.json": Object.fromEntries(
      EXAMPLES.map((example, index) => {
        const envelope = envelopeOf(example, index);
        return [
          example.name,
          {
            writer: example.by === founder ? "founder" : "newcomer",
            id: hex(idOf(index)),
            sentAt: SENT_AT,
            body: hex(envelope.subarray(28, -64)),
            signature: hex(envelope.subarray(-64)),
            envelope: hex(envelope),
          },
        ];
      }),
    ),
    "channel.json": {
      handshakeHash: hex(handshakeHash),
      proofOfFounder: hex(channelProof(founder.noise.publicKey)),
      proofOfNewcomer: hex(channelProof(newcomer.noise.publicKey)),
      hello: hex(b4a.concat([Uint8Array.of(1), channelProof(founder.noise.publicKey)])),
      heads: hex(b4a.concat([Uint8Array.of(1), founder.writerKey, Uint8Array.of(0xfd, 0x2c, 0x01)])),
      headsLength: 300,
      hashes: hex(b4a.concat([Uint8Array.of(1), founder.writerKey, Uint8Array.of(0xfd, 0x2c, 0x01), fill(0x0d)])),
      offer: hex(b4a.concat([Uint8Array.of(1, linkOf(inviteBytes).length), b4a.from(linkOf(inviteBytes))])),
    },
    "beacon.json": {
      nonce: hex(nonce),
      port: 49_737,
      tag: hex(keyedHash(16, discoveryKey, nonce)),
      packet: hex(beaconPacket()),
    },
    "view.json": await viewEntries(),
  };
}

function pairingRequest(): Buffer {
  const { createRequest } = BlindPairing as unknown as {
    createRequest(invite: Uint8Array, userData: Uint8Array): { encode(): Buffer };
  };
  return createRequest(inviteBytes, userData()).encode();
}

/** What the newcomer says of itself in the request: the room's key is not known yet, so its discovery key stands for it. */
function userData(): Buffer {
  const { writerKey, noise, device, deviceProof } = newcomer;
  const claim = b4a.concat([b4a.from("keet-tui/join/1"), discoveryKey, writerKey, writerKey, noise.publicKey]);
  return b4a.concat([writerKey, noise.publicKey, IdentityKey.attestData(claim, device, deviceProof)]);
}

function channelProof(sender: Uint8Array): Buffer {
  const key = keyedHash(32, encryptionKey, b4a.from("keet-tui/channel/1"), roomKey);
  return keyedHash(32, key, handshakeHash, sender);
}

function beaconPacket(): Buffer {
  const port = Uint8Array.of(49_737 >> 8, 49_737 & 0xff);
  return b4a.concat([Uint8Array.of(1), nonce, founder.noise.publicKey, port, keyedHash(16, discoveryKey, nonce)]);
}

/** Every record of the view as key and value, written by the program into a batch that only listens. */
async function viewEntries(): Promise<Vectors> {
  const entries: [string, string][] = [];
  const batch = {
    get: async () => null,
    peek: async () => null,
    put: async (key: Uint8Array, value: Uint8Array) => void entries.push([hex(key), hex(value)]),
  };
  const view = new ViewWriter(batch as unknown as ConstructorParameters<typeof ViewWriter>[0]);
  const message = envelopeOf(EXAMPLES[2]!, 2);
  await view.addRow({ writer: founder.writerKey, length: 3, bytes: message }, idOf(2));
  await view.putWriter(founder.writerKey, {
    active: true,
    identity: founder.identityKey,
    signingKey: founder.signing.publicKey,
    noiseKey: founder.noise.publicKey,
    joinLength: 1,
    joinBytes: envelopeOf(EXAMPLES[0]!, 0),
  });
  await view.putPerson(founder.identityKey, { role: "owner", removed: false, writers: 1, name: "maya" });
  await view.putInvite(inviteId, {
    publicKey: inviteKeys.publicKey,
    by: founder.identityKey,
    uses: 1,
    used: 0,
    expiresAt: SENT_AT + 86_400_000,
    revoked: false,
    only: newcomer.identityKey,
  });
  await view.putRoom({
    name: "tea",
    topic: "green and black",
    kind: "group",
    createdAt: SENT_AT,
    post: "moderator",
    invite: "owner",
    share: "member",
    call: "member",
    successor: fill(0x0c),
    predecessor: null,
  });
  await view.putCounts({ writers: 2, persons: 2, pins: 1, pinned: 3 });
  const mark = (index: number) => ({
    writer: founder.writerKey,
    length: 4,
    bytes: envelopeOf(EXAMPLES[index]!, index),
  });
  await view.putMarks(0, { edit: mark(9), deletion: null });
  await view.putReaction(0, newcomer.identityKey, "👍", mark(11));
  await view.putPin(0, { order: 2, mark: mark(13) });
  const indexOf = (name: string) => EXAMPLES.findIndex((example) => example.name === name);
  await view.putFile(0, { finish: mark(indexOf("finish-file")), unshare: null });
  const names = ["row", "place", "writer", "person", "invite", "room", "counts", "marks", "reaction", "pin", "file"];
  return Object.fromEntries(names.map((name, index) => [name, { key: entries[index]![0], value: entries[index]![1] }]));
}

// --- the tests

const all = await derived();

for (const [file, now] of Object.entries(all)) {
  t.test(`${file} holds what the program makes of its seeds`, async (t) => {
    const path = new URL(file, FOLDER);
    const kept: Vectors = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    if (process.env.UPDATE) {
      const missing = Object.entries(now).filter(([name]) => !Object.hasOwn(kept, name));
      writeFileSync(path, `${JSON.stringify({ ...kept, ...Object.fromEntries(missing) }, null, 2)}\n`);
    }
    t.same(
      Object.keys(kept).filter((name) => !Object.hasOwn(now, name)),
      [],
      "nothing in it is left unchecked",
    );
    for (const [name, value] of Object.entries(now)) t.same(kept[name] ?? value, value, name);
    if (!process.env.UPDATE) t.same(Object.keys(now).sort(), Object.keys(kept).sort(), "all of it is in the file");
  });
}

t.test("every op that is built has a vector, and each is read back as it was written", async (t) => {
  const built = OPS.filter(({ fields }) => fields).map(({ name }) => name);
  t.same([...new Set(EXAMPLES.map(({ op }) => op.type as string))].sort(), [...built].sort());
  for (const [index, example] of EXAMPLES.entries()) {
    const { envelope: text } = all["ops.json"]![example.name] as { envelope: string };
    const decoded = decode(bytesOf(text));
    if (!decoded.ok) return t.fail(`${example.name}: ${decoded.reason}`);
    const { writerKey, signing } = example.by;
    t.match(decoded.op, plain(example.op), example.name);
    t.equal(decoded.envelope.sentAt, SENT_AT);
    t.same(decoded.envelope.id, idOf(index));
    t.ok(isSignedBy(decoded.envelope, { roomKey, writerKey, signingKey: signing.publicKey }));
  }
});

/** Without what is absent: a decoder may give null, false or 0 for it. */
function plain(op: Op): object {
  return Object.fromEntries(Object.entries(op).filter(([, value]) => value !== null && value !== undefined));
}

t.test("an envelope is put together by hand as the document says", async (t) => {
  for (const [index, example] of EXAMPLES.entries()) {
    const { body, envelope } = all["ops.json"]![example.name] as { body: string; envelope: string };
    const { number } = OPS.find(({ name }) => name === example.op.type)!;
    const unsigned = b4a.concat([
      Uint8Array.of(1, number),
      idOf(index),
      uint48(SENT_AT),
      uint32(body.length / 2),
      bytesOf(body),
    ]);
    const signed = b4a.concat([b4a.from("keet-tui/op/1"), roomKey, example.by.writerKey, unsigned]);
    const signature = crypto.sign(signed, example.by.signing.secretKey);
    t.equal(hex(b4a.concat([unsigned, signature])), envelope, example.name);
  }
  const text = b4a.from("Grüße 幅 👍");
  const said = all["ops.json"]!["post-message"] as { body: string };
  t.equal(said.body, hex(b4a.concat([Uint8Array.of(text.byteLength), text, Uint8Array.of(0)])), "text, then no flags");
});

t.test("keys come from each other as the document says", async (t) => {
  for (const who of [founder, newcomer]) {
    t.same(hash(hash(hash(b4a.from("hypercore")), Uint8Array.of(3)), who.manifest), who.writerKey, "writer key");
    const claim = {
      roomKey,
      writerKey: who.writerKey,
      signingKey: who.signing.publicKey,
      noiseKey: who.noise.publicKey,
    };
    const proof = IdentityKey.attestData(claimOf(who), who.device, who.deviceProof);
    t.equal(proof.byteLength, 203, "version, epoch, identity, one link, flags, attestation");
    t.same(verifyJoin(proof, claim), { identityKey: who.identityKey, deviceKey: who.device.publicKey });
    for (const other of Object.keys(claim)) t.equal(verifyJoin(proof, { ...claim, [other]: fill(9) }), null, other);
    const epoch = b4a.alloc(8);
    epoch.writeBigUInt64LE(BigInt(EPOCH / 1000));
    const [link, attestation] = [proof.subarray(74, 138), proof.subarray(139)];
    const device = b4a.concat([Uint8Array.of(0), epoch, who.identityKey, who.device.publicKey]);
    t.ok(crypto.verify(device, link, who.identityKey), "identity signs device");
    const data = b4a.concat([Uint8Array.of(1), epoch, who.identityKey, hash(claimOf(who))]);
    t.ok(crypto.verify(data, attestation, who.device.publicKey), "device signs claim");
    const alphabet = "ybndrfg8ejkmcpqxot1uwisza345h769";
    const letters = [...hash(b4a.from("keet-tui/fingerprint/1"), who.identityKey).subarray(0, 20)];
    t.equal(fingerprintOf(who.identityKey).replaceAll(" ", ""), letters.map((byte) => alphabet[byte & 31]).join(""));
  }
  t.same(keyedHash(32, roomKey, b4a.from("hypercore")), discoveryKey, "discovery key");
});

t.test("the invite's link, id and request", async (t) => {
  const link = all["invite.json"]!.link as string;
  const parsed = parseLink(link);
  t.equal(link, `keet-tui://join/${z32.encode(inviteBytes)}`);
  t.match(parsed, { seed: inviteSeed, discoveryKey, id: inviteId, expires: 0 });
  t.same(hash(hash(hash(b4a.from("blind-pairing")), Uint8Array.of(2)), inviteKeys.publicKey), inviteId);
  t.same(pairingRequest().subarray(0, 32), inviteId, "a request begins with the invite's id");
});

t.test("who knocks says which writer, connection and person it is", async (t) => {
  const file = {
    version: 1,
    name: "bob",
    device: "laptop",
    words: WORDS.newcomer,
    wordsSeen: true,
    identityKey: hex(newcomer.identityKey),
    deviceSeed: hex(fill(0x11)),
    deviceProof: hex(newcomer.deviceProof),
    noiseSeed: hex(fill(0x12)),
  };
  const folder = t.testdir({});
  writeFileSync(join(folder, "identity"), JSON.stringify(file), { mode: 0o600 });
  const identity = Identity.read(folder)!;
  t.equal(hex(knockData(identity, discoveryKey, newcomer.writerKey)), hex(userData()));
});

t.test("an ask and an admission hold for one newcomer alone", async (t) => {
  const signedBy = (tag: string, secret: Uint8Array) =>
    crypto.sign(b4a.concat([b4a.from(tag), roomKey, inviteId, newcomer.writerKey, newcomer.identityKey]), secret);
  t.same(signAsk(asking, inviteSeed), signedBy("keet-tui/ask/1", inviteKeys.secretKey));
  t.same(admission.signature, signedBy("keet-tui/admission/1", founder.signing.secretKey));
  t.ok(isAsk(asking, signAsk(asking, inviteSeed), inviteKeys.publicKey));
  t.ok(isAdmission(asking, admission.signature, founder.signing.publicKey));
  for (const field of ["roomKey", "invite", "writerKey", "identity"]) {
    const other = { ...asking, [field]: fill(9) };
    t.equal(isAsk(other, signAsk(asking, inviteSeed), inviteKeys.publicKey), false, field);
    t.equal(isAdmission(other, admission.signature, founder.signing.publicKey), false, field);
  }
});

t.test("a beacon is told from its tag, and by who has the discovery key alone", async (t) => {
  t.match(decodeBeacon(beaconPacket()), {
    nonce,
    publicKey: founder.noise.publicKey,
    port: 49_737,
    tags: [keyedHash(16, discoveryKey, nonce)],
  });
  const fresh = encodeBeacon(founder.noise.publicKey, 1, [discoveryKey, roomKey]);
  const freshNonce = fresh.subarray(1, 9);
  t.same(fresh.subarray(43), b4a.concat([discoveryKey, roomKey].map((topic) => keyedHash(16, topic, freshNonce))));
});

// --- the channel, spoken to the program by a second implementation

const NOTHING = new Proxy({}, { get: () => () => {} }) as ChannelListener;

/** Two ends of one connection, with the keys of founder and newcomer. */
function connection(t: Test): [Connection, Connection] {
  const open = (isInitiator: boolean, { noise }: Person): Connection => {
    const { createProtocolStream } = Hypercore as unknown as {
      createProtocolStream(isInitiator: boolean, options: object): { noiseStream: Connection };
    };
    return createProtocolStream(isInitiator, { keyPair: noise, keepAlive: false }).noiseStream;
  };
  const [ours, theirs] = [open(true, founder), open(false, newcomer)];
  for (const stream of [ours, theirs]) stream.on("error", () => {});
  t.teardown(() => [ours, theirs].map((stream) => stream.destroy()));
  const [left, right] = [ours, theirs].map(({ rawStream }) => rawStream as unknown as Duplex);
  left!.pipe(right!).pipe(left!);
  return [ours, theirs];
}

const PROTOCOL = "keet-tui/room/1";

/** What the other side says, as raw bytes; `hello` of any content. */
function speak(stream: Connection, hello: Buffer): { channel: Channel; heard: { number: number; bytes: Buffer }[] } {
  const heard: { number: number; bytes: Buffer }[] = [];
  const channel = Protomux.from(stream).createChannel({
    protocol: PROTOCOL,
    id: discoveryKey,
    handshake: c.raw as Codec<unknown>,
    messages: Array.from({ length: 10 }, (_, number) => ({
      encoding: c.raw as Codec<unknown>,
      onmessage: (bytes: Buffer) => void heard.push({ number, bytes: b4a.from(bytes) }),
    })),
    onopen: (bytes: Buffer) => void heard.push({ number: -1, bytes: b4a.from(bytes) }),
    onclose: () => void heard.push({ number: -2, bytes: b4a.alloc(0) }),
  })!;
  channel.open(hello);
  return { channel, heard };
}

function helloOf(stream: Connection, sender: Person): Buffer {
  const key = keyedHash(32, encryptionKey, b4a.from("keet-tui/channel/1"), roomKey);
  const proof = keyedHash(32, key, stream.handshakeHash, sender.noise.publicKey);
  return b4a.concat([Uint8Array.of(1), proof]);
}

async function opened(streams: readonly Connection[]): Promise<void> {
  await until(() => streams.every(({ handshakeHash }) => Boolean(handshakeHash)));
}

t.test("the channel's handshake and messages are the bytes of the document", async (t) => {
  const [ours, theirs] = connection(t);
  await opened([ours, theirs]);
  const said: unknown[][] = [];
  const listener = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (_peer: RoomPeer, ...values: unknown[]) =>
          said.push([name, ...values]),
    },
  );
  const peer = new RoomPeer({
    connection: ours,
    roomKey,
    discoveryKey,
    encryptionKey,
    listener: listener as ChannelListener,
  });
  peer.open();
  const { channel, heard } = speak(theirs, helloOf(theirs, newcomer));
  await until(() => peer.isProven && heard.length > 0);
  t.equal(hex(heard[0]!.bytes), hex(helloOf(ours, founder)), "its hello is what the document says");

  const op = envelopeOf(EXAMPLES[2]!, 2);
  const ask = bytesOf((all["admission.json"]!.ask as { bytes: string }).bytes);
  const head = b4a.concat([founder.writerKey, Uint8Array.of(0xfd, 0x2c, 0x01)]);
  const framed = b4a.concat([Uint8Array.of(op.byteLength), op]);
  const spoken: [number, Buffer, unknown[]][] = [
    [0, b4a.concat([Uint8Array.of(1), head]), ["onHeads", [{ writer: founder.writerKey, length: 300 }]]],
    [1, b4a.concat([Uint8Array.of(1), newcomer.writerKey]), ["onWantJoins", [newcomer.writerKey]]],
    [
      2,
      b4a.concat([Uint8Array.of(1), founder.writerKey, framed]),
      ["onJoins", [{ writer: founder.writerKey, bytes: op }]],
    ],
    [3, b4a.concat([founder.writerKey, framed]), ["onPush", founder.writerKey, op]],
    [4, Buffer.of(1), ["onTyping", true]],
    [5, ask, ["onAsk", { ...newcomerAsk(), signature: signAsk(asking, inviteSeed) }]],
    [
      6,
      bytesOf((all["admission.json"]!.admitted as { bytes: string }).bytes),
      ["onAnswer", { ok: true, ...admission }],
    ],
    [7, Buffer.of(3), ["onAnswer", { ok: false, why: "revoked" }]],
    [
      8,
      bytesOf(all["channel.json"]!.hashes),
      ["onHashes", [{ writer: founder.writerKey, length: 300, hash: fill(0x0d) }]],
    ],
    [9, bytesOf(all["channel.json"]!.offer), ["onOffer", { kind: "successor", link: linkOf(inviteBytes) }]],
  ];
  t.ok(op.byteLength <= 0xfc, "the length of the example op is one byte");
  for (const [number, bytes, expected] of spoken) {
    said.length = 0;
    channel.messages[number]!.send(bytes);
    await until(() => said.length > 0);
    t.same(said[0], expected, `message ${number} is heard`);
  }

  heard.length = 0;
  peer.sendHeads([{ writer: founder.writerKey, length: 300 }]);
  peer.sendWantJoins([newcomer.writerKey]);
  peer.sendJoins([{ writer: founder.writerKey, bytes: op }]);
  peer.sendPush(founder.writerKey, op);
  peer.sendTyping(true);
  peer.sendAsk({ ...newcomerAsk(), signature: signAsk(asking, inviteSeed) });
  peer.sendAnswer({ ok: true, ...admission });
  peer.sendAnswer({ ok: false, why: "revoked" });
  peer.sendHashes([{ writer: founder.writerKey, length: 300, hash: fill(0x0d) }]);
  peer.sendOffer({ kind: "successor", link: linkOf(inviteBytes) });
  await until(() => heard.length === spoken.length);
  t.same(
    heard.map(({ number, bytes }) => [number, hex(bytes)]),
    spoken.map(([number, bytes]) => [number, hex(bytes)]),
    "and what it says itself is the same",
  );
});

function newcomerAsk() {
  return { invite: inviteId, writer: newcomer.writerKey, identity: newcomer.identityKey };
}

t.test("a hello whose proof is wrong, or said back, closes the channel and nothing is heard", async (t) => {
  for (const what of ["garbage", "said back", "other room"]) {
    const [ours, theirs] = connection(t);
    await opened([ours, theirs]);
    const peer = new RoomPeer({
      connection: ours,
      roomKey,
      discoveryKey,
      encryptionKey: what === "other room" ? fill(0x55) : encryptionKey,
      listener: NOTHING,
    });
    peer.open();
    const hello =
      { garbage: Buffer.alloc(65, 1), "said back": helloOf(theirs, founder) }[what] ?? helloOf(theirs, newcomer);
    const { heard } = speak(theirs, hello);
    await until(() => heard.some(({ number }) => number === -2));
    t.equal(peer.isProven, false, what);
  }
});
