// Who may do what, played by real people: what is allowed is seen by all, what is not is refused at once with a
// sentence; and who writes it into its own log all the same changes nothing anywhere.
import t from "tap";
import type { KeetError } from "../../src/errors.js";
import type { RoomMessage } from "../../src/p2p/messages.js";
import { newId } from "../../src/p2p/room.js";
import type { MessageRef, Op } from "../../src/p2p/spec/generated/types.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const HASH = Buffer.alloc(32, 5);

const file = (name: string) => ({
  name,
  size: 4,
  files: 1,
  blocks: 1,
  drive: Buffer.alloc(32, 3),
  blobs: Buffer.alloc(32, 4),
});

type MessageOp = Extract<Op, { readonly target: unknown }>;

const refOf = ({ writer, id }: RoomMessage): MessageRef => ({ writer, id });

/** What became of it: `done`, or the code and the sentence of why not. */
async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: KeetError) => `${error.code}: ${error.message}`,
  );
}

t.test("each right, by an owner, a moderator and two members", async (t) => {
  const town = new Town(t);
  const names = ["olive", "mo", "meg", "eve"];
  const id = await town.room(names);
  const all = async (condition: (name: string) => Promise<boolean>) =>
    eventually(async () => (await Promise.all(names.map(condition))).every(Boolean));
  /** In its place in the order; what is only on its way does not count. */
  const saw = (name: string, { writer, id: message }: MessageRef) =>
    town
      .member(name, id)
      .message(message)
      .then((found) => found.find((one) => one.place !== null && Buffer.compare(one.writer, writer) === 0));
  const write = (name: string, op: Op) => town.member(name, id).write(op);
  const act = (name: string, op: MessageOp) => town.member(name, id).act(op);
  const person = async (name: string, who: string) => town.member(name, id).room.person(town.identity(who));
  const record = (name: string) => town.member(name, id).room.room();

  await write("olive", { type: "set-role", identity: town.identity("mo"), role: 2 });
  await all(async (name) => (await person(name, "mo"))?.role === "moderator");
  const said: Record<string, MessageRef> = {};
  for (const name of names) said[name] = refOf(await town.member(name, id).send(`said by ${name}`));
  await all(async (name) => (await town.texts(name, id)).length === 4);
  await town.agree(id, names);

  const shared: Record<string, MessageRef> = {};
  for (const name of ["olive", "mo", "meg"]) shared[name] = refOf(await town.member(name, id).share(file(name)));
  await all(async (name) => (await town.member(name, id).files(999, 9)).length === 3);

  await t.test("allowed, and seen by all", async (t) => {
    await town.member("meg", id).finish(shared.meg!, HASH);
    await all(async (name) => (await saw(name, shared.meg!))?.file?.hash?.[0] === 5);
    await act("eve", { type: "add-reaction", target: shared.meg!, emoji: "👍" });
    await all(async (name) => (await saw(name, shared.meg!))?.reactions[0]?.by[0]?.name === "eve");
    const gone = refOf(await town.member("meg", id).share(file("taken back")));
    await all(async (name) => (await saw(name, gone)) !== undefined);
    await town.member("mo", id).unshare(gone);
    await all(async (name) => (await saw(name, gone))?.file?.unsharedBy?.name === "mo");
    await write("olive", { type: "set-room", share: 2 });
    await all(async (name) => (await record(name))?.share === "moderator");
    await act("meg", { type: "edit-message", target: said.meg!, text: "said better by meg" });
    await all(async (name) => (await saw(name, said.meg!))?.text === "said better by meg");
    await act("meg", { type: "add-reaction", target: said.olive!, emoji: "👍" });
    await all(async (name) => (await saw(name, said.olive!))?.reactions[0]?.by[0]?.name === "meg");
    await act("meg", { type: "remove-reaction", target: said.olive!, emoji: "👍" });
    await all(async (name) => (await saw(name, said.olive!))?.reactions.length === 0);
    await act("mo", { type: "pin-message", target: said.olive! });
    await all(async (name) => (await town.member(name, id).pins()).length === 1);
    await act("olive", { type: "unpin-message", target: said.olive! });
    await all(async (name) => (await town.member(name, id).pins()).length === 0);
    await write("mo", { type: "set-room", topic: "green" });
    await all(async (name) => (await record(name))?.topic === "green");
    await write("olive", { type: "set-room", call: 2 });
    await all(async (name) => (await record(name))?.call === "moderator");
    await write("olive", { type: "set-role", identity: town.identity("meg"), role: 2 });
    await all(async (name) => (await person(name, "meg"))?.role === "moderator");
    await write("olive", { type: "set-role", identity: town.identity("meg"), role: 1 });
    await all(async (name) => (await person(name, "meg"))?.role === "member");
    const [own, other] = [await town.core("meg").makeInvite(id, {}), await town.core("meg").makeInvite(id, {})];
    const isClosed = async (name: string, invite: Uint8Array) =>
      (await town.member(name, id).room.invite(invite))?.revoked === true;
    await town.core("meg").revokeInvite(id, own.link!);
    await eventually(async () => (await town.member("mo", id).room.invite(other.id)) !== null);
    await town.core("mo").revokeInvite(id, other.id.toString("hex"));
    await all(async (name) => (await isClosed(name, own.id)) && (await isClosed(name, other.id)));
    await town.core("meg").rename("margaret");
    await all(async (name) => (await person(name, "meg"))?.name === "margaret");
    t.pass("all of it");
  });

  const invite = await town.core("mo").makeInvite(id, {});
  await all(async (name) => (await town.member(name, id).room.invite(invite.id)) !== null);
  const signers = [
    { writer: town.member("meg", id).room.writerKey, manifest: town.member("meg", id).room.manifestBytes() },
  ];
  const elsewhere = Buffer.alloc(32, 9);
  const denied: [string, Op][] = [
    ["meg", { type: "edit-message", target: said.olive!, text: "forged" }],
    ["mo", { type: "edit-message", target: said.meg!, text: "forged" }],
    ["olive", { type: "edit-message", target: said.mo!, text: "forged" }],
    ["meg", { type: "delete-message", target: said.eve! }],
    ["meg", { type: "delete-message", target: said.mo! }],
    ["mo", { type: "delete-message", target: said.olive! }],
    ["meg", { type: "pin-message", target: said.meg! }],
    ["meg", { type: "share-file", ...file("refused") }],
    ["eve", { type: "finish-file", target: shared.meg!, hash: HASH }],
    ["olive", { type: "finish-file", target: shared.mo!, hash: HASH }],
    ["meg", { type: "unshare-file", target: shared.mo! }],
    ["mo", { type: "unshare-file", target: shared.olive! }],
    ["meg", { type: "set-room", name: "mine" }],
    ["mo", { type: "set-room", post: 2 }],
    ["mo", { type: "set-room", successor: elsewhere }],
    ["mo", { type: "set-room", predecessor: elsewhere }],
    ["olive", { type: "set-room", kind: 2 }],
    ["meg", { type: "set-role", identity: town.identity("meg"), role: 3 }],
    ["mo", { type: "set-role", identity: town.identity("mo"), role: 3 }],
    ["mo", { type: "set-role", identity: town.identity("meg"), role: 2 }],
    ["olive", { type: "set-role", identity: town.identity("olive"), role: 1 }],
    ["meg", { type: "remove-member", identity: town.identity("eve") }],
    ["mo", { type: "remove-member", identity: town.identity("olive") }],
    ["meg", { type: "set-indexers", indexers: signers }],
    ["eve", { type: "set-indexers", indexers: [{ writer: elsewhere, manifest: elsewhere }] }],
  ];

  await t.test("refused at once, with what would be needed", async (t) => {
    for (const [name, op] of denied) {
      if (op.type === "set-room" && op.kind) continue;
      const { share } = town.member(name, id);
      const work =
        "target" in op
          ? act(name, op)
          : op.type === "share-file"
            ? share.call(town.member(name, id), op)
            : write(name, op);
      t.match(await outcome(work), /^NOT_ALLOWED: .+\.$/, `${name}: ${op.type}`);
    }
    t.match(await outcome(town.core("meg").revokeInvite(id, invite.id.toString("hex"))), /^NOT_ALLOWED: Members can/);
    t.equal((await town.texts("olive", id)).filter((text) => text === "forged").length, 0);
  });

  await t.test("written into one's own log all the same, it changes nothing anywhere", async (t) => {
    await town.agree(id, names);
    const before = await town.hash("olive", id);
    const kept = names.map((name) => town.member(name, id).room.leftOut["not-allowed"] ?? 0);
    for (const [name, op] of denied) await town.force(name, id, op);
    await town.force("meg", id, { type: "revoke-invite", invite: invite.id });
    const notAllowed = denied.filter(([name]) => name !== "eve").length + 1;
    await eventually(() =>
      names.every((name, i) => {
        const { "not-allowed": count = 0 } = town.member(name, id).room.leftOut;
        return count - kept[i]! >= notAllowed;
      }),
    );
    for (const name of names) t.equal(await town.hash(name, id), before, name);
    for (const name of names) {
      const [signer, ...more] = town.member(name, id).room.signers();
      t.ok(more.length === 0 && signer!.equals(town.member("olive", id).room.writerKey), `${name}: olive alone signs`);
    }
  });

  await t.test("removed: refused, told who did it, and not heard any more", async (t) => {
    const gone = refOf(await town.member("eve", id).send("before it"));
    await eventually(async () => Boolean(await saw("mo", gone)));
    await write("mo", { type: "remove-member", identity: town.identity("eve") });
    await all(async (name) => (await person(name, "eve"))?.removed === true);
    await eventually(() => town.member("eve", id).summary().removed);
    t.equal(town.member("eve", id).summary().removedBy, "mo");
    t.match(await outcome(town.member("eve", id).send("still here")), /^NOT_ALLOWED: You may not write/);
    const rest = ["olive", "mo", "meg"];
    await town.agree(id, rest);
    const before = await town.hash("olive", id);
    const { room } = town.member("eve", id);
    for (const op of [
      { type: "post-message", text: "I am still here" },
      { type: "edit-message", target: gone, text: "after it" },
      { type: "set-profile", name: "evelyn" },
    ] as const) {
      await room.append(room.seal(op, newId(), Date.now())).catch(() => {});
    }
    const last = refOf(await town.member("meg", id).send("who is there?"));
    await eventually(async () => (await Promise.all(rest.map((name) => saw(name, last)))).every(Boolean));
    await town.agree(id, rest);
    const texts = await town.texts("olive", id);
    t.ok(texts.includes("before it") && !texts.includes("I am still here") && !texts.includes("after it"));
    t.equal((await person("olive", "eve"))?.name, "eve");
    t.not(await town.hash("olive", id), before);
    t.notOk((await town.member("olive", id).members()).some(({ name }) => name === "eve"));
    // What was said before can still be taken back, and was hers who is a moderator's lower.
    await act("mo", { type: "delete-message", target: gone });
    await eventually(async () => (await saw("meg", gone))?.deletedBy?.name === "mo");
  });
});

t.test("a founder who left is let in again by an invite, and the order goes on being signed", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "ada"]);
  await town.member("olive", id).write({ type: "set-role", identity: town.identity("ada"), role: 3 });
  await eventually(() => town.member("ada", id).summary().role === "owner");
  await town.member("olive", id).write({ type: "remove-member", identity: town.identity("olive") });
  await eventually(() => town.member("olive", id).summary().removed);
  await eventually(async () => (await town.member("ada", id).members()).length === 1);
  t.equal(town.member("ada", id).room.signers().length, 1);
  // Back without being asked, as the log that made the room.
  const { room } = town.member("olive", id);
  await room.append(room.seal(room.joinOp(null), newId(), Date.now())).catch(() => {});
  await town.member("ada", id).send("olive?");
  await eventually(() => (town.member("ada", id).room.leftOut["not-allowed"] ?? 0) > 0);

  await town.member("ada", id).write({ type: "set-role", identity: town.identity("olive"), role: 1 });
  const { link } = await town.core("ada").makeInvite(id, {});
  await eventually(() => !town.member("olive", id).summary().removed);
  await town.core("olive").joinRoom(link!);
  await eventually(() => town.member("olive", id).summary().role === "member");
  await eventually(() => town.core("olive").room(id)?.waitsFor === null);
  for (const name of ["olive", "ada"]) t.equal(town.member(name, id).room.signers().length, 1, name);
  const before = town.member("ada", id).room.base.signedLength;
  for (let i = 0; i < 10; i++) await town.member(i % 2 ? "ada" : "olive", id).send(`again ${i}`);
  await eventually(() => town.member("ada", id).room.base.signedLength > before + 5);
  await eventually(async () => (await town.texts("ada", id)).includes("again 8"));
  await t.rejects(town.member("olive", id).write({ type: "set-room", name: "mine" }), { code: "NOT_ALLOWED" });
});

t.test("who was removed cannot write itself back in by blocks that claim to be older", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "meg", "eve"]);
  await town.member("eve", id).send("while she was in");
  const honest = ["olive", "meg"];
  for (const name of honest) await eventually(async () => (await town.texts(name, id)).length === 1);
  const { room } = town.member("eve", id);
  const { base } = room as unknown as { base: Raw };
  const heads = base.heads().map(({ key, length }) => ({ key, length }));
  await town.member("olive", id).write({ type: "remove-member", identity: town.identity("eve") });
  const isOut = async (name: string) =>
    (await town.member(name, id).room.person(town.identity("eve")))?.removed === true;
  for (const name of honest) await eventually(() => isOut(name));
  // Settled: what is signed is never taken back.
  const { base: signing } = town.member("olive", id).room;
  const length = signing.length;
  await eventually(() => signing.signedLength >= length);
  for (let i = 0; i < 3; i++) {
    const value = room.seal({ type: "post-message", text: `from the past ${i}` }, newId(), 1);
    const node = { heads, batch: 1, value };
    await base.local.append({ version: 2, digest: null, checkpoint: null, optimistic: false, node });
  }
  // Another log of the same person, as one more device of hers.
  const optimistic = room.seal(room.joinOp(null), newId(), Date.now());
  await room.append(optimistic, true).catch(() => {});
  await town.member("meg", id).send("and now without her");
  await town.member("olive", id).send("yes");
  for (const name of honest) await eventually(async () => (await town.texts(name, id)).length === 3);
  await town.agree(id, honest);
  await town.close("meg");
  await town.open("meg");
  await town.agree(id, honest);
  for (const name of honest) {
    t.same((await town.texts(name, id)).sort(), ["and now without her", "while she was in", "yes"], name);
    t.equal((await town.member(name, id).members()).length, 2);
  }
});

/** The library's own writing, past all that we do with it. */
interface Raw {
  heads(): { readonly key: Uint8Array; readonly length: number }[];
  readonly local: { append(block: unknown): Promise<unknown> };
}
