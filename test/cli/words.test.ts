import t from "tap";
import { COMMANDS } from "../../src/cli/commands.js";
import { completionsFor } from "../../src/cli/completion.js";
import { durationMs, sayDuration } from "../../src/cli/duration.js";
import { pickRoom } from "../../src/cli/find-room.js";
import { globalsFrom } from "../../src/cli/globals.js";
import { takeApart } from "../../src/cli/words.js";
import type { RoomInfo } from "../../src/rpc/methods.js";

/** Options as typed, and what was put aside as text. */
function apart(...argv: string[]) {
  const { command, tokens, texts } = takeApart(argv, COMMANDS);
  const positional = tokens.filter((token) => /^:\d+:$/.test(token)).map((token) => texts[Number(token.slice(1, -1))]);
  const options = tokens
    .filter((token) => token.startsWith("--"))
    .map((token) => token.replace(/:(\d+):/, (_, at) => texts[Number(at)] ?? ""));
  return { path: command?.path.join(" ") ?? null, positional, options };
}

t.test("C37: text is what is no option, and after -- everything is text", async (t) => {
  t.same(apart("send", "tea", "- milk").positional, ["tea", "- milk"]);
  t.same(apart("send", "tea", "--", "- milk", "now").positional, ["tea", "- milk", "now"]);
  t.same(apart("send", "tea", "--", "--help", "-x", "--").positional, ["tea", "--help", "-x", "--"]);
  t.same(apart("send", "tea", "007", "-5", "-", "---", "- -x").positional, ["tea", "007", "-5", "-", "---", "- -x"]);
  t.same(apart("send", "tea", "hi", "--no-input"), {
    path: "send",
    positional: ["tea", "hi"],
    options: ["--no-input"],
  });
  t.same(apart("--home", "-h", "send", "tea", "x").options, ["--home=-h"], "a value may look like an option");
  t.same(apart("send", "tea", ":0:", "").positional, ["tea", ":0:", ""]);
  t.same(apart("tail", "-n5", "tea", "-f").options, ["--lines=5", "--follow"]);
  t.same(apart("send", "room", "list").positional, ["room", "list"], "a command's name is text after the command");
  t.same(apart("daemon", "stop").path, "daemon stop");
});

t.test("C37: what looks like an option and is none is refused, with the way out", async (t) => {
  for (const word of ["-x", "--no-such", "-xyz", "--x=y", "-x is great"]) {
    t.throws(() => apart("send", "tea", word), { code: "USAGE", hint: /put -- in front/ }, word);
  }
  t.throws(() => apart("send", "tea", "--id"), { code: "USAGE" });
  t.throws(() => apart("send", "tea", "--json=1"), { code: "USAGE" });
  t.throws(() => apart("send", "tea", `--secret${"a".repeat(200)}`), { message: /^.{0,70}$/ }, "not repeated in full");
});

const room = (name: string, id: string) => ({ name, id: id.padEnd(64, "0"), members: 1 }) as RoomInfo;

t.test("C17: rooms are named exactly; nothing is guessed", async (t) => {
  const rooms = [
    room("tea", "aaaa"),
    room("tea time", "bbbb"),
    room("7ea1", "cccc"),
    room("x", "7ea1c0de"),
    room("TEA party", "d"),
  ];
  t.equal(pickRoom(rooms, "tea"), rooms[0]);
  t.equal(pickRoom(rooms, "7ea1"), rooms[2], "an exact name wins over an id");
  t.equal(pickRoom(rooms, "7ea1c0de"), rooms[3]);
  t.throws(() => pickRoom(rooms, "7ea1c0d"), { code: "NO_SUCH_ROOM", hint: /first 8 characters/ });
  t.throws(() => pickRoom(rooms, "te"), { code: "NO_SUCH_ROOM", hint: /"tea", "tea time"/ });
  t.throws(() => pickRoom(rooms, "TEA"), { code: "NO_SUCH_ROOM", hint: /"tea"/ });
  t.throws(() => pickRoom(rooms, "7EA1C0DE"), { code: "NO_SUCH_ROOM" });
  t.throws(() => pickRoom(rooms, "zzz"), { code: "NO_SUCH_ROOM", hint: /room list/ });
  t.throws(() => pickRoom([], "tea"), { code: "NO_SUCH_ROOM", hint: /room create/ });
});

t.test("two rooms of one name are an error that lists both", async (t) => {
  const rooms = [room("tea", "aaaa1111"), room("tea", "bbbb2222")];
  t.throws(() => pickRoom(rooms, "tea"), { code: "AMBIGUOUS_ROOM", hint: /aaaa1111.*bbbb2222/ });
  t.equal(pickRoom(rooms, "bbbb2222"), rooms[1]);
  t.throws(() => pickRoom([room("a", "12345678aa"), room("b", "12345678bb")], "12345678"), { code: "AMBIGUOUS_ROOM" });
});

t.test("a room that goes on in another of its name is over, and named by its id only", async (t) => {
  const old = { ...room("tea", "aaaa1111"), continuedBy: "bbbb2222".padEnd(64, "0") };
  const next = room("tea", "bbbb2222");
  t.equal(pickRoom([old, next], "tea"), next);
  t.equal(pickRoom([old, next], "aaaa1111"), old);
  t.equal(pickRoom([old], "tea"), old, "as long as this device does not have the other");
  t.throws(() => pickRoom([old, next, room("tea", "cccc3333")], "tea"), {
    code: "AMBIGUOUS_ROOM",
    hint: /bbbb2222.*cccc3333/,
  });
});

t.test("a room's name from elsewhere cannot play tricks in an error", async (t) => {
  try {
    pickRoom([room("te\x1b]0;x\x07\u202e", "a")], "te");
    t.fail("it was found");
  } catch (error) {
    t.notMatch((error as { hint: string }).hint, /[\x00-\x1f\u202e]/);
  }
});

t.test("durations have a number and a unit, and a limit", async (t) => {
  const limits = { maxMs: 365 * 86_400_000 };
  const of = (text: string) => durationMs(text, "--expires", limits);
  t.same(
    ["90s", "10m", "24h", "7d", "2w", "365d"].map(of),
    [90_000, 600_000, 86_400_000, 604_800_000, 1_209_600_000, 31_536_000_000],
  );
  for (const text of ["", "5", "1.5h", "-1d", "0s", "366d", "1y", "1 d", "99999999999d"]) {
    t.throws(() => of(text), { code: "USAGE" }, JSON.stringify(text));
  }
  t.same([1_500, 60_000, 86_400_000, 30 * 86_400_000].map(sayDuration), ["2 s", "1 min", "24 h", "30 days"]);
});

t.test("global options are checked", async (t) => {
  t.match(globalsFrom({ bootstrap: "a:1, [::1]:2", "no-lan": true }), {
    bootstrap: ["a:1", "[::1]:2"],
    lan: false,
    input: true,
  });
  for (const bootstrap of ["a", "a:0", "a:70000", ":1", "a:1,", "http://a:1"]) {
    t.throws(() => globalsFrom({ bootstrap }), { code: "USAGE" }, bootstrap);
  }
  t.throws(() => globalsFrom({ "log-level": "loud" }), { code: "USAGE" });
  t.throws(() => globalsFrom({ home: "" }), { code: "USAGE" });
});

t.test("Tab offers what can come next, from the table", async (t) => {
  t.same(await completionsFor(["keet-tui", "ro"]), ["room"]);
  t.same(await completionsFor(["keet-tui", "room", "inv"]), ["invite", "invites"]);
  t.same(await completionsFor(["keet-tui", "room", "create", "--kind", "d"]), ["direct"]);
  t.same(await completionsFor(["keet-tui", "room", "role", "tea", "bob", "o"]), ["owner"]);
  t.same(
    (await completionsFor(["keet-tui", "--home", "x", "room", "role", "tea", "bob", ""])).length,
    3,
    "values are no words",
  );
  t.same(await completionsFor(["keet-tui", "room", "role", "tea", "m"]), [], "a name is not one of them");
  t.same(await completionsFor(["keet-tui", "message", "un"]), ["unreact", "unpin"]);
  t.same(await completionsFor(["keet-tui", "export", "tea", "--format", ""]), ["json", "md", "txt"]);
  t.ok((await completionsFor(["keet-tui", "daemon", "--"])).includes("--detach"));
  t.same(await completionsFor(["keet-tui", "daemon", "--i"]), [], "nothing hidden");
  t.same(await completionsFor(["keet-tui", "send", "tea", "--", "--"]), []);
  t.same(await completionsFor(["keet-tui", "--home", ""]), [], "a value that may be a file is left to the shell");
  t.same(await completionsFor(["keet-tui", "completion", ""]), ["bash", "zsh", "fish"]);
});
