// An hour of work at the screen: no key is lost, no row is there twice, and at each rest an independent terminal shows the
// cells that stock Ink would show (decision 0003), alone and in tmux, at five sizes, in two locales.
import { join } from "node:path";
import t, { type Test } from "tap";
import { openPty, type Pty } from "../helpers/pty.js";
import { NO_TMUX, Tmux } from "../helpers/tmux.js";
import { buildWitnessed, StockScreen, type Witnessed } from "../helpers/witness.js";
import { Desk, livingIn, part } from "./desks.js";
import { Hour } from "./hour-script.js";

t.setTimeout(150_000);
// Most of an hour is waiting for the terminal.
t.jobs = 2;

const isLinux = process.platform === "linux";
const SHELL = ["bash", "--norc", "--noprofile", "-i"] as const;
const SHELL_ENV = { PS1: "shell> ", HISTFILE: "" };

/** A few hundred messages once are enough; the other locale has all the ways of using it, and less to read. */
const TALK = { "C.UTF-8": 140, C: 40 } as const;
type Locale = keyof typeof TALK;

const witnessed = await buildWitnessed(t.testdir({}));

function openShell(t: Test, env: Record<string, string>): Pty {
  const [command, ...args] = SHELL;
  const pty = openPty(command, args, { env: { ...SHELL_ENV, ...env } });
  t.teardown(() => pty.kill());
  return pty;
}

function openTmux(t: Test, env: Record<string, string>): Pty {
  const tmux = new Tmux(t, ["set -g status off", "set -g focus-events on", "set -g default-terminal tmux-256color"]);
  return tmux.open(["new-session", "-s", "talk", SHELL.join(" ")], { env: { ...SHELL_ENV, ...env } });
}

function begin(t: Test, witnessed: Witnessed, open: typeof openShell, locale: Locale) {
  const folder = t.testdir({ maya: {}, bob: {} });
  const [maya, bob] = [new Desk(t, join(folder, "maya")), new Desk(t, join(folder, "bob"))];
  const stock = new StockScreen(join(folder, "stock.jsonl"));
  const pty = open(t, { ...witnessed.env, WITNESS_FILE: stock.file, LANG: locale, LC_ALL: locale });
  // Before the shell, whose end would be no end of the program at once: it would start its core again.
  t.teardown(() => {
    for (const { pid, args } of livingIn(folder)) if (args.includes(witnessed.bin)) process.kill(pid, "SIGKILL");
  });
  const command = [process.execPath, witnessed.bin, ...maya.globals].map((word) => `'${word}'`).join(" ");
  return new Hour({ pty, stock, maya, bob, command, isTmux: open === openTmux, talk: TALK[locale] });
}

const ALONE = { skip: !isLinux && "needs /proc" };
// Alone in a C locale is test/flow/locale.test.ts.
const WAYS = [
  ["alone", openShell, "C.UTF-8", ALONE],
  ["in tmux", openTmux, "C", NO_TMUX],
  ["in tmux", openTmux, "C.UTF-8", NO_TMUX],
] as const;

async function play(t: Test, open: typeof openShell, locale: Locale): Promise<void> {
  const hour = begin(t, witnessed, open, locale);
  await part(t, "the first run, a room, and somebody in it", async () => {
    await hour.begin();
    await hour.makeRoom();
  });
  await part(t, "talk both ways, keys in bursts, a paste while more comes", async () => {
    await hour.talk();
    await hour.burst();
    await hour.paste();
  });
  await part(t, "answers, edits, reactions, taking back, pins", async () => {
    await hour.reply();
    await hour.editOwn();
    await hour.react();
    await hour.takeBack();
    await hour.pin();
  });
  await part(t, "searching, going to rooms, a draft in each", async () => {
    await hour.search();
    await hour.drafts();
  });
  await part(t, "five sizes while messages come", () => hour.sizes());
  await part(t, "each message is once on its page, all of them in order", async (t) => {
    const pages = await hour.scroll();
    for (const page of pages) t.same(numbersOn(page), [...new Set(numbersOn(page))], "no double row");
    const all = [...new Set(pages.flatMap(numbersOn))];
    t.same(
      all,
      Array.from({ length: hour.bobSaid }, (_, number) => number),
    );
  });
  await part(t, "stopped, back at the shell, and awake again; then the end", async () => {
    await hour.suspend();
    await hour.quit();
  });
  t.same(await hour.arrived(), hour.typed, "each line that was typed is there once, in order");
  t.comment(`${hour.rests} rests, ${hour.cellsCompared} cells, ${hour.bobSaid + hour.typed.length} messages`);
}

/** Bob's messages on a page, from top to bottom, without those that are only quoted. */
function numbersOn(page: readonly string[]): number[] {
  const text = page.map((row) => row.replace(/┊.*/, "")).join("\n");
  return [...text.matchAll(/\bb(\d{3})\. /g)].map((match) => Number(match[1]));
}

for (const [where, open, locale, skip] of WAYS)
  t.test(`an hour ${where}, with a locale of ${locale}`, { ...skip, buffered: true }, (t) => play(t, open, locale));
