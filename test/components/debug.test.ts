// /debug: what a developer asks for in a report, and nothing that is anybody's business.
import t, { type Test } from "tap";
import type { CommandContext } from "../../src/commands/context.js";
import { debug } from "../../src/commands/debug.js";
import type { Page, Wish } from "../../src/commands/define.js";
import { terminalFacts } from "../../src/components/terminal-facts.js";
import { debugInfo } from "../../src/daemon/debug-handler.js";
import { programFacts } from "../../src/state/front-facts.js";
import type { Fact } from "../../src/state/model.js";
import { eventually, Town } from "../helpers/cores.js";
import { openLines } from "../line/open-lines.js";
import { openApp } from "./open-app.js";
import { ALICE, message, room, ScriptedCore } from "./scripted-core.js";

t.setTimeout(120_000);
process.env.TZ = "UTC";

const ENV = { TERM: "xterm-kitty", COLORTERM: "truecolor", LANG: "de_DE.UTF-8", TMUX: "/tmp/tmux-1/marguerite,1,0" };
const LOOK = { env: ENV, found: null, size: { columns: 80, rows: 24 }, depth: 8, hasColor: true, hasLinks: false };
const PATHS = { home: null, profile: "marguerite", data: "/home/marguerite/secret-chat/marguerite" };

async function rowsOf(wish: Wish | undefined): Promise<Page["rows"]> {
  if (!wish || !("show" in wish) || wish.show !== "page") throw new Error("no page");
  const rows = [...wish.page.rows];
  for await (const more of wish.more ?? []) rows.push(...more);
  return rows;
}

/** The page and what is copied, of a real core and room that are full of what must not be in them. */
async function reportOf(t: Test, facts: readonly Fact[]) {
  const town = new Town(t);
  const id = await town.room(["marguerite", "bertrand"]);
  const [maya, core] = [town.member("marguerite", id), town.core("marguerite")];
  await maya.write({ type: "set-room", name: "hideout", topic: "the plan" });
  await maya.send("meet me at the old mill");
  const { link } = await core.makeInvite(id, {});
  await eventually(() => maya.summary().record?.name === "hideout");
  const context = { facts: () => facts, debug: async () => debugInfo(core, id) } as unknown as CommandContext;
  const rows = await rowsOf(await debug.run(context, { what: null }));
  const wish = await debug.run(context, { what: "copy" });
  const page = rows.map(({ label, text }) => `${label ?? ""}: ${text}`).join("\n");
  const { key, base, discoveryKey, writerKey } = maya.room;
  const identity = core.identity!;
  const secrets = {
    ...{ name: "marguerite", other: "bertrand", room: "hideout", topic: "the plan", text: "old mill" },
    ...{ link: link!, scheme: "keet-tui://", words: identity.words().slice(0, 3).join(" ") },
    ...{ key: hex(key), encryptionKey: hex(base.encryptionKey!), writer: hex(writerKey), id: hex(identity.key) },
    ...{ wholeRoomId: hex(discoveryKey), device: identity.device, folder: town.folder },
  };
  return { page, copied: (wish as { copy: string }).copy, info: debugInfo(core, id), secrets, id };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

t.test("of a real room it has the counts and none of the secrets", async (t) => {
  const facts = [...programFacts(PATHS), ...terminalFacts(LOOK)];
  const { page, copied, info, secrets, id } = await reportOf(t, facts);
  for (const [what, secret] of Object.entries(secrets)) {
    for (const [where, text] of Object.entries({ page, copied, wire: JSON.stringify(info) })) {
      t.notOk(text.toLowerCase().includes(secret.toLowerCase()), `no ${what} in ${where}`);
      // A key is recognised by less than all of it.
      const part = /^[0-9a-f]{64}$/.test(secret) && what !== "wholeRoomId" ? secret.slice(0, 8) : secret;
      t.notOk(text.toLowerCase().includes(part.toLowerCase()), `nor a part of it`);
    }
  }
  t.match(page, new RegExp(`^room: ${id.slice(0, 8)}, group, open, you are owner$`, "m"));
  t.match(info.room, { writers: 2, activeWriters: 2, indexers: 1, pending: 0, failed: 0, divergences: 0 });
  t.ok(info.room!.viewLength > 0 && info.room!.ownLength > 0 && info.room!.rows > 0 && info.rssBytes > 1e6);
  for (const wanted of [/^keet-tui: .*wire/m, /^node: \d+\.\d+/m, /^memory here: \d+ MB/m, /^writers: 2, active: 2/m]) {
    t.match(page, wanted);
    t.match(copied, wanted);
  }
  t.match(page, /^core's log: <data>\/<profile>\/core\.log$/m);
  t.match(copied, /^TERM: xterm-kitty, COLORTERM truecolor$/m);
  t.match(copied, /^between: tmux$/m);
});

t.test("what looks like a key or a link is taken out, wherever it came from", async (t) => {
  const key = "ab12".repeat(16);
  const facts = [
    { what: "terminal", value: `key ${key}` },
    { what: "locale", value: "keet-tui://join/yryxtqabcd" },
    { what: "TERM", value: "\x1b]52;c;x\x07" },
  ];
  const context = { facts: () => facts, debug: async () => null } as unknown as CommandContext;
  const wish = (await debug.run(context, { what: "copy" })) as { copy: string };
  t.same(wish.copy.split("\n"), [
    "terminal: key [left out]",
    "locale: [left out]",
    "TERM: ␛]52;c;x␇",
    "core: does not answer",
  ]);
});

t.test("folders are shown without what people call them", (t) => {
  const shown = (paths: typeof PATHS | { home: string; profile: string; data: string }) =>
    programFacts(paths).find(({ what }) => what === "core's log")?.value;
  t.equal(shown(PATHS), "<data>/<profile>/core.log");
  t.equal(shown({ home: "/srv/maya", profile: "work", data: "/srv/maya/data/work" }), "<home>/data/<profile>/core.log");
  const user = process.env.HOME!;
  t.equal(
    shown({ home: null as unknown as string, profile: "work", data: `${user}/.local/share/keet-tui/work` }),
    "~/.local/share/keet-tui/<profile>/core.log",
  );
  t.same(
    programFacts(null).filter(({ what }) => what === "core's log"),
    [],
  );
  t.end();
});

function coreWithTea(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  core.messages.set("tea", [message(0, { author: ALICE })]);
  return core;
}

t.test("on a page, and copied from there", async (t) => {
  const facts = () => [{ what: "terminal", value: "as in a test" }];
  const app = await openApp(t, { core: coreWithTea(), facts });
  const run = async (line: string) => {
    await app.press(`\x1b[200~${line}\x1b[201~`);
    await app.press("\x1b[13u");
  };
  await run("/debug");
  await app.waitFor(/two histories|left out +unreadable: 2/);
  const text = app.terminal.text().join("\n");
  t.match(text, /terminal +as in a test/);
  t.match(text, /own messages +waiting: 1, failed: 2/);
  t.match(text, /\/debug copy\s+copies it/);
  await app.press("\x1b[27u");
  await run("/debug copy");
  await app.waitFor("Copied");
  t.match(app.copied[0], /^terminal: as in a test\ncore: Node 24\.0\.0, up 2 h, 120 MB, of it 20 MB heap\n/);
});

t.test("what this front end knows is there though the core does not answer", async (t) => {
  const core = coreWithTea();
  core.answers.debug = () => new Promise(() => {});
  const facts = () => [{ what: "terminal", value: "as in a test" }];
  const lines = openLines(t, core, { facts, debugMs: 50 });
  await lines.waitFor("-- in tea");
  lines.type("/debug");
  await lines.waitFor(/^ {3}terminal: as in a test$/);
  await lines.waitFor(/^ {3}core: does not answer$/);
});
