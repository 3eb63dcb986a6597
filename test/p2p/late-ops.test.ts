// What is done to messages, on its way into the log through what can go wrong there.
import { join } from "node:path";
import b4a from "b4a";
import Corestore from "corestore";
import t, { type Test } from "tap";
import { LocalStore } from "../../src/p2p/local-store.js";
import { Outbox } from "../../src/p2p/outbox.js";
import { newId } from "../../src/p2p/room.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import { inOneRoom, Person } from "../helpers/met-cores.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(120_000);

interface Kept {
  readonly id: Uint8Array;
  readonly op: Op;
}

/** As a kill leaves it: on the disk as waiting, whatever the log has. */
async function leaveInOutbox(folder: string, roomId: string, ops: readonly Kept[]): Promise<void> {
  const store = new Corestore(join(folder, "store"));
  const local = new LocalStore(store);
  await local.ready();
  const outbox = new Outbox(local, roomId);
  await outbox.load();
  for (const { id, op } of ops) {
    await outbox.add({ id: b4a.toString(id, "hex"), op, sentAt: Date.now(), failed: null });
  }
  await local.close();
  await store.close();
}

async function three(t: Test) {
  const folder = t.testdir({});
  const [maya, bob] = [new Person(t, folder, "maya"), new Person(t, folder, "bob")];
  await Promise.all([maya.come(), bob.come()]);
  const id = await inOneRoom("tea", [maya, bob]);
  const said = [];
  for (const text of ["first", "second", "third"]) said.push(await maya.room(id).send(text));
  const targets = said.map(({ writer, id }) => ({ writer, id }));
  return { folder, maya, bob, id, targets };
}

const look = async (person: Person, id: string) =>
  (await person.messages(id)).map(({ text, editedAt, deletedBy, pinned, reactions }) => ({
    text,
    edited: editedAt !== null,
    deleted: deletedBy !== null,
    pinned,
    reactions: reactions.map(({ emoji, by }) => `${emoji} ${by.length}`),
  }));

const AFTER = [
  { text: "first, better", edited: true, deleted: false, pinned: false, reactions: [] },
  { text: "second", edited: false, deleted: false, pinned: true, reactions: ["👍 1"] },
  { text: "", edited: false, deleted: true, pinned: false, reactions: [] },
];

t.test("C19: edits, reactions and the rest that a kill left between outbox and log are done, and once", async (t) => {
  const { folder, maya, bob, id, targets } = await three(t);
  const [first, second, third] = targets as [(typeof targets)[0], (typeof targets)[0], (typeof targets)[0]];
  const edit: Kept = { id: newId(), op: { type: "edit-message", target: first, text: "first, better", mentions: [] } };
  const rest: Kept[] = [
    { id: newId(), op: { type: "add-reaction", target: second, emoji: "👍" } },
    { id: newId(), op: { type: "pin-message", target: second } },
    { id: newId(), op: { type: "delete-message", target: third } },
  ];
  // Of the edit the log has it already: the kill came before the outbox was told.
  const { room } = maya.room(id);
  await room.append(room.seal(edit.op, edit.id, Date.now()));
  const lengthBefore = room.base.local.length;
  await maya.leave();
  await leaveInOutbox(`${folder}/maya`, id, [edit, ...rest]);

  await maya.come();
  await until(() => !maya.room(id).hasWaiting, 40_000);
  t.equal(maya.room(id).room.base.local.length - lengthBefore, rest.length, "what the log had is not in it twice");
  t.match(await look(maya, id), AFTER);
  await until(async () => (await look(bob, id))[2]?.deleted === true, 40_000);
  t.match(await look(bob, id), AFTER);
});

t.test("C19: done again after an unclear failure, each is what it was", async (t) => {
  const { maya, bob, id, targets } = await three(t);
  const [first, second, third] = targets as [(typeof targets)[0], (typeof targets)[0], (typeof targets)[0]];
  const ops = [
    { type: "edit-message", target: first, text: "first, better", mentions: [] },
    { type: "add-reaction", target: second, emoji: "👍" },
    { type: "pin-message", target: second },
    { type: "delete-message", target: third },
  ] as const;
  for (const op of ops) await maya.room(id).act(op);
  for (const op of ops) {
    const again = await maya
      .room(id)
      .act(op)
      .then(
        () => "done",
        ({ code }) => code,
      );
    t.match(again, op.type === "delete-message" ? "done" : /^(done|NOTHING_TO_DO)$/, op.type);
  }
  t.match(await look(maya, id), AFTER);
  await until(async () => (await look(bob, id))[2]?.deleted === true, 40_000);
  t.match(await look(bob, id), AFTER);
});

t.test("C20: in a room that stands still, what is done to messages waits and goes in when it moves on", async (t) => {
  const { maya, bob, id, targets } = await three(t);
  const { room } = maya.room(id);
  Object.defineProperty(room, "isStalled", { configurable: true, get: () => true });
  await maya.room(id).act({ type: "edit-message", target: targets[0]!, text: "first, better", mentions: [] });
  await maya.room(id).act({ type: "add-reaction", target: targets[1]!, emoji: "👍" });
  t.ok(maya.room(id).hasWaiting);
  t.match(
    (await look(maya, id)).map(({ text }) => text),
    ["first, better", "second", "third"],
    "its author sees it at once",
  );
  t.equal((await look(bob, id))[0]?.edited ?? false, false);
  Reflect.deleteProperty(room, "isStalled");
  await until(() => !maya.room(id).hasWaiting, 40_000);
  await until(async () => (await look(bob, id))[1]?.reactions[0] === "👍 1", 40_000);
  t.equal((await look(bob, id))[0]?.text, "first, better");
});
