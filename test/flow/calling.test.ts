// A call between two people at two screens, with real cores and a real ffmpeg: files for microphones and speakers.
import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { shortFolder } from "../helpers/program.js";
import { voices, writeWav } from "../helpers/sound.js";
import { fileFfmpeg } from "../helpers/sound-card.js";
import { Desk, enter, livingIn, part, sees, seesRow, until } from "./desks.js";
import { inOneRoom, openSounding } from "./sounding-desks.js";

t.setTimeout(110_000);

const needs =
  (process.platform !== "linux" && "needs /proc") || (fileFfmpeg === null && "needs an ffmpeg: npm ci brings one");
const FOCUS_OUT = "\x1b[O";
const FOCUS_IN = "\x1b[I";
const ALT_T = "\x1bt";
const ALT_V = "\x1bv";
const TALKS = / [▁-█]*[▂-█][▁-█]* +\d+ ms/;

t.test("a call between two terminals", { skip: needs }, async (t) => {
  const dir = t.testdir({ maya: {}, bob: {} });
  const [maya, bob] = [new Desk(t, join(dir, "maya")), new Desk(t, join(dir, "bob"))];
  const folder = shortFolder(t);
  const [first, second] = voices();
  writeWav(`${folder}/maya-says.wav`, first);
  writeWav(`${folder}/bob-says.wav`, second);
  await inOneRoom(maya, bob);
  const a = openSounding(maya);
  const b = openSounding(bob);
  await Promise.all([a, b].map((pty) => pty.waitFor("2 here", { timeoutMs: 20_000 })));
  await enter(a, `/mic loop:${folder}/maya-says.wav`);
  await enter(a, `/speaker file:${folder}/maya-hears.wav`);
  await enter(b, `/set mic loop:${folder}/bob-says.wav`);
  await enter(b, `/set speaker file:${folder}/bob-hears.wav`);
  const ffmpegs = () => livingIn(folder).filter(({ args }) => args.includes(" -nostdin "));

  await part(t, "one calls, and the other sees it", async (t) => {
    await enter(a, "/call");
    await seesRow(t, a, /^ ♪ tea 00:\d\d {3}maya \(mic open\) .*Alt-T mic · \/hangup$/, "the strip", 20_000);
    await seesRow(t, b, /│♪ call in tea: maya · \/call joins/, "the row under the title");
    await seesRow(t, b, /^▌♪ tea /, "and the mark in the list");
    await seesRow(t, b, /-- maya started a call|maya started a call/, "and the notice in the history");
  });

  await part(t, "they hear each other", async (t) => {
    await enter(b, "/call");
    await sees(t, b, (screen) => TALKS.test(strip(screen.text())), "maya is heard", 20_000);
    await sees(t, a, (screen) => TALKS.test(strip(screen.text())), "and so is bob", 20_000);
    t.notMatch(b.screen().join("\n"), "call in tea:", "whoever is in it is not asked to join");
    t.match(strip(a.screen()), /bob [▁-█]{4}/);
  });

  await part(t, "what is typed is text, whatever ffmpeg makes of such keys", async (t) => {
    a.write("hello q c C ? h");
    await sees(t, a, "> hello q c C ? h", "all of it is on the line");
    a.write("\x15");
    t.ok(ffmpegs().length >= 1, "the sound goes on");
  });

  await part(t, "a muted microphone is seen and sends nothing", async (t) => {
    await enter(a, "/mic off");
    await sees(t, a, "maya (muted)", "here");
    await sees(t, b, (screen) => /maya \(muted\)/.test(strip(screen.text())), "and there");
    a.write(ALT_T);
    await sees(t, a, "maya (mic open)", "Alt-T opens it again");
    await sees(t, b, (screen) => TALKS.test(strip(screen.text())), "and it is heard", 20_000);
  });

  await part(t, "push to talk: off at first, and when nobody looks", async (t) => {
    await enter(a, "/ptt on");
    await sees(t, a, "maya (Alt-V talks, again stops)", "the strip says that it toggles");
    await sees(t, b, (screen) => / maya ▁▁▁▁ /.test(strip(screen.text())), "and nothing is heard", 20_000);
    a.write(ALT_V);
    await sees(t, a, "maya (mic open, Alt-V stops)", "held");
    await sees(t, b, (screen) => TALKS.test(strip(screen.text())), "and heard", 20_000);
    a.write(FOCUS_OUT);
    await sees(t, a, "maya (Alt-V talks, again stops)", "off when the window is not in front");
    await sees(t, b, (screen) => / maya ▁▁▁▁ /.test(strip(screen.text())), "and quiet there", 20_000);
    a.write(FOCUS_IN);
    await enter(a, "/ptt off");
  });

  await part(t, "while nobody speaks the screen writes nothing but the clock", async (t) => {
    await enter(a, "/mic off");
    await enter(b, "/mic off");
    await sees(t, a, (screen) => /bob \(muted\)/.test(strip(screen.text())), "both are muted");
    await until(() => !a.screen().join("\n").includes("Your microphone is closed"));
    // The other clock, at the bottom, goes on with each minute.
    await until(() => new Date().getSeconds() < 55);
    const clock = () => Number(/:(\d\d) /.exec(strip(a.screen()))?.[1]);
    const begun = clock();
    const before = a.raw().length;
    await until(() => (clock() - begun + 60) % 60 >= 3);
    const written = a.raw().slice(before);
    t.ok(written.length < 3 * 80, `${written.length} bytes in three seconds: ${JSON.stringify(written)}`);
  });

  await part(t, "out of it, and nothing is left", async (t) => {
    await enter(b, "/hangup");
    await sees(t, b, (screen) => strip(screen.text()) === "", "no strip");
    await sees(t, a, (screen) => !/bob/.test(strip(screen.text())), "who stays sees that");
    await seesRow(t, b, /│♪ call in tea: maya · \/call joins/, "and who left sees the call again");
    t.ok(existsSync(`${folder}/bob-hears.wav`), "what was heard is in the file");
    a.kill("SIGHUP");
    await a.exited;
    await until(() => ffmpegs().length === 0);
    t.same(ffmpegs(), [], "a terminal that closes takes its sound with it");
    await seesRow(t, b, /the call ended after \d+ (s|min)/, "and the history says so", 20_000);
  });
});

/** The row of the call, where there is one. */
function strip(rows: readonly string[]): string {
  return rows.find((line) => /^ ♪ \S+ \d\d:\d\d/.test(line)) ?? "";
}
