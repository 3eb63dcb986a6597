import c from "compact-encoding";
import fc from "fast-check";
import crypto from "hypercore-crypto";
import t from "tap";
import {
  BLOCK_BYTES,
  decode,
  type EncodeOptions,
  encode,
  encodeRaw,
  isSignedBy,
  MAX_FILE_NAME_BYTES,
  MAX_OP_BYTES,
  MAX_SHARED_FILES,
  MAX_TEXT_BYTES,
} from "../../src/p2p/decode.js";
import { resolveStruct } from "../../src/p2p/spec/generated/codecs.js";
import type { ShareFile } from "../../src/p2p/spec/generated/types.js";
import { OPS } from "../../src/p2p/spec/ops.js";

const { publicKey, secretKey } = crypto.keyPair();
const roomKey = crypto.randomBytes(32);
const writerKey = crypto.randomBytes(32);
const options: EncodeOptions = { roomKey, writerKey, secretKey, id: crypto.randomBytes(16), sentAt: 1_764_000_000_123 };

t.test("an op comes back as it was, and its signature holds for its room and writer alone", async (t) => {
  const decoded = decode(encode({ type: "post-message", text: "Grüße 幅 👍" }, options));
  if (!decoded.ok) return t.fail(decoded.reason);
  t.match(decoded.op, { type: "post-message", text: "Grüße 幅 👍", action: false });
  t.equal(decoded.envelope.sentAt, options.sentAt);
  const place = { roomKey, writerKey, signingKey: publicKey };
  t.equal(isSignedBy(decoded.envelope, place), true);
  t.equal(isSignedBy(decoded.envelope, { ...place, roomKey: crypto.randomBytes(32) }), false, "not for another room");
  t.equal(
    isSignedBy(decoded.envelope, { ...place, writerKey: crypto.randomBytes(32) }),
    false,
    "not for another writer",
  );
  t.equal(isSignedBy(decoded.envelope, { ...place, signingKey: crypto.keyPair().publicKey }), false);
});

t.test("an op of an unknown number or version is kept unread and still verifies", async (t) => {
  for (const bytes of [encodeRaw(200, Buffer.from("later"), options), encodeRaw(2, Buffer.from("later"), options, 9)]) {
    const decoded = decode(bytes);
    if (!decoded.ok) return t.fail(decoded.reason);
    t.equal(decoded.op, null);
    t.equal(isSignedBy(decoded.envelope, { roomKey, writerKey, signingKey: publicKey }), true);
  }
});

t.test("limits are refused, one byte over", async (t) => {
  const raw = (text: string) => {
    const length = Buffer.byteLength(text);
    const prefix = length < 0xfd ? Uint8Array.of(length) : Uint8Array.of(0xfd, length & 0xff, length >> 8);
    return encodeRaw(2, Buffer.concat([prefix, Buffer.from(text), Uint8Array.of(0)]), options);
  };
  t.equal(decode(raw("x".repeat(MAX_TEXT_BYTES))).ok, true);
  t.match(decode(raw("x".repeat(MAX_TEXT_BYTES + 1))), { ok: false, reason: "too-long" });
  t.match(decode(raw("")), { ok: false, reason: "unreadable" }, "nothing said is no message");
  t.throws(() => encode({ type: "post-message", text: "x".repeat(MAX_TEXT_BYTES + 1) }, options), RangeError);
  t.match(decode(Buffer.alloc(MAX_OP_BYTES + 1)), { ok: false, reason: "too-long" });
  t.match(decode(Buffer.alloc(12 * 1024 * 1024)), { ok: false, reason: "too-long" });
  for (const bytes of [null, Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(91)])
    t.match(decode(bytes), { ok: false, reason: "unreadable" });
});

t.test("how long a voice note is, is read where it can be, and never decides whether a share is", async (t) => {
  const op = {
    type: "share-file",
    name: "voice.opus",
    size: 4,
    files: 1,
    blocks: 1,
    drive: roomKey,
    blobs: roomKey,
  } as const;
  for (const durationMs of [1, 7_120, Number.MAX_SAFE_INTEGER]) {
    t.match(decode(encode({ ...op, durationMs }, options)), { ok: true, op: { ...op, durationMs } });
  }
  const body = c.encode(resolveStruct("@keet-tui/share-file"), op);
  const earlier = c.encode(resolveStruct("@keet-tui/share-file", 3), op);
  t.same(body, earlier, "any other file is the bytes it always was");
  const withDuration = c.encode(resolveStruct("@keet-tui/share-file"), { ...op, durationMs: 7_120 });
  t.match(c.decode(resolveStruct("@keet-tui/share-file", 3), withDuration), { name: "voice.opus", size: 4 });
  const flagged = Buffer.concat([body.subarray(0, -1), Uint8Array.of(2)]);
  const broken = [
    [],
    [0xfd],
    [0xfd, 1],
    [0xff, 0, 0, 0, 0, 0, 0, 0x20, 0],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ];
  for (const bytes of broken) {
    // What an earlier version takes must not be left out by this one: their views would differ.
    const hostile = Buffer.concat([flagged, Uint8Array.from(bytes)]);
    t.match(c.decode(resolveStruct("@keet-tui/share-file", 3), hostile), { size: 4 });
    const read = decode(encodeRaw(16, hostile, options));
    t.match(read, { ok: true, op }, `${bytes}`);
    t.notOk(read.ok && read.op && "durationMs" in read.op && read.op.durationMs);
  }
  t.match(decode(encodeRaw(16, body.subarray(0, -1), options)), { ok: false, reason: "unreadable" });
});

const B = BLOCK_BYTES;

t.test("a share whose numbers do not fit together is refused, one off", async (t) => {
  const one = {
    type: "share-file",
    name: "a",
    size: B + 1,
    files: 1,
    blocks: 2,
    drive: roomKey,
    blobs: roomKey,
  } as const;
  const folder = { ...one, isFolder: true, files: MAX_SHARED_FILES, blocks: MAX_SHARED_FILES + 2 };
  const whole = Math.ceil(Number.MAX_SAFE_INTEGER / B);
  const good: ShareFile[] = [
    one,
    { ...one, size: 0, blocks: 0 },
    { ...one, size: B, blocks: 1 },
    { ...one, size: Number.MAX_SAFE_INTEGER, blocks: whole },
    { ...one, name: "x".repeat(MAX_FILE_NAME_BYTES) },
    { ...one, name: "../../\u202e\0" },
    folder,
    { ...folder, size: 0, files: 0, blocks: 0 },
  ];
  for (const op of good) t.match(decode(encode(op, options)), { ok: true, op }, JSON.stringify(op));
  const bad: [string, ShareFile][] = [
    ["unreadable", { ...one, name: "" }],
    ["too-long", { ...one, name: "x".repeat(MAX_FILE_NAME_BYTES + 1) }],
    ["too-long", { ...one, name: "幅".repeat(86) }],
    ["unreadable", { ...one, files: 0 }],
    ["unreadable", { ...one, files: 2, blocks: 2 }],
    ["too-many", { ...folder, files: MAX_SHARED_FILES + 1 }],
    ["unreadable", { ...one, blocks: 1 }],
    ["unreadable", { ...one, blocks: 4 }],
    ["unreadable", { ...folder, blocks: MAX_SHARED_FILES + 3 }],
    ["unreadable", { ...folder, size: 1, files: 0, blocks: 1 }],
  ];
  const codec = resolveStruct("@keet-tui/share-file");
  for (const [reason, op] of bad) {
    t.match(decode(encodeRaw(16, c.encode(codec, op), options)), { ok: false, reason }, JSON.stringify(op));
    t.throws(() => encode(op, options), RangeError);
  }
  const beyond = Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0x20, 0);
  const byHand = (size: Uint8Array, blocks: Uint8Array) =>
    Buffer.concat([Uint8Array.of(1, 0x61), size, Uint8Array.of(1), roomKey, roomKey, blocks, Uint8Array.of(0)]);
  t.match(decode(encodeRaw(16, byHand(Uint8Array.of(4), Uint8Array.of(1)), options)), { ok: true, op: { size: 4 } });
  for (const body of [byHand(beyond, Uint8Array.of(1)), byHand(Uint8Array.of(4), beyond)]) {
    t.match(decode(encodeRaw(16, body, options)), { ok: false, reason: "unreadable" }, "2^53");
  }
  for (const [number, name] of [
    [17, "finish-file"],
    [18, "unshare-file"],
  ] as const) {
    const on = (length: number) => {
      const op = { target: { writer: writerKey, id: Buffer.alloc(length) }, hash: roomKey };
      return decode(encodeRaw(number, c.encode(resolveStruct(`@keet-tui/${name}`), op), options));
    };
    t.equal(on(16).ok, true, name);
    t.match(on(15), { ok: false, reason: "unreadable" }, `${name} with an id of 15 bytes`);
  }
});

t.test("names of prototypes are plain text", async (t) => {
  for (const text of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const decoded = decode(encode({ type: "set-profile", name: text }, options));
    t.match(decoded, { ok: true, op: { name: text } });
  }
  t.equal(({} as Record<string, unknown>).polluted, undefined);
});

t.test("any bytes have an answer, and none throws", async (t) => {
  const numbers = OPS.map(({ number }) => number);
  let opened = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...numbers, 99), (body, number) => {
      const decoded = decode(encodeRaw(number, body, options));
      if (decoded.ok) opened += 1;
    }),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => void decode(bytes)),
    { numRuns: 20_000 },
  );
  t.ok(opened > 1_000, `${opened} bodies came through the envelope`);
});

t.test("a good op with any bytes changed never throws", async (t) => {
  const good = encode({ type: "post-message", text: "a line of text", mentions: [writerKey, roomKey] }, options);
  let readable = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(good.byteLength),
      (changes, cut) => {
        const bytes = Buffer.from(good.subarray(0, cut > good.byteLength - 8 ? good.byteLength : cut));
        for (const [at, value] of changes) if (at < bytes.byteLength) bytes[at] = value;
        if (decode(bytes).ok) readable += 1;
      },
    ),
    { numRuns: 20_000 },
  );
  t.ok(readable > 100, `${readable} stayed readable`);
});
