import { createElement as h } from "react";
import t from "tap";
import { openPty } from "../helpers/pty.js";
import { openScreen } from "../helpers/screen.js";

// Ink's colours ask for this once, when it is loaded.
process.env.FORCE_COLOR = "3";
const { Box, render, Text } = await import("ink");

t.test("what Ink draws is read as rows and cells", async (t) => {
  const screen = openScreen({ columns: 20, rows: 4 });
  const app = render(h(Box, {}, h(Text, { color: "red", bold: true }, "日本"), h(Text, {}, "👍🏽 ok")), {
    stdout: screen.stdout,
    interactive: true,
    patchConsole: false,
  });
  t.teardown(() => app.unmount());
  await screen.waitFor("ok");
  t.equal(screen.text()[0], "日本👍🏽 ok");
  t.match(screen.cell(0, 0), { chars: "日", width: 2, attributes: "bold" });
  t.match(screen.cell(4, 0), { chars: "👍🏽", width: 2, foreground: "default" });
  t.same(screen.find("ok"), { x: 7, y: 0 });
  t.equal(screen.find("nowhere"), null);
  t.match(screen.raw(), /日本/);
});

t.test("a condition that never holds ends with the screen in the error", async (t) => {
  const screen = openScreen({ columns: 20, rows: 2 });
  screen.stdout.write("here");
  await t.rejects(screen.waitFor("there", { timeoutMs: 20 }), /waited 20 ms for there; the screen:\nhere/);
});

t.test("a program in a pty is typed to, resized and read", async (t) => {
  const program = `
    process.stdin.setRawMode(true);
    process.stdin.on("data", (keys) => process.stdout.write("got " + keys.toString("hex") + "\\r\\n"));
    process.stdout.on("resize", () => process.stdout.write(process.stdout.columns + "x" + process.stdout.rows + "\\r\\n"));
    process.stdout.write("ready " + [process.env.CI, process.env.TMUX, process.env.TAP].join("|") + "\\r\\n");`;
  const pty = openPty(process.execPath, ["-e", program], { env: { TMUX: undefined } });
  t.teardown(() => pty.kill());
  await pty.waitFor("ready ||");
  pty.write("\x1b[A");
  await pty.waitFor("got 1b5b41");
  pty.resize({ columns: 100, rows: 30 });
  await pty.waitFor("100x30");
  pty.kill("SIGTERM");
  t.match(await pty.exited, { signal: 15 });
});
