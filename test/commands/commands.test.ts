import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { completionAt } from "../../src/commands/complete.js";
import { usageOf } from "../../src/commands/define.js";
import { EMOJI } from "../../src/commands/emoji.js";
import { COMMANDS, findCommand, GROUPS } from "../../src/commands/index.js";
import { inviteIn, type Names, parseCommand, readLine } from "../../src/commands/parse.js";
import { safeName } from "../../src/safe-text.js";

const NAMES: Names = {
  rooms: ["tea", "dev room", "Tea"].map((name, index) => ({ id: `${index}`.repeat(64), name: safeName(name) })),
  members: ["alice", "Albert", "bob"].map((name, index) => ({ id: `a${index}`.repeat(32), name: safeName(name) })),
};

t.test("the table is sound", (t) => {
  const names = COMMANDS.flatMap((command) => [command.name, ...(command.aliases ?? [])]);
  t.same(names.length, new Set(names).size, "names and aliases are unique");
  for (const command of COMMANDS) {
    t.ok(command.summary.length < 60, `/${command.name} is summed up in under 60 characters`);
    t.notMatch(command.summary, /[.!]$/);
    t.ok(GROUPS.includes(command.group));
    const optional = command.args.findIndex((arg) => arg.optional);
    if (optional >= 0)
      t.ok(
        command.args.slice(optional).every((arg) => arg.optional),
        "optional arguments come last",
      );
  }
  for (const [alias, name] of Object.entries({ j: "join", part: "leave", q: "quit", exit: "quit", names: "who" })) {
    t.equal(findCommand(alias.toUpperCase())?.name, name);
  }
  t.equal(new Set(EMOJI.map((emoji) => emoji.name)).size, EMOJI.length, "emoji names are unique");
  t.end();
});

t.test("what does something with a message says so, since line mode names it by a number there", (t) => {
  const folder = fileURLToPath(new URL("../../../src/commands/", import.meta.url));
  const about = readdirSync(folder).filter((file) =>
    /(?:messages|files)\.(?:meant|selected|retry)\(|context\.verify\(/.test(readFileSync(join(folder, file), "utf8")),
  );
  t.same(
    about.map((file) => file.replace(".ts", "")).sort(),
    COMMANDS.filter(({ takesMessage }) => takesMessage)
      .map(({ name }) => name)
      .sort(),
  );
  t.end();
});

t.test("C05 a line is a command only if its first word is one slash and a name, alone on its line", (t) => {
  for (const [line, name, rest] of [
    ["/quit", "quit", ""],
    ["/QUIT", "QUIT", ""],
    ["/me pours  tea ", "me", "pours  tea"],
    ["/?", "help", ""],
    ["/create tea\n", "create", "tea"],
  ] as const) {
    t.same(readLine(line), { kind: "command", name, rest }, JSON.stringify(line));
  }
  for (const line of [
    "/home/maya/tea.txt is the one",
    "/etc/",
    "$ which node\n/usr/bin/node",
    "/leave\n/quit",
    "/ alone",
    "/",
    " /quit",
    "// comment",
    "//server/share/x",
    "see https://files.example/:v:/p/maya/Ab1?e=x",
  ]) {
    t.same(readLine(line), { kind: "text", text: line }, JSON.stringify(line));
  }
  t.same(readLine("//x marks"), { kind: "text", text: "/x marks" });
  t.same(readLine("//quit"), { kind: "text", text: "/quit" });
  t.end();
});

t.test("arguments have their types, and what is refused says what would work", (t) => {
  const values = (name: string, rest: string) => parseCommand(name, rest, NAMES).values;
  t.same(values("invite", ""), { people: null, hours: null });
  t.same(values("invite", "3 7d"), { people: 3, hours: 168 });
  t.same(values("create", "green tea"), { name: "green tea" });
  t.match(values("leave", "DEV ROOM"), { room: { name: "dev room" } });
  t.match(values("whois", "@ALBERT"), { member: { name: "Albert" } });
  t.same(values("identity", "WORDS"), { what: "words" });
  for (const [name, rest, code, words] of [
    ["create", "", "USAGE", "/create <name>"],
    ["invite", "many", "USAGE", "/invite [people] [hours]"],
    ["invite", "1 2 3", "USAGE", "/invite [people] [hours]"],
    ["quit", "now", "USAGE", "/quit"],
    ["whois", "albrt", "NO_SUCH_MEMBER", "Close: Albert"],
    ["leave", "tea", "NO_SUCH_ROOM", "Their ids: 00000000, 22222222"],
    ["creat", "x", "USAGE", "Did you mean /create? //creat sends it as text."],
  ] as const) {
    try {
      values(name, rest);
      t.fail(`/${name} ${rest} is refused`);
    } catch (error) {
      t.match(error, { family: "user", code, hint: words }, `/${name} ${rest}`);
    }
  }
  t.end();
});

t.test("usage is made of the table", (t) => {
  t.equal(usageOf(findCommand("invite")!), "/invite [people] [hours]");
  t.equal(usageOf(findCommand("identity")!), "/identity [words]");
  t.end();
});

t.test("an invite is found in any text", (t) => {
  t.equal(inviteIn("come: <keet-tui://join/abc?x=1> now"), "keet-tui://join/abc?x=1");
  t.equal(inviteIn("keet-tui://room/abc"), null);
  t.end();
});

t.test("completion belongs to what is being written", (t) => {
  const labels = (text: string, cursor = text.length) =>
    completionAt(text, cursor, NAMES)?.candidates.map((candidate) => candidate.insert) ?? [];
  t.same(labels("/inv"), ["/invite ", "/invites"]);
  t.same(labels("/leave d"), ["dev room"]);
  t.same(labels("/leave dev r"), ["dev room"]);
  t.same(labels("/whois @al"), ["alice", "Albert"]);
  t.same(labels("/identity w"), ["words"]);
  t.same(labels("hello @al"), ["@alice ", "@Albert "]);
  t.same(labels("mail maya@al"), [], "not inside a word");
  t.same(labels(":tad"), ["🎉"]);
  t.same(labels("it is 10:ta"), [], "no emoji inside a word");
  t.same(labels("https://x/:ta"), [], "nor in a link");
  t.same(labels(":t"), [], "one letter is no wish");
  t.same(labels("/etc/h"), []);
  t.equal(completionAt("/inv", 4, NAMES)?.isOffered, true);
  t.equal(completionAt(":tad", 4, NAMES)?.isOffered, false, "an emoji waits for Tab");
  t.end();
});

t.test("a name that is not the last word goes in quotes, and is completed with them", (t) => {
  const names: Names = {
    rooms: [{ ...NAMES.rooms[0]!, with: { id: "ff".repeat(32), name: safeName("zoe") } }],
    members: [
      { id: "a0".repeat(32), name: safeName("green tea") },
      { id: "b1".repeat(32), name: safeName("alice"), tag: safeName("b1b1"), blocked: true },
      { id: "c2".repeat(32), name: safeName("alice") },
    ],
  };
  const inserts = (text: string) =>
    completionAt(text, text.length, names)?.candidates.map((candidate) => candidate.insert) ?? [];
  t.same(inserts("/role gr"), ['"green tea" ']);
  t.same(inserts('/role "green t'), ['"green tea" ']);
  t.same(inserts('/role "green tea" mod'), ["moderator"]);
  t.same(inserts("/remove green t"), ["green tea"], "the last one needs none");
  t.same(inserts("/remove al"), ["alice#b1b1", "alice#c2c2"], "who looks like another comes with the difference");
  t.same(inserts("/msg z"), ["zoe "], "whom one talks to alone");
  t.same(inserts("/unblock "), ["alice#b1b1"]);
  t.same(inserts("/mute "), ["30m", "8h", "2d", "off"]);
  t.same(inserts("/room "), ["rights ", "renew ", "repair "]);
  t.same(inserts("/room rights po"), ["post "]);
  t.same(inserts("/room rights post mo"), ["moderators"]);
  const at = completionAt('/role "green tea" mod', 21, names)!;
  t.equal(at.from, '/role "green tea" '.length);
  const values = (name: string, rest: string) => parseCommand(name, rest, names).values;
  t.match(values("role", '"green tea" owner'), { who: "green tea", role: "owner" });
  try {
    values("remove", "lice");
    t.fail("nobody is called that");
  } catch (error) {
    t.match(error, { hint: "Close: alice (c2c2c2c2), alice (b1b1b1b1)" });
  }
  t.match(values("remove", "alice#b1b1"), { who: { id: "b1".repeat(32) } });
  t.end();
});
