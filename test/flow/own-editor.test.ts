// What only a real terminal shows: an editor that gets it and gives it back, bare lines, and a signal in between.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Desk, enter, KEY, sees, type, until } from "./desks.js";

t.setTimeout(110_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };

async function desk(t: Test): Promise<Desk> {
  const one = new Desk(t);
  await one.json(["room", "create", "tea"]);
  return one;
}

t.test(
  "Ctrl-X: the editor has the terminal as a shell would, and the screen is as it was afterwards",
  LINUX,
  async (t) => {
    const one = await desk(t);
    const script = join(one.home.dir, "editor.sh");
    const lines = [
      "#!/bin/sh",
      "stty -a | grep -q -w -- '-icanon' && echo raw || echo cooked",
      'echo "was: $(cat "$1")"',
      "read -r line",
      'printf "%s\\n" "$line" >> "$1"',
    ];
    writeFileSync(script, `${lines.join("\n")}\n`, { mode: 0o700 });
    const pty = one.open([], { env: { VISUAL: "", EDITOR: script, TMPDIR: one.home.dir, XDG_RUNTIME_DIR: undefined } });
    await pty.waitFor("made this room");
    await type(pty, "half a thought");
    pty.write("\x18");
    await sees(t, pty, "was: half a thought", "the editor has the text");
    t.ok(pty.screen().join().includes("cooked"), "and the keyboard of a shell");
    t.notOk(pty.screen().join().includes("made this room"), "on a screen of its own");
    t.equal(readdirSync(one.home.dir).filter((name) => name.startsWith("keet-tui-")).length, 1);
    pty.write("from the editor\r");
    await sees(t, pty, "Enter sends it", "back on the screen");
    await sees(t, pty, (screen) => screen.text().some((row) => row.includes("> half a thought")), "with both lines");
    await sees(t, pty, "from the editor", "on the line");
    t.same(
      readdirSync(one.home.dir).filter((name) => name.startsWith("keet-tui-")),
      [],
      "nothing of it is left on the disk",
    );
    pty.write(KEY.enter);
    await until(async () => (await one.run(["tail", "tea"])).stdout.includes("from the editor"));

    pty.write("\x18");
    await sees(t, pty, /cooked[\s\S]*cooked\s+was: *$/m, "again, with an empty line");
    pty.write("\x03");
    await sees(t, pty, /ended (by SIGINT|with code 130)/, "an interrupted editor leaves the line as it was");
    await type(pty, "typed after it");
  },
);

t.test("Alt-L: the talk as bare lines, and any key back", LINUX, async (t) => {
  const one = await desk(t);
  const link = `https://files.example/${"a-long-path/".repeat(12)}end`;
  await one.run(["send", "tea", link]);
  const pty = one.open();
  await pty.waitFor("a-long-path");
  pty.write("\x1bl");
  await sees(t, pty, "-- any key goes back --", "how to leave is said");
  const rows = pty.screen();
  t.ok(rows.join("").includes(link), "the link is whole, from edge to edge");
  t.notOk(rows.join().includes("│"), "with nothing beside it");
  pty.resize({ columns: 100, rows: 30 });
  await sees(t, pty, (screen) => screen.text().join("").includes(link), "at another size too");
  await one.run(["send", "tea", "said meanwhile"]);
  pty.write("x");
  await sees(t, pty, "said meanwhile", "back, with what came meanwhile");
  await sees(t, pty, (screen) => /^ > *$/.test(screen.text()[28]!), "that key was typed nowhere");
});

t.test("a signal within the five seconds: what was taken back goes out all the same", LINUX, async (t) => {
  const one = await desk(t);
  for (const [text, end] of [
    ["by SIGTERM", (pid: number) => process.kill(pid, "SIGTERM")],
    ["by SIGHUP", (pid: number) => process.kill(pid, "SIGHUP")],
  ] as const) {
    const pty = one.open();
    await pty.waitFor("made this room");
    await enter(pty, text);
    await sees(t, pty, new RegExp(`${text}.*✓`), "it is in the room");
    await enter(pty, "/delete");
    await pty.waitFor("Take it back for everyone?");
    pty.write("y");
    await pty.waitFor("Taken back");
    end(pty.pid);
    await pty.exited;
    await until(async () => !(await one.run(["tail", "tea"])).stdout.includes(text));
    t.notMatch((await one.run(["tail", "tea"])).stdout, text, `${text}: it is taken back`);
  }
});
