import t from "tap";
import type { MessageInfo, TransferInfo } from "../../src/rpc/methods.js";
import { plainFile, transfer } from "../helpers/wire.js";
import { matchesPage, openApp } from "./open-app.js";
import { ALICE, BOB, MAYA, message, replyTo, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

function at(minute: number): { sentAt: string } {
  return { sentAt: new Date(Date.UTC(2026, 10, 24, 9, minute)).toISOString() };
}

const PHOTO = plainFile("photo-2024.png", 812_000);
const COMING = transfer({ bytes: 495_320, of: 812_000, perSecond: 340_000, sources: 2 });

function files(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { topic: "green, black, and what goes with it" }), room("dev")];
  const build = message(2, { type: "file", text: "", file: plainFile("keet-tui-0.3.0.tgz", 4_200_000), ...at(2) });
  const film = { isFolder: true, files: 5_000 };
  const rows: MessageInfo[] = [
    build,
    message(3, { author: BOB, text: "works here", ...replyTo(build), ...at(4) }),
    message(4, { author: ALICE, type: "file", text: "", file: { ...PHOTO, transfer: COMING }, ...at(15) }),
    message(5, {
      author: BOB,
      type: "file",
      text: "",
      file: plainFile("films", 18_200_000_000, {
        ...film,
        transfer: transfer({ state: "paused", bytes: 9e9, of: 18_200_000_000, reason: "Nobody who has it is here." }),
      }),
      reactions: [{ emoji: "👍", by: [ALICE] }],
      ...at(16),
    }),
    message(6, {
      author: BOB,
      type: "file",
      text: "",
      file: plainFile(`${"a-very-long-name-".repeat(8)}.png.exe`, 3_000, { transfer: transfer({ state: "queued" }) }),
      ...at(17),
    }),
    message(7, { author: ALICE, type: "file", text: "", deleted: true, file: plainFile("", 4), ...at(18) }),
    message(8, { author: MAYA, type: "file", text: "", file: plainFile("notes.txt", 3_000), ...at(19) }),
    message(9, {
      author: MAYA,
      type: "file",
      text: "",
      state: "sent",
      file: plainFile("dump.bin", 64_000_000, { hash: null }),
      ...at(20),
    }),
  ];
  core.messages.set(
    "tea",
    rows.map((row, position) => ({ ...row, position })),
  );
  return core;
}

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [40, 20],
] as const) {
  t.test(`files at ${columns}x${rows} look as they should`, async (t) => {
    const app = await openApp(t, { core: files(), columns, rows });
    await app.waitFor("dump.bin");
    matchesPage(t, await app.shows(), `files-${columns}x${rows}`);
  });
}

t.test("what the core tells of a transfer is in the row, and the row stays where it is", async (t) => {
  const core = files();
  core.messages.set("tea", core.messages.get("tea")!.slice(0, 3));
  const app = await openApp(t, { core });
  await app.waitFor("61 %");
  const { writer, id } = core.messages.get("tea")![2]!;
  const tell = (change: Partial<TransferInfo> | null) =>
    core.tell({ type: "transfers", room: "tea", transfers: [{ writer, id, transfer: change && transfer(change) }] });
  tell({ ...COMING, bytes: 730_800 });
  await app.waitFor("90 %");
  tell({ state: "here", bytes: 812_000, of: 812_000, sources: 0, path: "/srv/photo-2024.png" });
  await app.waitFor("812 KB · here");
  await app.waitFor("photo-2024.png is here");
  await app.waitFor("/srv/photo-2024.png · /open opens it");
  t.notOk(app.terminal.find("%"), "without a bar when it is here");
  tell({ ...COMING });
  tell({ state: "failed", reason: "The file changed.\x1b[2J" });
  await app.waitFor("The file changed.");
  t.notMatch(app.terminal.raw(), "changed.\x1b[2J");
  await app.waitFor("photo-2024.png did not come");
  tell(null);
  await app.waitFor("812 KB · not fetched");
  t.equal((await app.shows()).filter((row) => row.includes("↧ photo-2024.png")).length, 1);
});

t.test("with colours and without, a file, its state and what went wrong can be told apart", async (t) => {
  for (const hasColor of [true, false]) {
    const core = files();
    const failed = transfer({ state: "failed", reason: "The file changed." });
    core.say("tea", "", {
      author: ALICE,
      type: "file",
      file: { ...PHOTO, name: "changed.txt", transfer: failed },
      ...at(21),
    });
    const app = await openApp(t, { core, columns: 80, rows: 30, hasColor });
    await app.waitFor("The file changed.");
    const cellOf = (text: string) => {
      const { x, y } = app.terminal.find(text)!;
      return app.terminal.cell(x, y);
    };
    const colour = (name: string) => (hasColor ? name : "default");
    t.match(cellOf("↧ photo-2024.png"), { foreground: colour("palette:6") });
    t.match(cellOf("█"), { foreground: colour("palette:6") });
    t.match(cellOf("not fetched"), { foreground: colour("palette:8") });
    t.match(cellOf("paused"), { foreground: colour("palette:3") });
    t.match(cellOf("The file changed."), { foreground: colour("palette:1") });
    await app.close();
  }
});

t.test(
  "a file is selected, reacted to, taken back and found; it is not edited, and not forwarded for now",
  async (t) => {
    const core = files();
    core.rooms = [...core.rooms, room("dev2")];
    core.messages.set("tea", core.messages.get("tea")!.slice(0, 7));
    core.say("tea", "", { author: MAYA, type: "file", file: plainFile("notes.txt", 3_000), state: "sent", ...at(22) });
    const app = await openApp(t, { core, columns: 100, rows: 30, undoMs: 0 });
    await app.waitFor("notes.txt");
    await app.keys("\x1b[A");
    t.notMatch((await app.shows()).at(-1), "e edit");
    await app.keys("\x1b");
    await app.keys("/edit\r");
    await app.waitFor("Only text can be edited");
    await app.keys("\x15");
    await app.keys("\x1b[A");
    await app.keys("y");
    t.same(app.copied, ["notes.txt"]);
    await app.keys("\x1b");
    await app.keys("\x15/forward dev\r");
    await app.waitFor("Files cannot be forwarded yet");
    t.notOk(core.asked.some(({ method }) => method === "message.send"));
    await app.keys("\x15");
    await app.keys("\x1b[A");
    await app.keys("d");
    await app.keys("y");
    await app.waitFor(() => core.asked.some(({ method }) => method === "message.delete"));
    await app.waitFor("(taken back)");
  },
);
