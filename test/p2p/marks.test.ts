// What is done to a message: by people who are away, while the room takes nothing, and by those who forge it.
import t from "tap";
import { encode } from "../../src/p2p/decode.js";
import type { MemberRoom } from "../../src/p2p/member-room.js";
import type { RoomMessage } from "../../src/p2p/messages.js";
import { newId } from "../../src/p2p/room.js";
import type { MessageRef, Op } from "../../src/p2p/spec/generated/types.js";
import type { FullRow, Mark } from "../../src/p2p/view.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const refOf = ({ writer, id }: RoomMessage): MessageRef => ({ writer, id });

async function find(member: MemberRoom, { writer, id }: MessageRef): Promise<RoomMessage | undefined> {
  const found = await member.message(id);
  return found.find((one) => one.place !== null && Buffer.compare(one.writer, writer) === 0);
}

t.test("what is done to the messages of one who is away is there when they are back", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "mo", "meg"]);
  await town.member("olive", id).write({ type: "set-role", identity: town.identity("mo"), role: 2 });
  await eventually(() => town.member("mo", id).summary().role === "moderator");
  const texts = ["taken back", "pinned and liked", "left alone"];
  const said: MessageRef[] = [];
  for (const text of texts) said.push(refOf(await town.member("meg", id).send(text)));
  await eventually(async () => (await town.texts("mo", id)).length === 3);
  await eventually(async () => (await town.texts("olive", id)).length === 3);
  await town.close("meg");
  const mo = town.member("mo", id);
  await mo.act({ type: "delete-message", target: said[0]! });
  await mo.act({ type: "pin-message", target: said[1]! });
  await mo.act({ type: "add-reaction", target: said[1]!, emoji: "❤️" });
  await town.open("meg");
  const sees = async (name: string) => {
    const member = town.member(name, id);
    const [gone, kept, alone] = await Promise.all(said.map((ref) => find(member, ref)));
    return {
      gone: [gone?.text, gone?.deletedBy?.name ?? null],
      kept: [kept?.text, kept?.pinned, kept?.reactions.map(({ emoji, by }) => [emoji, by.map((who) => who.name)])],
      alone: [alone?.text, alone?.deletedBy, alone?.editedAt, alone?.pinned, alone?.reactions.length],
    };
  };
  await eventually(async () => (await sees("meg")).gone[1] === "mo" && (await sees("meg")).kept[1] === true);
  await eventually(async () => ((await sees("meg")).kept[2] as unknown[]).length === 1);
  const wanted = {
    gone: ["", "mo"],
    kept: ["pinned and liked", true, [["❤️", ["mo"]]]],
    alone: ["left alone", null, null, false, 0],
  };
  t.same(await sees("meg"), wanted);
  t.same(await sees("olive"), wanted);
  t.equal(town.member("meg", id).summary().unread, 0, "none of it is a message to read");
});

t.test(
  "an edit made while the room takes nothing is shown at once, kept over a restart, and goes out later",
  async (t) => {
    const town = new Town(t);
    const id = await town.room(["olive", "meg"]);
    const meg = town.member("meg", id);
    const [first, second] = [refOf(await meg.send("one")), refOf(await meg.send("two"))];
    await eventually(async () => (await town.texts("olive", id)).length === 2);
    // As where the library waits for blocks that nobody here has.
    meg.room.base.append = () => new Promise<never>(() => {});
    const shown = await meg.act({ type: "edit-message", target: first, text: "one, better" });
    t.equal(shown?.text, "one, better", "shown at once");
    await meg.act({ type: "add-reaction", target: second, emoji: "👍" });
    t.same((await find(meg, second))?.reactions[0]?.emoji, "👍");
    t.equal(meg.hasWaiting, true);
    t.equal((await find(town.member("olive", id), first))?.text, "one", "and nobody else knows of it");
    await town.close("meg");
    await town.open("meg");
    const theirs = town.member("olive", id);
    await eventually(async () => (await find(theirs, first))?.text === "one, better");
    await eventually(async () => (await find(theirs, second))?.reactions.length === 1);
    await eventually(() => !town.member("meg", id).hasWaiting);
    t.equal((await find(town.member("meg", id), first))?.text, "one, better");
  },
);

t.test("words on a message that its author did not write are not shown as the author's", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "meg", "eve"]);
  const target = refOf(await town.member("meg", id).send("I owe olive 10"));
  const olive = town.member("olive", id);
  await eventually(async () => (await find(olive, target)) !== undefined);
  const { place } = (await find(olive, target))!;
  const [row] = await olive.room.fullRows(place!, place! + 1);
  const edit = { type: "edit-message", target, text: "I owe eve 1000" } as const;
  const { room } = town.member("eve", id);
  const sealedAs = (writer: Uint8Array, secretKey: Uint8Array, op: Op): Mark => {
    const place = { roomKey: room.key, writerKey: writer, secretKey, id: newId(), sentAt: 1 };
    return { writer, length: 9, bytes: encode(op, place) };
  };
  const eves = (op: Op) => sealedAs(room.writerKey, room.signingSecretKey, op);
  const other = refOf(await olive.send("elsewhere"));
  const megs = town.member("meg", id).room;
  const marks = (edit: Mark | null, deletion: Mark | null = null) => ({ ...row!, marks: { edit, deletion } });
  /** As an eve who signs the order could have it in the view. */
  const forged: [string, FullRow][] = [
    ["in eve's own name", marks(eves(edit))],
    ["in meg's name by eve's key", marks(sealedAs(target.writer, room.signingSecretKey, edit))],
    [
      "meg's own edit of another message",
      marks(sealedAs(megs.writerKey, megs.signingSecretKey, { ...edit, target: other })),
    ],
    ["no op at all", marks({ writer: target.writer, length: 9, bytes: Buffer.from("nothing") })],
    ["a message in place of an edit", marks(row!.row)],
    [
      "taken back in olive's name",
      marks(null, sealedAs(olive.room.writerKey, room.signingSecretKey, { type: "delete-message", target })),
    ],
    [
      "a reaction in olive's name",
      {
        ...row!,
        reactions: [
          sealedAs(olive.room.writerKey, room.signingSecretKey, { type: "add-reaction", target, emoji: "👎" }),
        ],
      },
    ],
    [
      "a pin in olive's name",
      {
        ...row!,
        pin: { order: 0, mark: sealedAs(olive.room.writerKey, room.signingSecretKey, { type: "pin-message", target }) },
      },
    ],
  ];
  const genuine = olive.room.fullRows.bind(olive.room);
  t.teardown(() => {
    olive.room.fullRows = genuine;
  });
  for (const [what, full] of forged) {
    olive.room.fullRows = async () => [full];
    const [message] = await olive.messages(place!, place! + 1);
    t.match(
      message,
      {
        verified: false,
        text: "I owe olive 10",
        deletedBy: null,
        editedAt: null,
        pinned: false,
        reactions: [],
        name: "meg",
      },
      what,
    );
  }
  olive.room.fullRows = async () => [marks(sealedAs(megs.writerKey, megs.signingSecretKey, edit))];
  t.match((await olive.messages(place!, place! + 1))[0], { verified: true, text: "I owe eve 1000" }, "meg's own is");
});

t.test("a blocked person is not counted, not heard, not seen typing, and may not ask for a talk", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "meg", "eve"]);
  const olive = town.member("olive", id);
  await olive.markRead();
  const ringing: string[] = [];
  olive.on("arriving", ({ name, mine }: RoomMessage) => !mine && ringing.push(name));
  await town.core("olive").block(town.identity("eve"), "eve");
  t.same(town.core("olive").blocked, [{ id: town.identity("eve").toString("hex"), name: "eve" }]);
  // Who may be heard goes last: by then the others' would have come.
  const typists = () => olive.peers.typingOf().map((identity) => identity.toString());
  let typed = 0;
  olive.on("typing", () => {
    typed += 1;
  });
  town.member("eve", id).peers.typing();
  await eventually(() => typed > 0);
  town.member("meg", id).peers.typing();
  await eventually(() => typists().length > 0);
  t.same(
    olive.peers.typingOf().map((identity) => Buffer.from(identity).equals(town.identity("meg"))),
    [true],
  );
  await town.member("eve", id).send("@olive look at me");
  await eventually(async () => (await town.texts("olive", id)).length === 1);
  await town.member("meg", id).send("and at me");
  await eventually(async () => (await town.texts("olive", id)).length === 2);
  await eventually(() => olive.summary().unread > 0);
  t.match(olive.summary(), { unread: 1, mentions: 0 });
  t.notOk(ringing.includes("eve"), `arriving: ${ringing.join()}`);
  const messages = (await olive.messages(0, olive.room.total)).filter(({ op }) => op?.type === "post-message");
  t.same(
    messages.map(({ name, blocked }) => [name, blocked]),
    [
      ["eve", true],
      ["meg", false],
    ],
  );
  const members = await olive.members();
  t.same(
    members.filter(({ blocked }) => blocked).map(({ name }) => name),
    ["eve"],
  );
  const found = await olive.search({ terms: ["me"], from: null }, olive.room.total, 10);
  t.same(
    found.messages.map(({ name }) => name),
    ["meg"],
    "nor found",
  );

  const asked = new Set<string>();
  olive.on("offer", (identity: Uint8Array) => asked.add(Buffer.from(identity).toString("hex")));
  await town.core("eve").openDirect(town.identity("olive"), "olive");
  await town.core("meg").openDirect(town.identity("olive"), "olive");
  const requests = () =>
    town
      .core("olive")
      .rooms()
      .filter(({ isRequest }) => isRequest);
  await eventually(() => requests().length > 0 && asked.size === 2);
  t.same(
    requests().map(({ direct }) => direct?.name),
    ["meg"],
  );
  await t.rejects(town.core("olive").openDirect(town.identity("eve"), "eve"), { code: "NOT_ALLOWED" });

  await town.close("olive");
  await town.open("olive");
  const again = await town.member("olive", id).messages(0, 99);
  t.ok(
    again.some(({ blocked, name }) => blocked && name === "eve"),
    "it is kept over a restart",
  );
  await town.core("olive").block(town.identity("eve"), null);
  t.notOk(
    (await town.member("olive", id).messages(0, 99)).some(({ blocked }) => blocked),
    "and can be taken back",
  );
});
