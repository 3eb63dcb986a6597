import t from "tap";
import { type NotificationOptions, notificationFor } from "../../src/terminal/notification.js";
import { readTmuxState, type TmuxState, throughTmux } from "../../src/terminal/surroundings.js";
import { payloads } from "../helpers/payloads.js";

const BELL = "\x07";
const XTERM = { TERM: "xterm-256color" };
const SSH = { ...XTERM, SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" };

function told(options: Partial<NotificationOptions>, text = "tea: 3 new"): string {
  return notificationFor(text, { env: XTERM, name: null, tmux: null, rings: true, ...options });
}

t.test("a terminal that is known to show text gets it by the sequence it knows, and no bell", async (t) => {
  const kitty = "\x1b]99;o=unfocused:f=a2VldC10dWk=;tea: 3 new\x1b\\";
  const fields = "\x1b]777;notify;keet-tui;tea: 3 new\x1b\\";
  const line = "\x1b]9;keet-tui: tea: 3 new\x1b\\";
  for (const [name, ought] of [
    ["kitty(0.32.0)", kitty],
    ["ghostty 1.1.3", fields],
    ["WezTerm 20240203-110809-5046fc22", fields],
    ["foot(1.16.2)", fields],
    ["iTerm2 3.5.0", line],
    ["XTerm(379)", BELL],
    ["VTE(7600)", BELL],
    ["kittycat", BELL],
  ] as const) {
    t.equal(told({ name }), ought, name);
    t.equal(told({ name, env: SSH }), ought, `${name} over SSH`);
  }
  t.equal(told({ env: { ...XTERM, TERM_PROGRAM: "iTerm.app" } }), line);
  t.equal(told({ env: { ...XTERM, TERM_PROGRAM: "WezTerm" } }), fields);
  t.equal(told({ env: { TERM: "xterm-kitty" } }), kitty);
  t.equal(told({ env: { TERM: "foot" } }), fields);
  t.equal(told({ env: { TERM: "foot" } }, "a;b"), "\x1b]777;notify;keet-tui;a,b\x1b\\");
  t.equal(told({ env: { TERM: "xterm-kitty" }, name: "XTerm(379)" }), BELL, "its own word goes before the environment");
});

t.test("nothing that would be swallowed or printed: mosh, a console, an unknown one get the bell", async (t) => {
  const mosh = { TERM: "xterm-kitty", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22", TERM_PROGRAM: "ghostty" };
  t.equal(told({ env: mosh }), BELL, "TERM says kitty, but nobody answered so");
  for (const TERM of ["linux", "linux-16color", "vt100", "vt220", "eterm-color", "dumb", "ansi"]) {
    t.equal(told({ env: { TERM, TERM_PROGRAM: "ghostty" } }), BELL, TERM);
    t.equal(told({ env: { TERM }, rings: false }), "", `${TERM}, another one rings already`);
  }
  t.equal(told({ rings: false }), "", "one bell for all that is told at once");
});

t.test("a number in front of what OSC 9 says is no command", async (t) => {
  t.equal(told({ name: "iTerm2 3.5.0" }, "4;1;50: 3 new"), "\x1b]9;keet-tui: 4;1;50: 3 new\x1b\\");
});

t.test("inside tmux: text where it lets it through to who looks, the bell to mark another window", async (t) => {
  const env = { TERM: "tmux-256color", TMUX: "/tmp/tmux-0/default,1,0", TERM_PROGRAM: "tmux" };
  const text = throughTmux("\x1b]777;notify;keet-tui;tea: 3 new\x1b\\");
  const seen: TmuxState = { isSeen: true, passes: "seen", name: "foot(1.16.2)" };
  t.match(text, /^\x1bPtmux;\x1b\x1b\]777;[^\x1b]*\x1b\x1b\\\x1b\\$/);
  t.equal(told({ env, tmux: seen }), text, "once, not by the bell as well");
  t.equal(told({ env, tmux: { ...seen, isSeen: false } }), BELL, "tmux would drop it there");
  t.equal(told({ env, tmux: { ...seen, isSeen: false, passes: "always" } }), text + BELL, "told, and marked");
  t.equal(told({ env, tmux: { ...seen, passes: "never" } }), BELL);
  t.equal(told({ env, tmux: { ...seen, name: "xterm-256color" } }), BELL, "one that may show nothing");
  t.equal(told({ env, tmux: null }), BELL, "a tmux that does not answer");
  t.equal(told({ env, tmux: seen, rings: false }), text);
  t.equal(told({ env: { ...SSH, TERM: "screen-256color" }, name: "tmux 3.4" }), BELL, "a tmux at the near end");
});

t.test("what tmux answers is read, from before allow-passthrough too", async (t) => {
  t.same(readTmuxState("1\t1\ton\tkitty(0.32.0)\txterm-kitty\n"), {
    isSeen: true,
    passes: "seen",
    name: "kitty(0.32.0)",
  });
  t.same(readTmuxState("2\t0\tall\t\txterm-kitty\n"), { isSeen: false, passes: "always", name: "xterm-kitty" });
  t.same(readTmuxState("0\t1\toff\t\t\n"), { isSeen: false, passes: "never", name: "" });
  t.same(readTmuxState("1\t1\t\t\tfoot\n"), { isSeen: true, passes: "seen", name: "foot" });
  t.same(readTmuxState(""), { isSeen: false, passes: "seen", name: "" });
});

t.test("inside screen: the bell, which it shows by itself", async (t) => {
  t.equal(told({ env: { TERM: "screen.xterm-kitty", STY: "1.pts-0" } }), BELL);
  t.equal(told({ env: { TERM: "screen", SSH_TTY: "/dev/pts/1" } }), BELL);
});

t.test("whatever is told, it is one sequence around safe text", async (t) => {
  for (const { text, name } of payloads) {
    t.match(told({ name: "iTerm2 3.5.0" }, text), /^\x1b\]9;keet-tui: [^\x00-\x1f\x7f-\x9f]{0,200}\x1b\\$/, name);
    t.match(told({ name: "kitty(0.32.0)" }, text), /^\x1b\]99;[^;]*;[^\x00-\x1f\x7f-\x9f]{0,200}\x1b\\$/, name);
    t.match(
      told({ name: "foot(1.16.2)" }, text),
      /^\x1b\]777;notify;keet-tui;[^\x00-\x1f\x7f-\x9f;]{0,200}\x1b\\$/,
      name,
    );
  }
});
