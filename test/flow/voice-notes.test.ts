// A voice note between two people at two screens, with real cores and a real ffmpeg: files for microphones and speakers.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { shortFolder } from "../helpers/program.js";
import { delaySamples, readWav, voices, writeWav } from "../helpers/sound.js";
import { fileFfmpeg } from "../helpers/sound-card.js";
import { aligned, stoi } from "../helpers/stoi.js";
import { Desk, enter, KEY, livingIn, part, row, sees, seesRow, until, windowTitle } from "./desks.js";
import { inOneRoom, openSounding } from "./sounding-desks.js";

t.setTimeout(110_000);

const needs =
  (process.platform !== "linux" && "needs /proc") || (fileFfmpeg === null && "needs an ffmpeg: npm ci brings one");
const RECORDS = /^ ● recording 0:0\d {2}[▁-█]{4} {3}Enter sends · Esc drops$/;

t.test("a voice note from one terminal to another", { skip: needs }, async (t) => {
  const dir = t.testdir({ maya: {}, bob: {} });
  const [maya, bob] = [new Desk(t, join(dir, "maya")), new Desk(t, join(dir, "bob"))];
  const folder = shortFolder(t);
  const said = voices()[0].subarray(0, 4 * 48_000);
  writeWav(`${folder}/says.wav`, said);
  await inOneRoom(maya, bob);
  const a = openSounding(maya);
  const b = openSounding(bob);
  await Promise.all([a, b].map((pty) => pty.waitFor("2 here", { timeoutMs: 20_000 })));
  await enter(a, `/set mic file:${folder}/says.wav`);
  await enter(b, `/set speaker file:${folder}/heard.wav`);
  const ffmpegs = () => livingIn(folder).filter(({ args }) => args.includes(" -nostdin "));
  const notes = () => notesIn(maya.home.dir);

  await part(t, "one that is dropped leaves nothing, and the draft stays", async (t) => {
    await enter(a, "/voice");
    await seesRow(t, a, RECORDS, "the row above the line", 20_000);
    t.match(windowTitle(a), /^♪ /, "and the title says that the microphone is open");
    await until(() => notes().length === 1);
    a.write(KEY.escape);
    await sees(t, a, (screen) => !screen.text().some((line) => line.startsWith(" ●")), "Esc drops it");
    t.notMatch(windowTitle(a), /♪/);
    await until(() => notes().length === 0 && ffmpegs().length === 0);
    t.same([notes(), ffmpegs()], [[], []], "no file, no ffmpeg");
  });

  await part(t, "Enter sends it, and the other one sees how long it is", async (t) => {
    await enter(a, "/voice");
    await seesRow(t, a, /^ ● recording 0:0[4-9] /, "it records", 20_000);
    a.write(KEY.enter);
    await seesRow(t, a, /▶ voice note 0:0[4-9] · \d+ KB +.*✓/, "one's own row", 20_000);
    await seesRow(t, b, /maya +▶ voice note 0:0[4-9] · \d+ KB/, "and theirs", 20_000);
    t.notMatch(windowTitle(a), /♪/);
    await until(() => ffmpegs().length === 0);
    t.equal(notes().length, 1, "it lies where the core shares it from");
    t.equal(statSync(notes()[0]!).mode & 0o777, 0o600);
  });

  await part(t, "which says the same in JSON, and is a file like any other", async (t) => {
    const [file] = (await bob.json(["file", "list", "tea"])) as { file: { name: string; duration: number } }[];
    t.match(file?.file.name, /^voice-\d{4}-\d\d-\d\d-\d{4}\.opus$/);
    t.ok(file!.file.duration >= 4_000 && file!.file.duration < 9_000, `${file!.file.duration} ms`);
    const { stdout } = await bob.run(["file", "list", "tea"]);
    t.match(stdout, /voice-\S+\.opus\t0:0[4-9], \d+ KB\tnot fetched\tmaya/);
  });

  await part(t, "played in its row, paused, and heard as it was said", async (t) => {
    b.write(KEY.up);
    await sees(t, b, "Enter play", "the status row says how");
    b.write(KEY.enter);
    await seesRow(t, b, /▶ 0:01 [▬●─]+ 0:0[4-9]/, "it plays", 20_000);
    b.write(KEY.enter);
    await seesRow(t, b, /‖ 0:0\d [▬●─]+ 0:0[4-9] {2}paused/, "it stands still");
    const at = row(b, "‖");
    const size = () => statSync(`${folder}/heard.wav`).size;
    const before = size();
    await until(() => size() > before + 96_000);
    t.equal(row(b, "‖"), at, "for a second, too");
    b.write(KEY.enter);
    await seesRow(t, b, /▶ voice note 0:0[4-9] · \d+ KB/, "at its end it is as before", 20_000);
    // The pause is no part of what was said: its place is looked for on both sides.
    const heard = readWav(`${folder}/heard.wav`);
    const score = stoi(said, aligned(said, withoutPause(heard), delaySamples(said, withoutPause(heard), 96_000)));
    t.ok(score >= 0.9, `STOI ${score.toFixed(3)}`);
  });

  await part(t, "taken back, it is gone from where it was recorded", async (t) => {
    await enter(a, "/delete");
    a.write(KEY.enter);
    await until(() => notes().length === 0, 20_000);
    t.same(notes(), []);
  });

  await part(t, "a terminal that closes takes its microphone and what it heard with it", async (t) => {
    await enter(a, "/voice");
    await seesRow(t, a, RECORDS, "it records", 20_000);
    await until(() => notes().length === 1);
    a.kill("SIGHUP");
    await a.exited;
    await until(() => ffmpegs().length === 0);
    await until(() => notes().length === 0);
    t.same([notes(), ffmpegs()], [[], []]);
  });
});

/** Of a home: what was recorded there. */
function notesIn(home: string): string[] {
  return everythingIn(home)
    .filter((path) => path.includes("voice-notes/") && path.endsWith(".opus"))
    .map((path) => join(home, path))
    .filter((path) => existsSync(path));
}

/** A folder that goes while it is looked into makes the whole look fail: then once more. */
function everythingIn(folder: string): string[] {
  for (;;) {
    try {
      return readdirSync(folder, { recursive: true, encoding: "utf8" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !existsSync(folder)) throw error;
    }
  }
}

/** Without the longest silence, which is the pause. */
function withoutPause(pcm: Int16Array): Int16Array {
  let [from, longest, begin] = [0, 0, 0];
  for (let at = 0; at <= pcm.length; at += 1) {
    if (at < pcm.length && pcm[at] === 0) continue;
    if (at - begin > longest) [from, longest] = [begin, at - begin];
    begin = at + 1;
  }
  return Int16Array.from([...pcm.subarray(0, from), ...pcm.subarray(from + longest)]);
}
