import t from "tap";
import { KeetError } from "../../src/errors.js";
import { openApp } from "../components/open-app.js";
import { ALICE, BOB, MAYA, member, message, NOW, room, ScriptedCore } from "../components/scripted-core.js";
import { until } from "../helpers/program.js";

process.env.TZ = "UTC";

function coreWith(...rooms: ReturnType<typeof room>[]): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = rooms;
  for (const { id } of rooms) core.messages.set(id, [message(0, { room: id, text: `welcome to ${id}` })]);
  return core;
}

const asked = (core: ScriptedCore, method: string) => core.asked.filter((one) => one.method === method);

t.test("the list: favourites first, then rooms, then people; what is archived is one line", async (t) => {
  const core = coreWith(
    room("open", { lastAt: "2026-11-24T12:00:00Z" }),
    room("tea", { unread: 2, mentions: 1, mutedUntil: "forever" }),
    room("dev", { markedUnread: true }),
    room("best", { favourite: true, unread: 1200 }),
    room("日本語の長い名前の部屋", { unread: 5 }),
    room("old", { archived: true, unread: 7 }),
    room("older", { archived: true }),
    room("gone", { state: "removed", canWrite: false }),
    room("left", { continuedBy: "ff", canWrite: false }),
    room("d1", { kind: "direct", with: ALICE, members: 2, peers: 1 }),
    room("d2", { kind: "direct", with: BOB, members: 2, peers: 0, state: "asked" }),
    room("d3", { kind: "direct", with: { id: "05".repeat(32), name: "eve\x1b[2J" }, state: "request" }),
  );
  const app = await openApp(t, { core, hasColor: true });
  const rows = (await app.shows()).slice(1, 21).map((row) => row.split("│")[0]!.trimEnd());
  t.same(
    rows,
    [
      " FAVOURITES",
      " best       999+",
      "",
      " ROOMS",
      "▌open",
      " tea         @ 2",
      " dev           •",
      " 日本語の長い… 5",
      " ✗ gone",
      " → left",
      "",
      " DIRECT",
      " ? eve␛[2J wants…",
      " ● alice",
      " ○ bob",
      "",
      " archived 2    7",
      "",
      "",
      "",
    ].map((row) => row.trimEnd()),
  );
  const look = (text: string) => {
    const { x, y } = app.terminal.find(text)!;
    return app.terminal.cell(x, y);
  };
  t.equal(look("tea         @").foreground, look("archived").foreground, "muted is dim, its count too");
  t.equal(look("@ 2").attributes, "");
  t.equal(look("✗ gone").foreground, look("archived").foreground, "what is over is dim");
  t.equal(look("○ bob").foreground, look("archived").foreground, "so is who has not answered");
  t.not(look("● alice").foreground, look("archived").foreground);
});

t.test("keys go through the rooms in the order of the list, and none that is archived", async (t) => {
  const core = coreWith(
    room("tea"),
    room("old", { archived: true, unread: 1 }),
    room("dev"),
    room("best", { favourite: true }),
  );
  const app = await openApp(t, { core });
  const here = () => app.screen.state.getSnapshot().room;
  t.equal(here(), "tea");
  await app.keys("\x1b1");
  t.equal(here(), "best");
  await app.keys("\x1b[1;3B");
  t.equal(here(), "tea");
  await app.keys("\x1b[1;3B\x1b[1;3B");
  t.equal(here(), "best");
  await app.keys("\x1ba");
  t.equal(here(), "old", "what is new there is found all the same");
});

t.test("/remove says what it does not do, at any size, and asks; no means nothing happens", async (t) => {
  for (const [columns, rows] of [
    [80, 24],
    [40, 20],
  ] as const) {
    const core = coreWith(room("tea"));
    core.answers["room.remove"] = () => null;
    core.answers["room.renew"] = () => {
      const next = room("tea2", { name: "tea" });
      core.rooms = [...core.rooms, next];
      return next;
    };
    const app = await openApp(t, { core, columns, rows });
    await app.keys("/remove alice\r");
    const shown = (await app.shows()).join(" ").replace(/\s+/g, " ");
    t.match(
      shown,
      /They keep what they have and can go on reading: the room's key cannot be taken back\. \/room renew goes on in a new room without them\./,
    );
    t.match(shown, /Remove alice\? Enter yes · Esc no/);
    await app.keys("\x1b[B");
    t.ok(app.screen.state.getSnapshot().question, "turning the page answers nothing");
    await app.keys("\x1b");
    t.same(asked(core, "room.remove"), []);
    t.equal(app.screen.state.getSnapshot().overlay, null);

    await app.keys("/remove alice\r");
    await app.waitFor("Remove alice?");
    await app.keys("\r");
    await app.waitFor("Go on in a new room?");
    t.match(asked(core, "room.remove"), [{ params: { room: "tea", person: ALICE.id } }]);
    t.match((await app.shows()).join(" ").replace(/\s+/g, " "), /alice is removed\..*Nobody who was removed gets them/);
    await app.keys("\r");
    await until(() => app.screen.state.getSnapshot().room === "tea2");
    t.equal(app.screen.state.getSnapshot().overlay, null);
    await app.close();
  }
});

t.test("a refusal is shown in the core's words, and the line stays", async (t) => {
  const core = coreWith(room("tea"));
  core.answers["room.role"] = () => {
    throw new KeetError("user", "NOT_ALLOWED", "Only owners can do that.", { hint: "Owners here: alice." });
  };
  const app = await openApp(t, { core });
  await app.keys("/role bob owner\r");
  await app.waitFor("/role: only owners can do that.");
  await app.waitFor("Owners here: alice.");
  t.equal(app.screen.line.text, "/role bob owner");
});

t.test("a request: who asks, and the two ways to answer", async (t) => {
  const eve = { id: "05".repeat(32), name: "eve" };
  const core = coreWith(room("tea"), room("d3", { kind: "direct", with: eve, state: "request", canWrite: false }));
  // As the real one: there is nothing to read before the answer.
  let isIn = false;
  core.answers["room.members"] = ({ room: id }) => {
    if (id === "d3" && !isIn) throw new KeetError("peer", "NOT_WRITABLE", "You are not in this room yet.");
    return core.members;
  };
  core.answers["direct.accept"] = () => {
    isIn = true;
    return room("d3", { kind: "direct", with: eve, peers: 1 });
  };
  const app = await openApp(t, { core });
  await app.keys("\x1b2");
  await app.waitFor("eve wants to talk to you · /accept · /decline");
  t.equal(app.session.notice.getSnapshot(), null, "nothing is asked that cannot be answered yet");
  await app.keys("hello\r");
  await app.waitFor("First /accept, or /decline.");
  t.equal(app.screen.line.text, "hello", "what was written stays");
  await app.keys("\x15/accept\r");
  await app.waitFor("● here");
  await app.waitFor("welcome to d3");
  t.match(asked(core, "direct.accept"), [{ params: { room: "d3" } }]);
});

t.test("a room that goes on elsewhere: Enter goes there", async (t) => {
  const core = coreWith(
    room("tea", { continuedBy: "tea2", canWrite: false }),
    room("tea2", { name: "tea 2", continues: "tea" }),
  );
  const app = await openApp(t, { core });
  await app.keys("\x1b1");
  await app.waitFor('This room goes on in "tea 2" · Enter goes there');
  await app.keys("more\r");
  await app.waitFor("Enter on an empty line goes there");
  await app.keys("\x15");
  await app.keys("\r");
  t.equal(app.screen.state.getSnapshot().room, "tea2");
});

t.test("what is wrong with a room stands under its title", async (t) => {
  const core = coreWith(
    room("a", { state: "removed", canWrite: false }),
    room("b", { alarm: "alice has two histories" }),
    room("c", { state: "stopped", reason: "its log is damaged." }),
    room("d", { kind: "direct", with: BOB, members: 2, peers: 0 }),
    room("e", { continuedBy: "ff", canWrite: false }),
    room("f", {
      rights: { post: "moderators", invite: "anyone", share: "anyone", call: "anyone" },
      canWrite: false,
      role: "member",
    }),
  );
  const app = await openApp(t, { core, columns: 120, rows: 30 });
  for (const [id, words] of [
    ["a", "You were removed from this room. What was said is still here."],
    ["b", "/room: alice has two histories"],
    ["c", "This room stopped: its log is damaged. Other rooms are fine. /room repair"],
    ["d", "○ away · your messages wait"],
    ["e", "you come along when somebody of it is here"],
  ] as const) {
    app.screen.openRoom(id);
    await app.waitFor(words);
  }
  app.screen.openRoom("f");
  await app.keys("hello\r");
  await app.waitFor("Only moderators and owners can write here.");
  t.equal(app.screen.line.text, "hello");
});

t.test("who may share files is shown with the other rights, and set like them", async (t) => {
  const rights = { post: "anyone", invite: "anyone", share: "moderators", call: "anyone" } as const;
  const core = coreWith(room("tea", { rights }));
  core.answers["room.set"] = ({ share }) => room("tea", { rights: { ...rights, share: share as "owners" } });
  const app = await openApp(t, { core, columns: 100 });
  await app.keys("/room rights\r");
  await app.waitFor(/share +share files: moderators/);
  await app.keys("\x1b");
  await app.keys("/room rights share owners\r");
  await app.waitFor("share: owners");
  t.match(asked(core, "room.set"), [{ params: { room: "tea", share: "owners" } }]);
});

t.test("a mark set by hand goes when the room is opened again", async (t) => {
  const core = coreWith(room("tea"), room("dev", { markedUnread: true }));
  core.answers["room.prefs"] = ({ room: id, unread }) => room(String(id), { markedUnread: Boolean(unread) });
  const app = await openApp(t, { core });
  t.ok(app.terminal.find("dev           •"));
  await app.keys("\x1b2");
  await until(() => asked(core, "room.prefs").length > 0);
  t.match(asked(core, "room.prefs"), [{ params: { room: "dev", unread: false } }]);
  await app.waitFor((screen) => screen.find("•") === null);
});

t.test("members in three groups, and what is known of them", async (t) => {
  const core = coreWith(room("tea"));
  core.members = [
    member(MAYA, { role: "owner" }),
    member(ALICE, { here: false, seenAt: new Date(NOW - 3_600_000).toISOString() }),
    member(BOB, { here: false, seenAt: "2026-11-20T08:00:00Z" }),
    member({ id: "03".repeat(32), name: "eve" }, { here: false, blocked: true }),
  ];
  const app = await openApp(t, { core, columns: 120, rows: 24 });
  const rows = (await app.shows()).slice(1, 12).map((row) => row.split("│").at(-1)!.trim());
  t.same(
    rows.filter((row) => row !== "" && !row.startsWith("─")),
    ["HERE  1", "maya owner", "AWAY  1", "alice 11:04", "LAST SEEN  2", "bob Fri 20 Nov", "eve blocked"],
  );
});

t.test("/help and a command says all there is to say of it", async (t) => {
  const app = await openApp(t, { core: coreWith(room("tea")) });
  await app.keys("/help mute\r");
  await app.waitFor("/mute [8h|off]");
  await app.waitFor("A time is 30m, 8h or 2d");
});
