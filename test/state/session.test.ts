import t from "tap";
import { KeetError } from "../../src/errors.js";
import { RoomSession } from "../../src/state/room-session.js";
import { Session } from "../../src/state/session.js";
import { ALICE, MAYA, member, message, NOW, replyTo, room, ScriptedCore } from "../components/scripted-core.js";

function filled(count: number): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { unread: 2 })];
  core.messages.set(
    "tea",
    Array.from({ length: count }, (_, index) => message(index)),
  );
  return core;
}

async function open(core: ScriptedCore, maxMessages?: number): Promise<RoomSession> {
  const link = await core.connect();
  const session = new RoomSession("tea", {
    request: (method, params) => link.request(method, params),
    now: () => NOW,
    randomId: () => "f".repeat(32),
    identity: () => null,
    ...(maxMessages ? { maxMessages } : {}),
  });
  link.onEvent((event) => session.apply(event));
  await session.open(2);
  return session;
}

function texts(session: RoomSession): string[] {
  const { messages, arriving } = session.timeline.getSnapshot();
  return [...messages, ...arriving].map((one) => one.text);
}

const soon = () => new Promise((done) => setTimeout(done, 20));

t.test("a room opens with its last page, and older pages come when they are asked for", async (t) => {
  const session = await open(filled(250));
  t.match(session.timeline.getSnapshot(), { first: 150, total: 250, unreadCount: 2 });
  t.equal(session.timeline.getSnapshot().unreadKey, session.timeline.getSnapshot().messages.at(-2)?.key);
  await session.loadOlder();
  await session.loadOlder();
  await session.loadOlder();
  t.equal(session.timeline.getSnapshot().first, 0);
  t.equal(texts(session).length, 250);
});

t.test("no more than so many messages are kept, and the end is still found", async (t) => {
  const core = filled(400);
  const session = await open(core, 150);
  await session.loadOlder();
  await session.loadOlder();
  t.match(session.timeline.getSnapshot(), { first: 100, total: 400 });
  t.equal(texts(session).length, 150);
  t.notOk(session.isAtEnd());
  core.say("tea", "at the end");
  t.notOk(texts(session).includes("at the end"), "what is far below is not read");
  t.equal(session.timeline.getSnapshot().total, 401);
  await session.loadNewer();
  t.match(session.timeline.getSnapshot(), { first: 200 });
  await session.reloadEnd();
  t.ok(session.isAtEnd());
  t.equal(texts(session).at(-1), "at the end");
});

t.test("rows that took another place are spliced from theirs on", async (t) => {
  const core = filled(10);
  const session = await open(core);
  const rows = core.messages.get("tea")!;
  const earlier = message(99, { text: "came late", position: 8 });
  const moved = [earlier, ...rows.slice(8).map((row) => ({ ...row, position: row.position! + 1 }))];
  core.tell({ type: "timeline", room: "tea", from: 8, total: 11, messages: moved });
  t.same(texts(session).slice(7), ["message 7", "came late", "message 8", "message 9"]);
});

t.test("what waits is in the last page without a place, and stays at the end when others go on", async (t) => {
  const core = filled(3);
  const failed = message(9, { author: MAYA, text: "never out", state: "failed", position: null });
  core.answers["message.list"] = () => ({
    messages: [...core.messages.get("tea")!, failed],
    total: 3,
    incomplete: false,
  });
  const session = await open(core);
  t.equal(texts(session).at(-1), "never out");
  core.say("tea", "somebody goes on");
  t.same(texts(session).slice(-2), ["somebody goes on", "never out"]);
  t.match(session.timeline.getSnapshot(), { first: 0, total: 4 });
});

t.test("an answer keeps what it answers, also where the core has it in no place just then", async (t) => {
  const core = filled(3);
  const rows = [message(0, { text: "four o'clock?" }), message(1), message(2)];
  core.messages.set("tea", rows);
  const session = await open(core);
  const [answered] = session.timeline.getSnapshot().messages;
  core.answers["message.send"] = ({ id, text }) => {
    const lost = replyTo(rows[0]!, { found: false, author: null, text: "", position: null });
    return message(9, { author: MAYA, id: String(id), text: String(text), ...lost, state: "pending", position: null });
  };
  const sent = await session.send("yes", { replyTo: answered! });
  t.match(sent?.reply, { found: true, text: "four o'clock?" });
});

t.test("what no core took is sent again under its id, as an answer and naming whom it named", async (t) => {
  const core = filled(3);
  core.messages.set("tea", [message(0), message(1), message(2)]);
  const session = await open(core);
  const [answered] = session.timeline.getSnapshot().messages;
  core.answers["message.send"] = () => {
    throw new KeetError("peer", "TIMED_OUT", "No answer.");
  };
  const failed = await session.send("hello bob", { replyTo: answered!, mentions: [ALICE.id] });
  t.match(failed, { state: "failed", reason: "No answer." });
  t.equal((await session.sendAgain(failed!))?.state, "failed", "again in vain");
  delete core.answers["message.send"];
  t.equal((await session.sendAgain(failed!))?.state, "sent");
  const asked = core.asked.filter(({ method }) => method === "message.send").map(({ params }) => params);
  t.equal(asked.length, 3);
  t.match(asked[0], { text: "hello bob", replyTo: answered!.id, replyWriter: answered!.writer, mentions: [ALICE.id] });
  t.same(asked[1], asked[0]);
  t.same(asked[2], asked[0]);
  t.same(texts(session).filter((text) => text === "hello bob").length, 1, "and is there once");
});

t.test("a gap, or a change too long to be told, is read anew", async (t) => {
  const core = filled(10);
  const session = await open(core);
  const rows = [...core.messages.get("tea")!, ...Array.from({ length: 120 }, (_, index) => message(10 + index))];
  core.messages.set("tea", rows);
  core.tell({ type: "timeline", room: "tea", from: 10, total: 130, messages: null });
  await soon();
  t.equal(texts(session).length, 130);
  core.messages.set("tea", [...rows, message(130), message(131)]);
  core.tell({ type: "timeline", room: "tea", from: 131, total: 132, messages: [message(131)] });
  await soon();
  t.equal(texts(session).length, 132);
});

t.test("an event that overtakes the first page is not lost", async (t) => {
  const core = filled(3);
  const late = Promise.withResolvers<void>();
  core.answers["message.list"] = async () => {
    delete core.answers["message.list"];
    await late.promise;
    return { messages: [message(0)], total: 1, incomplete: false };
  };
  const opening = open(core);
  await soon();
  core.say("tea", "overtook");
  late.resolve();
  const session = await opening;
  t.same(texts(session), ["message 0", "message 1", "message 2", "overtook"]);
});

t.test("states of own messages change in place, and a stranger with the same id is left alone", async (t) => {
  const core = filled(0);
  core.messages.set("tea", [message(1, { author: MAYA, state: "sent" }), message(1, { position: 1 })]);
  const session = await open(core);
  core.tell({
    type: "states",
    room: "tea",
    states: [{ id: message(1).id, state: "delivered", reason: null }],
  });
  t.same(
    session.timeline.getSnapshot().messages.map((one) => one.state),
    ["delivered", null],
  );
});

t.test("nothing is asked twice while it is being read, and an answer to an old question is dropped", async (t) => {
  const core = filled(300);
  const session = await open(core);
  const before = core.asked.length;
  await Promise.all([session.loadOlder(), session.loadOlder(), session.loadOlder()]);
  t.equal(core.asked.length, before + 1);
  t.equal(new Set(session.timeline.getSnapshot().messages.map((one) => one.key)).size, 200);
});

t.test("a store that does not open is said with what to do and the exit code", async (t) => {
  const session = new Session({
    connect: async () => {
      throw new KeetError("storage", "STORE_LOCKED", "Another program has this store.", { hint: "Close it." });
    },
  });
  await session.start();
  t.match(session.profile.getSnapshot(), {
    connection: "failed",
    failure: { message: "Another program has this store.", hint: "Close it.", exitCode: 3 },
  });
  await session.close();
});

t.test("what is asked while there is no core waits for the next one", async (t) => {
  const core = filled(1);
  const session = new Session({ connect: core.connect, now: () => NOW });
  const early = session.request("room.list", {});
  await session.start();
  t.equal((await early).length, 1);
  core.rooms = [room("tea"), room("dev")];
  core.members = [member(MAYA)];
  core.die();
  const late = session.request("room.members", { room: "tea" });
  t.equal((await late).length, 1);
  t.equal(session.profile.getSnapshot().rooms.length, 2, "everything was read anew");
  await session.close();
  await t.rejects(session.request("room.list", {}), { code: "CLOSED" });
});

t.test("a new name is seen at what its owner wrote before, and asked for where only a message tells it", async (t) => {
  const core = filled(0);
  const session = await open(core);
  core.say("tea", "before", { author: ALICE });
  const robert = { ...ALICE, name: "robert" };
  core.members = [member(MAYA), member(robert)];
  const asked = () => core.asked.filter(({ method }) => method === "room.members").length;
  t.equal(asked(), 1);
  core.say("tea", "after", { author: robert });
  await soon();
  t.equal(asked(), 2);
  t.same(
    session.timeline.getSnapshot().messages.map(({ author }) => author),
    ["robert", "robert"],
  );
  core.say("tea", "again", { author: robert });
  await soon();
  t.equal(asked(), 2, "once");
  core.tell({ type: "members", room: "tea", members: [member(MAYA), member({ ...ALICE, name: "rob" })] });
  t.same(
    session.timeline.getSnapshot().messages.map(({ author }) => author),
    ["rob", "rob", "rob"],
  );
});

t.test("who is behind for a moment only is not told so; who was behind from the start is", async (t) => {
  const core = filled(1);
  core.rooms = [room("tea"), room("dev", { behind: 214 })];
  const session = new Session({ connect: core.connect, now: () => NOW });
  await session.start();
  const behind = (id: string) => session.roomView(id)?.behind;
  t.equal(behind("dev"), 214);
  core.tell({ type: "room", room: room("dev", { behind: 100 }) });
  t.equal(behind("dev"), 100);
  core.tell({ type: "room", room: room("tea", { behind: 3 }) });
  t.equal(behind("tea"), 0);
  core.tell({ type: "room", room: room("tea", { behind: 0 }) });
  core.tell({ type: "room", room: room("tea", { behind: 2 }) });
  core.rooms = [room("tea", { behind: 5 })];
  t.equal(behind("tea"), 0);
  for (const end = Date.now() + 4_000; behind("tea") === 0 && Date.now() < end; ) await soon();
  t.equal(behind("tea"), 5, "what lasts is said");
  await session.close();
});

t.test("what is typed quickly goes out in the order it was typed, whatever becomes of one of them", async (t) => {
  const core = filled(0);
  const session = await open(core);
  const first = Promise.withResolvers<never>();
  const asked: unknown[] = [];
  core.answers["message.send"] = ({ text }) => {
    asked.push(text);
    return text === "one" ? first.promise : message(9, { author: MAYA, text: String(text), state: "sent" });
  };
  const all = ["one", "two", "three"].map((text) => session.send(text));
  await soon();
  t.same(asked, ["one"]);
  t.same(texts(session), ["one", "two", "three"], "seen at once");
  first.reject(new KeetError("user", "TOO_LONG", "This is too long."));
  await Promise.all(all);
  t.same(asked, ["one", "two", "three"]);
});

t.test("changed rows are replaced where they stand, those of a stranger with the same id are not", async (t) => {
  const core = filled(3);
  core.messages.set("tea", [message(1, { position: 0 }), message(1, { author: MAYA, position: 1 })]);
  const session = await open(core);
  core.tell({ type: "changed", room: "tea", messages: [message(1, { text: "other now", edited: true })] });
  t.same(texts(session), ["other now", "message 1"]);
  t.equal(session.timeline.getSnapshot().messages[0]?.edited, true);
  core.tell({ type: "arriving", room: "tea", message: message(9, { position: null, text: "pushed" }) });
  core.tell({ type: "changed", room: "tea", messages: [message(9, { position: null, text: "changed on its way" })] });
  t.equal(texts(session).at(-1), "changed on its way");
});

t.test("a change that overtakes the page it is in is not lost", async (t) => {
  const core = filled(3);
  const late = Promise.withResolvers<void>();
  const old = [...core.messages.get("tea")!];
  core.answers["message.list"] = async () => {
    delete core.answers["message.list"];
    await late.promise;
    return { messages: old, total: 3, incomplete: false };
  };
  const opening = open(core);
  await soon();
  core.change({ room: "tea", id: old[1]!.id }, { text: "changed meanwhile" });
  late.resolve();
  t.same(texts(await opening), ["message 0", "changed meanwhile", "message 2"]);
});

t.test(
  "a window round any place is one page, stays one when it is read anew, and the end is found again",
  async (t) => {
    const core = filled(2_000);
    const session = await open(core);
    await session.loadAround(500);
    t.match(session.timeline.getSnapshot(), { first: 450, total: 2_000, isLoading: false });
    t.equal(texts(session).length, 100);
    const before = core.asked.length;
    await session.loadAround(470);
    t.equal(core.asked.length, before, "what is in it already is not asked for");
    core.tell({ type: "timeline", room: "tea", from: 460, total: 2_000, messages: null });
    await soon();
    t.equal(texts(session).length, 100, "not all there is below it");
    await session.reloadEnd();
    t.equal(texts(session).at(-1), "message 1999");
  },
);

t.test("a notice of a new name keeps the old one", async (t) => {
  const core = filled(0);
  const session = await open(core);
  core.say("tea", "robert", { author: ALICE, type: "notice", notice: "renamed" });
  core.tell({ type: "members", room: "tea", members: [member(MAYA), member({ ...ALICE, name: "robert" })] });
  t.equal(session.timeline.getSnapshot().messages[0]?.author, "alice");
});

t.test("who is blocked is hidden at once, in rows and in what others answer, and seen again after", async (t) => {
  const core = filled(0);
  const said = message(0, { author: ALICE, text: "spam" });
  core.messages.set("tea", [said, message(1, { author: MAYA, text: "stop it", ...replyTo(said), position: 1 })]);
  const session = await open(core);
  const rows = () => session.timeline.getSnapshot().messages;
  t.match(rows(), [{ blocked: false }, { reply: { text: "spam" } }]);
  core.tell({ type: "members", room: "tea", members: [member(MAYA), member(ALICE, { blocked: true })] });
  t.match(rows(), [{ blocked: true }, { blocked: false, reply: { text: "(you blocked them)" } }]);
  core.messages.set("tea", [{ ...said, blocked: true }, ...core.messages.get("tea")!.slice(1)]);
  await session.reload();
  t.match(rows(), [{ blocked: true }, { reply: { text: "(you blocked them)" } }]);
  core.messages.set("tea", [said, ...core.messages.get("tea")!.slice(1)]);
  core.tell({ type: "members", room: "tea", members: [member(MAYA), member(ALICE)] });
  await session.reload();
  t.match(rows(), [{ blocked: false }, { reply: { text: "spam" } }]);
});

t.test("what came in late is told when the room is looked at, also where it was not open yet", async (t) => {
  const core = filled(3);
  const session = new Session({ connect: core.connect, now: () => NOW });
  await session.start();
  const author = { id: ALICE.id, name: ALICE.name };
  core.tell({ type: "late", room: "tea", author, count: 2, position: 1 });
  const tea = session.room("tea");
  await tea.open(0);
  t.match(tea.timeline.getSnapshot(), { isLoaded: true, late: [{ count: 2, position: 1 }] });
  await session.close();
});
