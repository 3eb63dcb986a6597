// Files between two people at two screens, with real cores: shared, fetched, stopped, opened, changed.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { shortFolder } from "../helpers/program.js";
import type { Pty } from "../helpers/pty.js";
import { Desk, enter, KEY, part, row, sees, seesRow, type, until } from "./desks.js";

t.setTimeout(110_000);

const isLinux = process.platform === "linux";
const MIB = 2 ** 20;

t.test("files between two terminals", { skip: !isLinux && "needs /proc" }, async (t) => {
  const dir = t.testdir({ maya: {}, bob: {} });
  const [maya, bob] = [new Desk(t, join(dir, "maya")), new Desk(t, join(dir, "bob"))];
  const folder = shortFolder(t);
  const downloads = join(bob.home.dir, "Downloads");
  const opened = openerIn(folder);
  const tea = crypto.randomBytes(48 * MIB);
  writeFileSync(join(folder, "My tea.bin"), tea);
  writeFileSync(join(folder, "of two.txt"), "two words");
  writeFileSync(join(folder, "plan.txt"), crypto.randomBytes(MIB));
  writeFileSync(join(folder, "film.mkv"), "");
  truncateSync(join(folder, "film.mkv"), 400_000_000);
  await inOneRoom(maya, bob);
  const a = open(maya);
  const b = open(bob, opened.path);
  await Promise.all([a, b].map((pty) => pty.waitFor("2 here", { timeoutMs: 20_000 })));
  const core = await bob.rpc();
  /** What somebody has just said is on the screen before it has its place, and cannot be named until then. */
  const hasInOrder = (name: string) =>
    until(async () => (await core.request("file.list", { room: "tea", limit: 1 }))[0]?.file?.name === name);

  await part(t, "shared by its path, which Tab completes", async (t) => {
    await type(a, `/send ${folder}/My`);
    a.write(KEY.tab);
    await sees(t, a, "My\\ tea.bin", "with a backslash before the blank");
    a.write(KEY.enter);
    await sees(t, a, "Sharing My tea.bin, 50.3 MB", "it says that it is");
    await seesRow(t, a, /↧ My tea\.bin {2}50\.3 MB · shared +✓✓/, "and when all can be had");
    t.match(a.raw(), "being read in", "after it was read in");
    await seesRow(t, b, /maya ↧ My tea\.bin {2}50\.3 MB · not fetched/, "the other side sees it");
    t.notOk(existsSync(downloads), "and nothing comes by itself");
  });

  await part(t, "Enter on the row fetches it, and says where it is", async (t) => {
    b.write(KEY.up);
    await sees(t, b, "g get", "the row is selected");
    b.write(KEY.enter);
    await sees(t, b, "Into ~/Downloads; /cancel stops it.", "it says where it goes");
    await sees(t, b, "My tea.bin is here", "and that it is here", 40_000);
    await sees(t, b, "~/Downloads/My tea.bin · /open opens it", "with its path");
    await seesRow(t, b, /↧ My tea\.bin {2}50\.3 MB · here/, "the row says so too");
    t.match(b.raw(), /\d+ % {2}\d+\.\d MB\/s/, "how fast it came was on the screen");
    t.match(b.raw(), "1 source");
    t.ok(readFileSync(join(downloads, "My tea.bin")).equals(tea), "byte for byte");
    b.write(KEY.escape);
  });

  await part(t, "a path in quotes; /get by its name; what lies there is never replaced", async (t) => {
    writeFileSync(join(downloads, "of two.txt"), "mine");
    await enter(a, `/send "${folder}/of two.txt"`);
    await b.waitFor("of two.txt");
    await hasInOrder("of two.txt");
    await enter(b, "/get of two.txt");
    await sees(t, b, "~/Downloads/of two (1).txt", "beside what was there", 20_000);
    t.equal(readFileSync(join(downloads, "of two.txt"), "utf8"), "mine");
    t.equal(readFileSync(join(downloads, "of two (1).txt"), "utf8"), "two words");
  });

  await part(t, "/files has them all, and takes in one that comes while it is looked at", async (t) => {
    await enter(b, "/files");
    await sees(t, b, "Files in tea · 2 · 50.3 MB", "how many, how much");
    await seesRow(t, b, /1 of two\.txt +9 bytes +maya +here +~\/Downloads\/of two \(1\)\.txt/, "and where each is");
    await enter(a, `/send ${folder}/plan.txt`);
    await sees(t, b, "Files in tea · 3", "a new one");
    await seesRow(t, b, /1 plan\.txt +1\.0 MB +maya +not fetched/, "on top");
    await seesRow(t, b, /^▌2 of two\.txt/, "what was chosen stays so");
    b.write(KEY.escape);
  });

  await part(t, "a large one asks first; stopped half-way nothing of it stays", async (t) => {
    await enter(a, `/send ${folder}/film.mkv`);
    await b.waitFor("film.mkv");
    await hasInOrder("film.mkv");
    await enter(b, "/get film.mkv");
    await sees(t, b, "Get film.mkv, 400 MB?", "over 100 MB it asks");
    b.write(KEY.enter);
    await b.waitFor((screen) => /[1-9]\d* % {2}\d/.test(screen.text().join("\n")), { timeoutMs: 30_000 });
    process.kill(maya.core(), "SIGSTOP");
    t.match(row(b, "↧ film.mkv"), "400 MB");
    t.ok(
      readdirSync(downloads).some((name) => name.endsWith(".part")),
      "some of it is there",
    );
    await enter(b, "/cancel");
    await sees(t, b, "film.mkv is not fetched any more", "it says so");
    await seesRow(t, b, /↧ film\.mkv {2}400 MB · not fetched/, "and the row has no bar any more");
    process.kill(maya.core(), "SIGCONT");
    t.same(readdirSync(downloads).sort(), ["My tea.bin", "of two (1).txt", "of two.txt"], "nothing of it is left");
  });

  await part(t, "/open asks, and nothing was opened by itself", async (t) => {
    t.same(opened.calls(), []);
    await enter(b, "/open My tea.bin");
    await sees(t, b, "Open My tea.bin?", "a question");
    await sees(t, b, "From maya; open only what you expected", "that says whose it is");
    b.write(KEY.escape);
    await b.waitFor((screen) => !screen.text().join().includes("Open My tea.bin?"));
    t.same(opened.calls(), [], "Esc is no");
    await enter(b, "/open My tea.bin");
    await b.waitFor("Open My tea.bin?");
    b.write("y");
    await sees(t, b, "My tea.bin is being opened", "only then");
    t.same(opened.calls(), [join(downloads, "My tea.bin")], "that path and nothing else");
  });

  await part(t, "one that was deleted here is fetched again", async (t) => {
    rmSync(join(downloads, "My tea.bin"));
    await enter(b, "/get My tea.bin");
    await sees(t, b, "Getting My tea.bin", "not said to be here");
    await until(() => existsSync(join(downloads, "My tea.bin")), 40_000);
    t.ok(readFileSync(join(downloads, "My tea.bin")).equals(tea));
  });

  await part(t, "one that is changed after it was shared is not given, and both are told", async (t) => {
    writeFileSync(join(folder, "plan.txt"), "another plan");
    await enter(b, "/get plan.txt");
    await sees(t, b, "it was changed where it came from", "whoever wants it", 20_000);
    await sees(t, a, "it was changed or moved after it was shared", "and whoever shared it", 20_000);
    t.notOk(existsSync(join(downloads, "plan.txt")));
  });

  await part(
    t,
    "/set autoget: what is small comes by itself, what is not does not, and nothing is opened",
    async (t) => {
      await enter(b, "/set autoget 1MB");
      await sees(t, b, "autoget is 1MB", "it is set");
      writeFileSync(join(folder, "small.bin"), crypto.randomBytes(900_000));
      writeFileSync(join(folder, "large.bin"), crypto.randomBytes(1_100_000));
      await enter(a, `/send ${folder}/large.bin`);
      await b.waitFor("large.bin");
      await enter(a, `/send ${folder}/small.bin`);
      await sees(t, b, "~/Downloads/small.bin · /open opens it", "the small one is here", 20_000);
      t.ok(readFileSync(join(downloads, "small.bin")).equals(readFileSync(join(folder, "small.bin"))));
      await seesRow(t, b, /↧ large\.bin {2}1\.1 MB · not fetched/, "the large one waits to be asked for");
      t.equal(opened.calls().length, 1);
      await enter(b, "/set autoget off");
    },
  );

  await part(t, "a path that is not there stays on the line", async (t) => {
    const nowhere = join(folder, "nowhere.txt");
    await type(a, `/send ${nowhere}`);
    a.write(KEY.enter);
    await sees(t, a, `${nowhere} cannot be shared: there is no such file`, "it says which");
    await sees(t, a, "Check the path; Tab completes it.", "and what would help");
    t.match(a.screen().join(""), `/send ${nowhere}`);
  });
});

function open(desk: Desk, path = process.env.PATH): Pty {
  return desk.open([], { env: { HOME: desk.home.dir, PATH: path } });
}

async function inOneRoom(maya: Desk, bob: Desk): Promise<void> {
  await Promise.all([maya.json(["identity", "rename", "maya"]), bob.json(["identity", "rename", "bob"])]);
  for (const desk of [maya, bob]) await desk.run(["identity", "words"]);
  await maya.json(["room", "create", "tea"]);
  const { link } = await maya.json(["room", "invite", "tea"]);
  await bob.json(["room", "join", link]);
}

/** In place of the system's: it only notes what it was given. */
function openerIn(folder: string): { path: string; calls: () => string[] } {
  const log = join(folder, "opened");
  writeFileSync(join(folder, "xdg-open"), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\n`);
  chmodSync(join(folder, "xdg-open"), 0o700);
  const calls = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
  return { path: `${folder}:${process.env.PATH}`, calls };
}
