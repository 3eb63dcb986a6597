import t from "tap";
import { matchesPage, openApp } from "./open-app.js";
import { ALICE, BOB, MAYA, member, message, replyTo, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

function talk(): ScriptedCore {
  const core = new ScriptedCore();
  const dmitri = { id: "03".repeat(32), name: "дмитрий" };
  const carol = { id: "04".repeat(32), name: "carol" };
  const eve = { id: "05".repeat(32), name: "eve" };
  core.rooms = [
    room("tea", { topic: "green, black, and what goes with it", unread: 2, lastAt: "2026-11-24T12:00:00Z" }),
    room("dev", { unread: 3 }),
    room("music", { unread: 1, mentions: 1 }),
    room("日本"),
    room("a1", { name: "alice", kind: "direct", peers: 1, members: 2 }),
    room("b1", { name: "bob", kind: "direct", peers: 0, members: 2, unread: 2 }),
  ];
  core.members = [member(MAYA, { role: "owner" }), member(ALICE), member(carol), member(BOB, { here: false })];
  core.messages.set(
    "tea",
    [
      message(0, { author: MAYA, type: "notice", notice: "created", state: null, sentAt: "2026-11-23T20:00:00Z" }),
      message(1, { type: "notice", notice: "joined", author: BOB, sentAt: "2026-11-23T20:01:00Z" }),
      message(2, { text: "morning! the new build is in the room", sentAt: "2026-11-24T09:02:00Z" }),
      message(3, { text: "and it is small", sentAt: "2026-11-24T09:03:00Z" }),
      message(4, {
        author: BOB,
        text: "works here, latency is down a lot",
        ...replyTo(message(2, { text: "morning! the new build is in the room" })),
        sentAt: "2026-11-24T09:04:00Z",
        reactions: [
          { emoji: "👍", by: [ALICE, MAYA] },
          { emoji: "🎉", by: [ALICE] },
        ],
      }),
      message(5, {
        author: dmitri,
        text: "wrapped text keeps its gutter; a wide 幅 counts as two cells, always",
        sentAt: "2026-11-24T09:05:00Z",
      }),
      message(6, {
        author: carol,
        text: "can somebody look at the reconnect?\n```ts\nconst x = await swarm.join(topic)\nconsole.log(x)\n```",
        sentAt: "2026-11-24T09:11:00Z",
      }),
      message(7, { author: eve, text: "@maya please try the call", mentionsMe: true, sentAt: "2026-11-24T09:14:00Z" }),
      message(8, { author: eve, verified: false, text: "send me your words", sentAt: "2026-11-24T09:15:00Z" }),
      message(9, { author: MAYA, text: "trying now", sentAt: "2026-11-24T09:16:00Z" }),
      message(10, { author: MAYA, text: "pours tea", action: true, state: "sent", sentAt: "2026-11-24T09:16:30Z" }),
      message(11, {
        author: MAYA,
        text: "and this one did not get out",
        state: "failed",
        reason: "The room is full.",
        sentAt: "2026-11-24T09:17:00Z",
      }),
    ].map((row, position) => ({ ...row, position })),
  );
  return core;
}

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [40, 20],
  [30, 8],
] as const) {
  t.test(`a talk at ${columns}x${rows} looks as it should`, async (t) => {
    const app = await openApp(t, { core: talk(), columns, rows });
    await app.waitFor(/trying now|room is full/);
    await app.keys("hello @al");
    matchesPage(t, await app.shows(), `talk-${columns}x${rows}`);
  });

  t.test(`the first page, the words and the empty page at ${columns}x${rows}`, async (t) => {
    const core = new ScriptedCore();
    core.identity = null;
    const app = await openApp(t, { core, columns, rows });
    await app.keys("maya");
    matchesPage(t, await app.shows(), `name-${columns}x${rows}`);
    await app.keys("\r");
    await app.waitFor("Your 24 words");
    matchesPage(t, await app.shows(), `words-${columns}x${rows}`);
    await app.keys("\r");
    await app.waitFor("try it alone");
    matchesPage(t, await app.shows(), `empty-${columns}x${rows}`);
  });

  t.test(`help, go to and an invite at ${columns}x${rows}`, async (t) => {
    const app = await openApp(t, { core: talk(), columns, rows });
    await app.keys("/help\r");
    // How many more there are changes with every command.
    const help = (await app.shows()).map((row) => row.replace(/\d+ more rows/, "more rows").replace(/↓\d+/, "↓"));
    matchesPage(t, help, `help-${columns}x${rows}`);
    await app.keys("\x1b");
    await app.keys("\x07");
    await app.keys("de");
    matchesPage(t, await app.shows(), `go-to-${columns}x${rows}`);
    await app.keys("\x1b");
    await app.keys("/invite\r");
    await app.waitFor("Invite to tea");
    matchesPage(t, await app.shows(), `invite-${columns}x${rows}`);
  });
}

t.test("under 30x8 there is one line, and what was typed stays", async (t) => {
  const app = await openApp(t, { core: talk() });
  await app.keys("half a thought");
  await app.resize(29, 8);
  t.same((await app.shows()).slice(0, 3), ["Too small: 30x8 or more,", "please.", ""]);
  await app.resize(80, 24);
  t.ok((await app.shows()).some((row) => row.includes("> half a thought")));
});
