import t, { type Test } from "tap";
import type { MessageInfo, TransferInfo } from "../../src/rpc/methods.js";
import { FileNews, type FileNewsItem } from "../../src/state/file-news.js";
import { BOB, MAYA, message } from "../components/scripted-core.js";
import { plainFile, transfer } from "../helpers/wire.js";

function open(t: Test, change: Partial<MessageInfo> = {}) {
  const row = message(1, { author: BOB, type: "file", text: "", file: plainFile("tea.pdf", 400), ...change });
  const news = new FileNews({ rowOf: async () => row });
  const heard: FileNewsItem[] = [];
  news.onNews = (item) => heard.push(item);
  const { id, writer } = row;
  const tell = (told: Partial<TransferInfo> | null) =>
    news.apply({
      type: "transfers",
      room: "tea",
      transfers: [{ id, writer, transfer: told && transfer({ of: 400, ...told }) }],
    });
  /** What was told, when all of it was said. */
  const said = async () => {
    for (let turn = 0; turn < 50; turn += 1) await null;
    return heard.splice(0).map(({ name, mine, step }) => {
      t.equal(name, row.file?.isFolder ? "tea.pdf/" : "tea.pdf");
      t.equal(mine, row.mine);
      return "percent" in step ? step.percent : step.kind;
    });
  };
  return { news, tell, said, heard, expect: () => news.expect({ id, writer }) };
}

t.test("each quarter is told once, then that it is here", async (t) => {
  const { tell, said, heard, expect } = open(t);
  expect();
  for (const bytes of [0, 40, 99, 100, 120, 199]) tell({ bytes });
  t.same(await said(), [25]);
  tell({ bytes: 390 });
  t.same(await said(), [75], "what was passed over is not told one by one");
  tell({ bytes: 180 });
  tell({ bytes: 399 });
  t.same(await said(), [], "nor again, where some of it has to be fetched anew");
  tell({ state: "here", bytes: 400, path: "/srv/tea.pdf" });
  await said();
  tell({ state: "here", bytes: 400, path: "/srv/tea.pdf" });
  tell({ bytes: 400, of: 400 });
  t.same(await said(), []);
  expect();
  tell({ state: "here", bytes: 400, path: "/srv/tea.pdf" });
  for (let turn = 0; turn < 50; turn += 1) await null;
  t.match(heard, [{ step: { kind: "here", path: "/srv/tea.pdf" } }], "one that is here at once too");
});

t.test("of what was under way before, only what comes is told", async (t) => {
  const { tell, said } = open(t);
  tell({ bytes: 230 });
  t.same(await said(), []);
  tell({ bytes: 320 });
  tell({ state: "failed", reason: "it was changed" });
  t.same(await said(), [75, "failed"]);
  tell({ state: "failed", reason: "it was changed" });
  t.same(await said(), [], "once");
});

t.test("what was here all the time is no news", async (t) => {
  const { tell, said } = open(t);
  tell({ state: "here", bytes: 400 });
  tell({ state: "shared", bytes: 400 });
  t.same(await said(), []);
});

t.test("why it waits is told once, and again after it went on", async (t) => {
  const { tell, said, heard, expect } = open(t);
  expect();
  tell({ state: "paused", reason: "nobody who has it is here\x1b[2J" });
  for (let turn = 0; turn < 50; turn += 1) await null;
  t.match(heard, [{ step: { kind: "waits", reason: /^nobody who has it is here/ } }]);
  t.notMatch(JSON.stringify(heard), "\\u001b");
  tell({ state: "paused", reason: "nobody who has it is here\x1b[2J" });
  await said();
  tell({ bytes: 20 });
  tell({ state: "paused", reason: "nobody who has it is here\x1b[2J" });
  t.same(await said(), ["waits"]);
});

t.test("one that is stopped says nothing more, and taken back or blocked ones never", async (t) => {
  const { tell, said, expect } = open(t);
  expect();
  tell(null);
  tell({ state: "here", bytes: 400 });
  t.same(await said(), []);
  for (const change of [{ deleted: true }, { blocked: true }]) {
    const hidden = open(t, change);
    hidden.expect();
    hidden.tell({ state: "here", bytes: 400 });
    t.same(await hidden.said(), []);
  }
});

t.test("one's own: read in by quarters, then all of it can be had", async (t) => {
  const file = plainFile("tea.pdf", 400, { isFolder: true, files: 2 });
  const { tell, said } = open(t, { author: MAYA, mine: true, file });
  tell({ state: "reading", bytes: 0 });
  tell({ state: "reading", bytes: 210 });
  tell({ state: "shared", bytes: 400 });
  t.same(await said(), [50, "shared"]);
});
