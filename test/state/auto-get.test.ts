import t, { type Test } from "tap";
import type { FileInfo, MessageInfo } from "../../src/rpc/methods.js";
import { AutoGet } from "../../src/state/auto-get.js";
import { Session } from "../../src/state/session.js";
import { ALICE, BOB, MAYA, message, NOW, room, ScriptedCore } from "../components/scripted-core.js";
import { until } from "../helpers/program.js";
import { plainFile, transfer } from "../helpers/wire.js";

const GB = 1e9;
const NOW_ISO = new Date(NOW).toISOString();

function fileRow(name: string, change: Partial<MessageInfo> = {}, file: Partial<FileInfo> = {}): Partial<MessageInfo> {
  return { author: BOB, type: "file", receivedAt: NOW_ISO, file: plainFile(name, 5_000, file), ...change };
}

async function open(t: Test, options: { limit?: number; free?: number; core?: ScriptedCore } = {}) {
  const core = options.core ?? new ScriptedCore();
  if (!options.core) core.rooms = [room("tea"), room("dev")];
  const session = new Session({ connect: core.connect, now: () => NOW });
  t.teardown(() => session.close());
  core.answers["file.get"] = () => transfer({ of: 5_000 });
  new AutoGet({
    session,
    limitBytes: () => options.limit ?? 10_000,
    folder: () => "/srv/tea",
    freeBytes: async () => options.free ?? 50 * GB,
  });
  await session.start();
  let count = 0;
  /** Says a row, then one that is surely got, and waits for that. @returns the names got before it */
  const got = async (...rows: Partial<MessageInfo>[]) => {
    const before = asked(core).length;
    for (const row of rows) core.say("tea", "", row);
    count += 1;
    core.say("tea", "", fileRow(`last ${count}`, { author: ALICE }));
    await until(() => asked(core).some((id) => nameOf(core, id) === `last ${count}`));
    return asked(core)
      .slice(before, -1)
      .map((id) => nameOf(core, id));
  };
  return { core, session, got };
}

const asked = (core: ScriptedCore) =>
  core.asked.filter(({ method }) => method === "file.get").map(({ params }) => String(params.id));
const nameOf = (core: ScriptedCore, id: string) =>
  [...core.messages.values()].flat().find((row) => row.id === id)?.file?.name;

t.test("a small file comes by itself into the folder for files, and nothing else is done with it", async (t) => {
  const { core, got } = await open(t);
  t.same(await got(fileRow("tea.pdf"), fileRow("a folder", {}, { isFolder: true, files: 3 })), ["tea.pdf", "a folder"]);
  t.match(core.asked.find(({ method }) => method === "file.get")!.params, { room: "tea", folder: "/srv/tea" });
  t.same(
    new Set(core.asked.map(({ method }) => method).filter((method) => method.startsWith("file."))),
    new Set(["file.get"]),
  );
});

t.test("what does not come by itself", async (t) => {
  const { got } = await open(t);
  const old = new Date(NOW - 61_000).toISOString();
  for (const [why, row] of [
    ["larger", fileRow("a", {}, { bytes: 10_001 })],
    ["a larger folder", fileRow("a", {}, { bytes: 10_001, isFolder: true })],
    ["one's own", fileRow("a", { author: MAYA, mine: true })],
    ["taken back", fileRow("a", { deleted: true })],
    ["no longer shared", fileRow("a", {}, { unsharedBy: BOB })],
    ["of somebody who is blocked", fileRow("a", { blocked: true })],
    ["not from whom it claims", fileRow("a", { verified: false })],
    ["here already", fileRow("a", {}, { transfer: transfer({ state: "here" }) })],
    ["stopped, waiting or failed", fileRow("a", {}, { transfer: transfer({ state: "failed" }) })],
    ["from before this device was in the room", fileRow("a", { receivedAt: null })],
    ["come long ago, and told of again", fileRow("a", { receivedAt: old })],
  ] as const) {
    t.same(await got(row), [], why);
  }
});

t.test("nothing while it is off, which it is unless somebody says otherwise", async (t) => {
  const { core, session } = await open(t, { limit: 0 });
  core.say("tea", "", fileRow("tea.pdf"));
  core.tell({ type: "notice", room: null, level: "info", text: "the end" });
  await until(() => session.notice.getSnapshot()?.text === "the end");
  t.same(asked(core), []);
});

t.test("of a room whose history is on its way, nothing comes", async (t) => {
  const { core, session, got } = await open(t);
  core.tell({ type: "room", room: room("dev", { fetched: 0.4 }) });
  await until(() => session.roomView("dev")?.fetched === 0.4);
  core.say("dev", "", { ...fileRow("history.bin"), id: "dd".repeat(16) });
  t.same(await got(), []);
});

t.test("what is unread at the start comes, and what was read does not", async (t) => {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { unread: 2 }), room("dev", { unread: 1, state: "request" })];
  const yesterday = new Date(NOW - 86_400_000).toISOString();
  const rows = ["read", "unread 1", "unread 2"].map((name, at) =>
    message(at, { ...fileRow(name), receivedAt: yesterday }),
  );
  core.messages.set("tea", rows);
  core.messages.set("dev", [message(7, { room: "dev", ...fileRow("asked nobody") })]);
  const { got } = await open(t, { core });
  await until(() => asked(core).length === 2);
  t.same(
    asked(core).map((id) => nameOf(core, id)),
    ["unread 1", "unread 2"],
  );
  t.same(await got(), []);
});

t.test("it is asked for once, so what was stopped by hand does not come again", async (t) => {
  const { core, got } = await open(t);
  const row = fileRow("tea.pdf");
  t.same(await got(row), ["tea.pdf"]);
  const [first] = core.messages.get("tea")!;
  core.tell({ type: "timeline", room: "tea", from: 0, total: 2, messages: [first!] });
  t.same(await got(), []);
});

t.test("one member fills no disk: so many an hour, and never where little would be left", async (t) => {
  const { got } = await open(t);
  const many = Array.from({ length: 30 }, (_, at) => fileRow(`${at}`));
  t.equal((await got(...many)).length, 20);
  const full = await open(t, { free: GB + 4_000 });
  full.core.say("tea", "", fileRow("tea.pdf"));
  await until(() => full.session.notice.getSnapshot() !== null);
  t.match(full.session.notice.getSnapshot(), {
    text: "No files come by themselves for now",
    hint: /Less than 1 GB would be left on this disk; \/get fetches tea\.pdf all the same\./,
  });
  t.same(asked(full.core), []);
});

t.test("what is on its way counts as written", async (t) => {
  const { core, session } = await open(t, { free: GB + 7_000 });
  const coming = transfer({ bytes: 0, of: 4_000 });
  core.tell({ type: "transfers", room: "tea", transfers: [{ writer: BOB.id, id: "ab".repeat(16), transfer: coming }] });
  await until(() => session.moving.store.getSnapshot() !== null);
  core.say("tea", "", fileRow("tea.pdf"));
  await until(() => session.notice.getSnapshot() !== null);
  t.same(asked(core), []);
});
