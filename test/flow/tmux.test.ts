// keet-tui inside a real tmux, which has a terminal of its own and a person's terminal around it.
import { join } from "node:path";
import t from "tap";
import { askTmux } from "../../src/terminal/surroundings.js";
import { BIN } from "../helpers/program.js";
import { NO_TMUX, Tmux } from "../helpers/tmux.js";
import { Desk, enter, KEY, sees, type, until } from "./desks.js";

t.setTimeout(90_000);

t.test("copying, sizes, leaving and coming back, and the names of windows", NO_TMUX, async (t) => {
  const desk = new Desk(t);
  const { id: room } = await desk.json(["room", "create", "tea"]);
  const tmux = new Tmux(t, [
    "set -s set-clipboard on",
    "set -g focus-events on",
    "set -g status off",
    "set -as terminal-features ',xterm*:clipboard'",
    "set -g allow-rename on",
  ]);
  let pty = tmux.open(["new-session", "-s", "talk", "-n", "mine", "sh"]);
  await until(() => tmux.show("#{pane_current_command}") === "sh");
  const title = tmux.show("#{pane_title}");
  const program = [process.execPath, BIN, ...desk.globals].map((word) => `'${word}'`).join(" ");
  pty.write(`${program}\r`);
  await sees(t, pty, "made this room", "the screen, in tmux");
  await until(() => tmux.show("#{pane_title}") === "tea · keet-tui");
  t.equal(tmux.show("#{window_name}"), "mine", "the window keeps its name");

  await enter(pty, "copy me: Grüße 幅");
  await sees(t, pty, /copy me.*✓/, "said");
  pty.write(KEY.up);
  await pty.waitFor("y copy");
  const before = pty.raw().length;
  pty.write("y");
  await sees(t, pty, "Copied by tmux", "and by which way");
  t.equal(tmux.ask("show-buffer"), "copy me: Grüße 幅", "tmux's own buffer");
  const encoded = Buffer.from("copy me: Grüße 幅").toString("base64");
  await pty.waitFor(() => pty.raw(before).includes(`;${encoded}`));
  t.pass("and the terminal around tmux");
  pty.write(KEY.escape);
  await pty.waitFor((screen) => !screen.text().join().includes("y copy"));

  await type(pty, "half a thought");
  const rpc = await desk.rpc();

  pty.resize({ columns: 100, rows: 30 });
  await sees(t, pty, (screen) => screen.text()[28]!.includes("> half a thought"), "drawn for the new size");

  tmux.ask("detach-client", "-s", "talk");
  await pty.exited;
  await rpc.request("message.send", { room, text: "said while nobody was attached" });
  pty = tmux.open(["attach", "-t", "talk"], { columns: 60, rows: 20 });
  await sees(t, pty, "said while nobody", "there after attaching again, at another size");
  await sees(t, pty, (screen) => screen.text()[18]!.includes("> half a thought"), "with the draft");

  pty.write(KEY.clearLine);
  pty.write(KEY.interrupt);
  await pty.waitFor("Quit?");
  pty.write(KEY.enter);
  await until(() => tmux.show("#{pane_current_command}") === "sh");
  t.equal(tmux.show("#{pane_title}"), title, "the title is what it was");
  t.equal(tmux.show("#{window_name}"), "mine");
  t.equal(tmux.show("#{alternate_on}"), "0");
});

t.test(
  "a notification: text where tmux lets it through to who looks, else the bell marks the window",
  NO_TMUX,
  async (t) => {
    // The real question to a real tmux; who is around it is xterm, which shows no text.
    const tmux = new Tmux(t, ["set -g allow-passthrough on", "set -g focus-events on"]);
    const pty = tmux.open(["new-session", "-s", "talk", "-n", "mine", "sh"]);
    await until(() => tmux.show("#{pane_current_command}") === "sh");
    const env = () => ({ TMUX: `${tmux.socket},1,0`, TMUX_PANE: tmux.show("#{pane_id}"), PATH: process.env.PATH });
    await until(() => tmux.show("#{session_attached}") === "1");
    t.match(await askTmux(env()), { isSeen: true, passes: "seen", name: /xterm/i });
    tmux.ask("set", "-g", "allow-passthrough", "off");
    t.match(await askTmux(env()), { isSeen: true, passes: "never" });
    tmux.ask("new-window", "-t", "talk:1", "-n", "other", "sh");
    t.match(await askTmux(env()), { isSeen: false });
    tmux.ask("select-window", "-t", "talk:0");
    tmux.ask("detach-client", "-s", "talk");
    await pty.exited;
    t.match(await askTmux(env()), { isSeen: false });
    t.equal(await askTmux({ ...env(), TMUX: `${tmux.socket}-gone,1,0` }), null);
  },
);

t.test(
  "focus comes through tmux: a room one looks at is silent, and marks its window when one does not",
  NO_TMUX,
  async (t) => {
    const folder = t.testdir({ maya: {}, bob: {} });
    const maya = new Desk(t, join(folder, "maya"));
    const bob = new Desk(t, join(folder, "bob"));
    await maya.json(["identity", "rename", "maya"]);
    await maya.json(["room", "create", "tea"]);
    const { link } = await maya.json(["room", "invite", "tea"]);
    const { id: room } = await bob.json(["room", "join", link, "--timeout", "60s"], { timeoutMs: 70_000 });
    const rpc = await bob.rpc();
    const tmux = new Tmux(t, ["set -g focus-events on", "set -g bell-action none"]);
    const program = [process.execPath, BIN, ...maya.globals].map((word) => `'${word}'`).join(" ");
    const pty = tmux.open(["new-session", "-s", "talk", "-n", "mine", program]);
    await pty.waitFor("> ");
    await pty.waitFor(/2 here|1 direct|bob|root/);
    const marked = () => tmux.show("#{window_bell_flag}");
    await rpc.request("message.send", { room, text: "@maya seen" });
    await sees(t, pty, "@maya seen", "said where one looks");
    t.equal(marked(), "0");
    tmux.ask("new-window", "-t", "talk:1", "-n", "other", "sh");
    await until(() => tmux.show("#{window_active}") === "0");
    // The word that nobody looks any more is on its way to the program: what comes before it is taken for seen.
    await until(async () => {
      await rpc.request("message.send", { room, text: "@maya not seen" });
      await until(() => marked() === "1", 1_000).catch(() => {});
      return marked() === "1";
    }, 20_000);
    t.pass("said where one does not look");
  },
);
