// Files on the screen: the list, what is dragged into the line, paths by Tab, and what moves in the last row.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { plainFile, transfer } from "../helpers/wire.js";
import { matchesPage, openApp } from "./open-app.js";
import { ALICE, BOB, message, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";
t.setTimeout(110_000);

function teaCore(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { unread: 0 })];
  const coming = transfer({ bytes: 495_320, of: 812_000, perSecond: 340_000, sources: 2 });
  const here = transfer({ state: "here", bytes: 9, of: 9, sources: 2, path: "/srv/film.mkv" });
  const files = [
    plainFile("notes.txt", 3_000),
    plainFile("film.mkv", 17_900_000_000, { transfer: here }),
    plainFile("photo-2024.png", 812_000, { transfer: coming }),
  ];
  core.messages.set(
    "tea",
    files.map((file, at) => message(at, { type: "file", text: "", file, author: [BOB, ALICE, BOB][at]! })),
  );
  return core;
}

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [40, 20],
] as const) {
  t.test(`the list of files at ${columns}x${rows} looks as it should, and follows what comes`, async (t) => {
    const core = teaCore();
    const app = await openApp(t, { core, columns, rows });
    await app.press("/files");
    await app.press("\x1b[13u");
    await app.waitFor("Files in tea");
    const { writer, id, file } = core.messages.get("tea")![2]!;
    const tell = (bytes: number) => {
      const moved = { ...file!.transfer!, bytes };
      core.tell({ type: "transfers", room: "tea", transfers: [{ writer, id, transfer: moved }] });
    };
    tell(609_000);
    await app.waitFor("75 %");
    await app.waitFor("609 KB of 812 KB");
    matchesPage(t, await app.shows(), `file-list-${columns}x${rows}`);
    const before = app.terminal.raw().length;
    tell(609_000);
    await app.shows();
    t.equal(app.terminal.raw().length, before, "what did not change is not drawn again");
    core.tell({ type: "transfers", room: "tea", transfers: [{ writer, id, transfer: null }] });
    await app.waitFor((screen) => !screen.text().at(-1)!.includes("↧"));
  });
}

t.test("the list takes in what comes while it is looked at, and keeps its numbers when it is not", async (t) => {
  const core = teaCore();
  const app = await openApp(t, { core });
  const share = (name: string) => core.say("tea", "", { author: ALICE, type: "file", file: plainFile(name, 2_000) });
  await app.press("/files");
  await app.press("\x1b[13u");
  await app.waitFor("Files in tea · 3");
  share("new.txt");
  await app.waitFor("Files in tea · 4");
  t.match((await app.shows())[2], /^ 1 new\.txt/, "the newest on top");
  t.match((await app.shows())[3], /^▌2 photo/, "and what was chosen still is");
  core.say("tea", "words are no file");
  core.change({ room: "tea", id: core.messages.get("tea")![3]!.id }, { deleted: true });
  await app.waitFor("Files in tea · 3");
  await app.press("\x1b[27u");
  share("newer.txt");
  await app.waitFor("↧ newer.txt");
  await app.press("/get 1");
  await app.press("\x1b[13u");
  await app.waitFor(() => core.asked.some(({ method }) => method === "file.get"));
  const photo = core.messages.get("tea")!.find(({ file }) => file?.name.startsWith("photo"))!;
  t.equal(core.asked.find(({ method }) => method === "file.get")!.params.id, photo.id, "the first as it was seen");
});

t.test("where more came than is told of, the list that is looked at is read anew", async (t) => {
  const core = teaCore();
  const app = await openApp(t, { core });
  await app.press("/files");
  await app.press("\x1b[13u");
  await app.waitFor("Files in tea · 3");
  const rows = core.messages.get("tea")!;
  core.messages.set("tea", [...rows, message(3, { type: "file", text: "", file: plainFile("new.txt", 2_000) })]);
  core.tell({ type: "timeline", room: "tea", from: 3, total: 4, messages: null });
  await app.waitFor("Files in tea · 4");
});

t.test("C26 what is dragged into an empty line is asked about, and shared by Enter", async (t) => {
  const home = t.testdir({ "My tea.txt": "t".repeat(3_000), "it's.txt": "x".repeat(2_000) });
  const [tea, its] = [join(home, "My tea.txt"), join(home, "it's.txt")];
  const escaped = tea.replaceAll(" ", "\\ ");
  const link = `file://${tea.replaceAll(" ", "%20")}`;
  for (const [pasted, question, paths] of [
    [`'${tea}'`, 'Share "My tea.txt", 3 KB?', [tea]],
    [`${escaped} `, 'Share "My tea.txt", 3 KB?', [tea]],
    [`"${its}"`, `Share "it's.txt", 2 KB?`, [its]],
    [link, 'Share "My tea.txt", 3 KB?', [tea]],
    [`${escaped} "${its}"`, 'Share "My tea.txt" and 1 more, 5 KB?', [tea, its]],
  ] as const) {
    const core = teaCore();
    const app = await openApp(t, { core, columns: 100 });
    await app.waitFor("notes.txt");
    await app.press(`\x1b[200~${pasted}\x1b[201~`);
    await app.waitFor(`${question}  Enter yes · Esc no`);
    await app.press("\x1b[27u");
    t.equal(app.screen.line.text, pasted, "Esc leaves the text");
    t.equal(app.screen.state.getSnapshot().question, null);
    t.notOk(core.asked.some(({ method }) => method === "file.send"));
    await app.press("\x15");
    await app.press(`\x1b[200~${pasted}\x1b[201~`);
    await app.press("\x1b[13u");
    await app.waitFor(() => core.asked.some(({ method }) => method === "file.send"));
    t.same(core.asked.find(({ method }) => method === "file.send")!.params.paths, paths, pasted);
    t.notOk(core.asked.some(({ method }) => method === "message.send"));
    await app.close();
  }
});

t.test("C26 where there is no such file, or something stands on the line, it is text", async (t) => {
  const home = t.testdir({ "tea.txt": "t" });
  const core = teaCore();
  const app = await openApp(t, { core });
  await app.waitFor("notes.txt");
  for (const [before, pasted] of [
    ["", join(home, "nowhere.txt")],
    ["", `${join(home, "tea.txt")} is the one`],
    ["", `${join(home, "tea.txt")}\nand a line`],
    ["", "file://elsewhere/tea.txt"],
    ["look at ", join(home, "tea.txt")],
  ] as const) {
    await app.press(before);
    await app.press(`\x1b[200~${pasted}\x1b[201~`);
    t.equal(app.screen.state.getSnapshot().question, null, pasted);
    t.equal(app.screen.line.text, `${before}${pasted}`);
    app.screen.line.show("");
  }
});

t.test("Tab completes paths, with backslashes where they need them", async (t) => {
  const home = t.testdir({});
  mkdirSync(join(home, "my folder"));
  for (const name of ["my folder/it's.txt", ".hidden"]) writeFileSync(join(home, name), "x");
  const app = await openApp(t, { core: teaCore(), columns: 120 });
  await app.waitFor("notes.txt");
  app.screen.line.show(`/send ${home}/m`);
  await app.press("\t");
  t.equal(app.screen.line.text, `/send ${home}/my\\ folder/`);
  await app.press("\t");
  t.equal(app.screen.line.text, `/send ${home}/my\\ folder/it\\'s.txt`);
  app.screen.line.show("/get pho");
  await app.press("\t");
  t.equal(app.screen.line.text, "/get photo-2024.png");
});

t.test("a large one asks first, and /set downloads says where it goes", async (t) => {
  const core = teaCore();
  core.say("tea", "", { author: ALICE, type: "file", file: plainFile("dump.bin", 100_000_001) });
  const app = await openApp(t, { core, columns: 100 });
  await app.waitFor("dump.bin");
  await app.press("/set downloads /srv/tea");
  await app.press("\x1b[13u");
  await app.waitFor("downloads is /srv/tea");
  await app.press("/get");
  await app.press("\x1b[13u");
  await app.waitFor("Get dump.bin, 100 MB?");
  await app.waitFor("It goes into /srv/tea");
  t.notOk(core.asked.some(({ method }) => method === "file.get"));
  await app.press("y");
  await app.waitFor("Getting dump.bin");
  t.match(core.asked.find(({ method }) => method === "file.get")!.params, { folder: "/srv/tea" });
  t.notOk(
    app.asked.some((one) => one.startsWith("open")),
    "nothing is opened by itself",
  );
});
