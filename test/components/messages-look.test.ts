import t from "tap";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { matchesPage, openApp } from "./open-app.js";
import { ALICE, BOB, MAYA, member, message, replyTo, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

const CAROL = { id: "04".repeat(32), name: "carol" };
const EVE = { id: "05".repeat(32), name: "eve" };
const CODE =
  "it fails here:\n```ts\nconst x = await swarm.join(topic, { announce: true })\n  console.log(x)\n```\n_after_ a *minute*";

function at(minute: number): { sentAt: string } {
  return { sentAt: new Date(Date.UTC(2026, 10, 24, 9, minute)).toISOString() };
}

function talk(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [
    room("tea", { topic: "green, black, and what goes with it" }),
    room("dev", { unread: 3 }),
    room("music"),
  ];
  core.members = [member(MAYA, { role: "owner" }), member(ALICE), member(BOB, { here: false }), member(CAROL)];
  const morning = message(2, { text: "morning! the new build is in the room", ...at(2), pinned: true });
  const rows: MessageInfo[] = [
    message(0, { author: MAYA, type: "notice", notice: "created", state: null, ...at(0) }),
    message(1, { author: ALICE, type: "notice", notice: "role", about: BOB, text: "moderator", ...at(1) }),
    morning,
    message(3, {
      author: BOB,
      text: "works here, latency is down a lot",
      ...replyTo(morning),
      ...at(4),
      reactions: [
        { emoji: "👍", by: [ALICE, MAYA] },
        { emoji: "🎉", by: [CAROL] },
      ],
    }),
    message(4, { author: CAROL, text: CODE, ...at(11) }),
    message(5, { author: CAROL, text: "", deleted: true, deletedBy: ALICE, ...at(12) }),
    message(6, { author: EVE, text: "buy now", blocked: true, ...at(12) }),
    message(7, { author: EVE, text: "buy now, really", blocked: true, ...at(12) }),
    message(8, {
      author: BOB,
      text: "> it fails here\nsee https://example.org/a_b_c, `join` is new",
      edited: true,
      ...at(14),
    }),
    message(9, {
      author: ALICE,
      text: "that was me, sorry",
      ...at(15),
      receivedAt: "2026-11-24T10:30:00Z",
      ...replyTo(message(99), { found: false, author: null, text: "", position: null }),
    }),
    message(10, { author: BOB, text: "fine again", ...at(16), receivedAt: "2026-11-24T09:16:01Z" }),
    message(11, { author: MAYA, text: "thanks *everybody*", ...at(17) }),
  ];
  core.messages.set(
    "tea",
    rows.map((row, position) => ({ ...row, position })),
  );
  core.messages.set("dev", [message(20, { room: "dev", text: "the build fails again", author: BOB, ...at(1) })]);
  return core;
}

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [40, 20],
  [30, 8],
] as const) {
  const size = `${columns}x${rows}`;

  t.test(`messages, a selected one and an answer at ${size} look as they should`, async (t) => {
    const core = talk();
    const app = await openApp(t, { core, columns, rows });
    await app.waitFor("thanks everybody");
    core.tell({ type: "late", room: "tea", author: ALICE, count: 2, position: 9 });
    matchesPage(t, await app.shows(), `messages-${size}`);
    await app.keys("\x1b[A\x1b[A");
    matchesPage(t, await app.shows(), `selected-${size}`);
    await app.keys("\x1b[A\x1b[A");
    await app.keys("r");
    await app.keys("no need");
    matchesPage(t, await app.shows(), `reply-${size}`);
    await app.keys("\x1b");
    await app.keys("\x15");
    await app.keys("\x1b[A\x1b[A");
    await app.keys("+");
    await app.keys("ta");
    matchesPage(t, await app.shows(), `react-${size}`);
    await app.keys("\x1b");
    await app.keys("\x1b[A\x1b[A");
    await app.keys("d");
    matchesPage(t, await app.shows(), `delete-${size}`);
  });

  t.test(`pins and a search at ${size} look as they should`, async (t) => {
    const core = talk();
    const app = await openApp(t, { core, columns, rows });
    await app.waitFor("thanks everybody");
    await app.keys("/pins\r");
    await app.waitFor("Pinned in tea");
    matchesPage(t, await app.shows(), `pins-${size}`);
    await app.keys("\x1b");
    await app.keys("\x06");
    await app.keys("BUILD");
    await app.keys("\t");
    await app.waitFor("every room");
    await app.keys("\x1b[B");
    await app.waitFor(/the build fail/);
    matchesPage(t, await app.shows(), `search-${size}`);
  });
}

t.test("with colours and without, what matters can be told apart", async (t) => {
  for (const hasColor of [true, false]) {
    const core = talk();
    core.say("tea", "*bold* _slanted_ `code` https://a.example", { author: ALICE, ...at(18) });
    const app = await openApp(t, { core, columns: 80, rows: 30, hasColor });
    await app.waitFor("bold slanted `code` https://a.example");
    const cellOf = (text: string) => {
      const { x, y } = app.terminal.find(text)!;
      return app.terminal.cell(x, y);
    };
    const colour = (name: string) => (hasColor ? name : "default");
    t.match(cellOf("👍 2"), { attributes: "bold", foreground: colour("palette:6") }, "one's own reaction");
    t.match(cellOf("🎉 1"), { attributes: "", foreground: colour("palette:8") });
    t.match(cellOf("bold slanted"), { attributes: "bold", foreground: "default" });
    t.match(cellOf("slanted"), { attributes: "italic" });
    t.match(cellOf("code` https"), { attributes: "", foreground: colour("palette:15") });
    t.match(cellOf("https://a.example"), { attributes: "underline" });
    t.match(cellOf("console.log"), { foreground: colour("palette:15") });
    await app.keys("\x1b[A");
    t.match(cellOf("▌09:18"), { foreground: colour("palette:6") });
    await app.close();
  }
});
