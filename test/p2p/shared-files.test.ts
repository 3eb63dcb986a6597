// What a room knows of files: offered, whole, taken back; by people who are away, and by those who forge it.
import t from "tap";
import { makeHandlers } from "../../src/daemon/handlers.js";
import { Search } from "../../src/daemon/search.js";
import { messageInfo } from "../../src/daemon/shapes.js";
import type { KeetError } from "../../src/errors.js";
import { encode, MAX_FILE_NAME_BYTES } from "../../src/p2p/decode.js";
import { safeName } from "../../src/p2p/files/safe-name.js";
import { hex } from "../../src/p2p/hex.js";
import type { MemberRoom, NewShare } from "../../src/p2p/member-room.js";
import type { RoomMessage } from "../../src/p2p/messages.js";
import { newId } from "../../src/p2p/room.js";
import type { MessageRef, Op } from "../../src/p2p/spec/generated/types.js";
import type { FileMarks, Mark } from "../../src/p2p/view.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const HASH = Buffer.alloc(32, 5);
const refOf = ({ writer, id }: RoomMessage): MessageRef => ({ writer, id });

function file(name: string, change: Partial<NewShare> = {}): NewShare {
  return {
    name,
    size: 300_000,
    files: 1,
    blocks: 2,
    drive: Buffer.alloc(32, 3),
    blobs: Buffer.alloc(32, 4),
    ...change,
  };
}

async function find(member: MemberRoom, { writer, id }: MessageRef): Promise<RoomMessage | undefined> {
  const found = await member.message(id);
  return found.find((one) => one.place !== null && Buffer.compare(one.writer, writer) === 0);
}

const namesIn = async (member: MemberRoom, before = 1e9, limit = 100) =>
  (await member.files(before, limit)).map((message) => message.file?.name);

t.test(
  "a file is offered, finished once, answered, searched for, taken back, over restarts and to one who was away",
  async (t) => {
    const town = new Town(t);
    const id = await town.room(["olive", "meg"]);
    const [olive, meg] = [town.member("olive", id), town.member("meg", id)];
    const states: string[] = [];
    meg.on("states", (changes: { id: string; state: string }[]) => states.push(...changes.map(({ state }) => state)));
    const share = newId();
    const told = await meg.share(file("Grüße 幅.tgz", { id: share }));
    const target = refOf(told);
    t.match(told, {
      id: share,
      text: "",
      name: "meg",
      state: /sent|delivered/,
      mine: true,
      file: { id: share, size: 300_000 },
    });
    await eventually(async () => (await find(olive, target)) !== undefined);
    t.match(await find(olive, target), {
      verified: true,
      state: null,
      text: "",
      file: {
        id: share,
        name: "Grüße 幅.tgz",
        size: 300_000,
        files: 1,
        isFolder: false,
        blocks: 2,
        hash: null,
        unsharedBy: null,
      },
    });
    await eventually(() => olive.summary().unread === 1);
    t.equal((await meg.share(file("Grüße 幅.tgz", { id: share }))).place, (await find(meg, target))!.place, "once");
    await eventually(() => states.includes("delivered"));

    const answer = await olive.send("thanks", { replyTo: target });
    t.match(answer.reply?.found, { isFile: true, text: "Grüße 幅.tgz", deleted: false });
    t.match((await meg.finish(target, HASH))?.file, { hash: HASH });
    await eventually(async () => (await find(olive, target))?.file?.hash !== null);
    t.same((await find(olive, target))?.file?.hash, HASH);
    await t.rejects(meg.finish(target, Buffer.alloc(32, 6)), {
      code: "NOTHING_TO_DO",
      message: "That file is whole already.",
    });
    await town.force("meg", id, { type: "finish-file", target, hash: Buffer.alloc(32, 6) });
    await eventually(() => (olive.room.leftOut.duplicate ?? 0) > 0);
    t.same((await find(olive, target))?.file?.hash, HASH, "the first stands");

    const found = async () =>
      (await new Search(town.core("olive")).find({ text: "grusse TGZ", room: id, limit: 9 })).messages;
    t.match(await found(), [{ type: "file", file: { name: "Grüße 幅.tgz" } }]);

    const more = refOf(await meg.share(file("second")));
    await eventually(async () => (await find(olive, more)) !== undefined);
    t.same(await namesIn(olive), ["second", "Grüße 幅.tgz"], "newest first");
    await town.close("meg");
    await olive.unshare(target);
    t.match(await find(olive, target), {
      deletedBy: { name: "olive" },
      reactions: [],
      file: { name: "", hash: HASH, unsharedBy: { name: "olive" } },
    });
    t.same(await found(), [], "not found any more");
    const byMeg = await new Search(town.core("olive")).find({ text: "from:meg", room: id, limit: 9 });
    t.same(
      byMeg.messages.map((message) => message.file?.name),
      ["second"],
      "nor by whose it is",
    );
    t.match((await olive.messages(0, 99)).find(({ reply }) => reply)?.reply?.found, { deleted: true, text: "" });
    await town.open("meg");
    await eventually(async () => (await find(town.member("meg", id), target))?.file?.unsharedBy?.name === "olive");
    const refused = async (work: Promise<unknown>) =>
      work.then(
        () => "",
        (error: KeetError) => error.message,
      );
    const again = town.member("meg", id);
    t.equal(await refused(again.unshare(target)), "That file was taken back.");
    t.equal(await refused(again.finish(target, HASH)), "That file was taken back.");
    t.equal(await refused(again.act({ type: "edit-message", target: more, text: "x" })), "Only text can be edited.");
    t.equal(await refused(again.unshare(refOf(answer))), "There is no file in that message.");
    await town.agree(id, ["olive", "meg"]);
  },
);

t.test("files of a long room are listed by pages, and without reading the rest of it", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive"]);
  const olive = town.member("olive", id);
  for (let i = 0; i < 7; i++) {
    await olive.share(file(`file ${i}`, i === 3 ? { isFolder: true, files: 0, size: 0, blocks: 0 } : {}));
    await Promise.all(Array.from({ length: 40 }, (_, j) => olive.send(`filler ${i} ${j}`)));
  }
  t.same(
    await namesIn(olive),
    [6, 5, 4, 3, 2, 1, 0].map((i) => `file ${i}`),
  );
  const first = await olive.files(1e9, 3);
  t.same(
    first.map(({ file }) => file?.name),
    ["file 6", "file 5", "file 4"],
  );
  t.same(await namesIn(olive, first.at(-1)!.place!, 3), ["file 3", "file 2", "file 1"]);
  t.match((await olive.files(first.at(-1)!.place!, 1))[0]?.file, { isFolder: true, files: 0, size: 0 });
  t.same(await namesIn(olive, 0), []);
  // Each row is read by itself: asked for a page of rows, it would read what lies between.
  const read: number[] = [];
  const { bee } = {
    bee: olive.room.base.view as unknown as {
      createReadStream(range: unknown, options?: unknown): AsyncIterable<{ key: Buffer }>;
    },
  };
  const stream = bee.createReadStream.bind(bee);
  t.teardown(() => Reflect.deleteProperty(bee, "createReadStream"));
  bee.createReadStream = (range, options) => {
    const inner = stream(range, options);
    return (async function* () {
      for await (const entry of inner) {
        read.push(entry.key[0]!);
        yield entry;
      }
    })();
  };
  await olive.files(1e9, 3);
  t.ok(read.length <= 10, `${read.length} entries for 3 files`);
});

t.test(
  "shared while the room takes nothing: kept over a restart, and what belongs to it goes in behind it",
  async (t) => {
    const town = new Town(t);
    const id = await town.room(["olive", "meg"]);
    const olive = town.member("olive", id);
    const meg = town.member("meg", id);
    // A push goes out once, to whoever is connected.
    await eventually(() => [olive, meg].every(({ peers }) => peers.hereIdentities().size === 1));
    await town.agree(id, ["olive", "meg"]);
    meg.room.base.append = () => new Promise<never>(() => {});
    const kept = await meg.share(file("kept"));
    // Pushed: the log has nothing of it.
    await eventually(() => olive.arriving.some((message) => message.file?.name === "kept"));
    t.match(kept, { state: "pending", place: null, file: { name: "kept", hash: null } });
    await meg.finish(refOf(kept), HASH);
    const dropped = await meg.share(file("dropped"));
    await meg.finish(refOf(dropped), HASH);
    await town.close("meg");
    await town.open("meg");
    const again = town.member("meg", id);
    await eventually(
      async () => (await find(olive, refOf(kept)))?.file?.hash !== null && (await namesIn(olive)).length === 2,
    );
    t.same((await find(olive, refOf(kept)))?.file?.hash, HASH, "finished after it was shared");
    await eventually(() => !again.hasWaiting);
  },
);

t.test("a share that waits is taken back without anybody hearing of it, and with what waited for it", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive"]);
  const olive = town.member("olive", id);
  Object.defineProperty(olive.room, "isStalled", { configurable: true, get: () => true });
  const waiting = await olive.share(file("never mind"));
  await olive.finish(refOf(waiting), HASH);
  t.equal(await olive.unshare(refOf(waiting)), null);
  t.equal(olive.hasWaiting, false);
  t.same(olive.arriving, []);
  Reflect.deleteProperty(olive.room, "isStalled");
  await olive.send("and nothing of it");
  t.same(await namesIn(olive), []);
});

t.test("through the core's requests a file is answered, and taken back by what takes messages back", async (t) => {
  const town = new Town(t);
  const room = await town.room(["olive"]);
  const olive = town.member("olive", room);
  const handlers = makeHandlers(town.core("olive"));
  const shared = await olive.share(file("tea.txt"));
  const [id, writer] = [hex(shared.id), hex(shared.writer)];
  const answer = await handlers["message.send"]({ room, text: "mine", replyTo: id, replyWriter: writer });
  t.match(answer.reply, { isFile: true, text: "tea.txt" });
  await t.rejects(handlers["message.edit"]({ room, id, writer, text: "x" }), { message: "Only text can be edited." });
  t.match(await handlers["message.delete"]({ room, id, writer }), {
    type: "file",
    deleted: true,
    file: { name: "", unsharedBy: { name: "olive" } },
  });
  const ops: string[] = [];
  for await (const { op } of olive.room.ownOps()) ops.push(op.type);
  t.ok(ops.includes("unshare-file") && !ops.includes("delete-message"));
  Object.defineProperty(olive.room, "isStalled", { configurable: true, get: () => true });
  const waiting = await olive.share(file("never"));
  const gone = await handlers["message.delete"]({ room, id: hex(waiting.id), writer });
  t.match(gone, { deleted: true, text: "", file: { name: "" } }, "one that nobody has looks the same");
});

t.test("what no room would take is refused with what would work", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive"]);
  const olive = town.member("olive", id);
  await t.rejects(olive.share(file("x".repeat(MAX_FILE_NAME_BYTES + 1))), { code: "NAME_TOO_LONG", hint: /Rename/ });
  await t.rejects(olive.share(file("x", { isFolder: true, files: 100_001, blocks: 9 })), {
    code: "TOO_MANY_FILES",
    hint: /archive/,
  });
  t.equal(olive.room.total, 1, "nothing was written");
});

t.test("a finish or a taking back that is not genuine is not shown", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "meg", "eve"]);
  const target = refOf(await town.member("meg", id).share(file("tea.txt")));
  const olive = town.member("olive", id);
  await eventually(async () => (await find(olive, target)) !== undefined);
  const { place } = (await find(olive, target))!;
  const [row] = await olive.room.fullRows(place!, place! + 1);
  const sealedAs = (who: string, as: Uint8Array, op: Op): Mark => {
    const { room } = town.member(who, id);
    const secretKey = room.signingSecretKey;
    return {
      writer: as,
      length: 9,
      bytes: encode(op, { roomKey: room.key, writerKey: as, secretKey, id: newId(), sentAt: 1 }),
    };
  };
  const eve = town.member("eve", id).room.writerKey;
  const finish = { type: "finish-file", target, hash: HASH } as const;
  const unshare = { type: "unshare-file", target } as const;
  const none: FileMarks = { finish: null, unshare: null };
  const forged: [string, FileMarks][] = [
    ["finished in eve's own name", { ...none, finish: sealedAs("eve", eve, finish) }],
    ["in meg's name by eve's key", { ...none, finish: sealedAs("eve", target.writer, finish) }],
    [
      "meg's own of another file",
      { ...none, finish: sealedAs("meg", target.writer, { ...finish, target: { ...target, id: newId() } }) },
    ],
    ["a share in place of it", { ...none, finish: row!.row }],
    ["taken back in olive's name", { ...none, unshare: sealedAs("eve", olive.room.writerKey, unshare) }],
  ];
  const genuine = olive.room.fullRows.bind(olive.room);
  t.teardown(() => {
    olive.room.fullRows = genuine;
  });
  for (const [what, marks] of forged) {
    olive.room.fullRows = async () => [{ ...row!, file: marks }];
    const [message] = await olive.messages(place!, place! + 1);
    t.match(
      message,
      { verified: false, deletedBy: null, file: { name: "tea.txt", hash: null, unsharedBy: null } },
      what,
    );
  }
  olive.room.fullRows = async () => [{ ...row!, file: { ...none, finish: sealedAs("meg", target.writer, finish) } }];
  const [message] = await olive.messages(place!, place! + 1);
  t.match(message, { verified: true, file: { hash: HASH } }, "meg's own is");
  t.match(messageInfo(id, message!), {
    type: "file",
    text: "",
    notice: null,
    file: {
      name: "tea.txt",
      bytes: 300_000,
      files: 1,
      hash: HASH.toString("hex"),
      drive: "03".repeat(32),
      transfer: null,
    },
  });
  for (const hostile of ["../../.bashrc", "a\u202egpj.exe", "con.txt", "x".repeat(400)]) {
    const { name } = messageInfo(id, { ...message!, file: { ...message!.file!, name: hostile } }).file!;
    t.equal(name, safeName(hostile), "what is shown is what is written");
    t.not(name, hostile);
  }
});

t.test("a voice note is a file with a length, and a lie about that is only shown, or not even that", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "meg"]);
  const [olive, meg] = [town.member("olive", id), town.member("meg", id)];
  const day = 24 * 60 * 60_000;
  const said: [Partial<NewShare>, number | null][] = [
    [{}, null],
    [{ durationMs: 7_120 }, 7_120],
    [{ durationMs: day }, day],
    [{ durationMs: day + 1 }, null],
    [{ durationMs: Number.MAX_SAFE_INTEGER }, null],
    [{ durationMs: 7_120, isFolder: true }, null],
  ];
  for (const [change, durationMs] of said) {
    const target = refOf(await meg.share(file("voice-2026-12-01-1432.opus", change)));
    await eventually(async () => (await find(olive, target)) !== undefined);
    const message = await find(olive, target);
    t.equal(message?.file?.durationMs, durationMs);
    t.equal(messageInfo(id, message!).file?.duration, durationMs);
    t.equal(message?.file?.size, 300_000);
  }
});
