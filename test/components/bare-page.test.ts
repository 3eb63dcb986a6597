import t from "tap";
import { bareLines } from "../../src/components/bare-page.js";
import { cells } from "../../src/components/cells.js";
import { messageView } from "../../src/state/views.js";
import { EMPTY_TIMELINE } from "../../src/state/window.js";
import { plainFile } from "../helpers/wire.js";
import { HOSTILE } from "./open-app.js";
import { BOB, MAYA, message } from "./scripted-core.js";

process.env.TZ = "UTC";

const BACK = "-- any key goes back --";

function linesOf(rows: ReturnType<typeof message>[], columns = 40, height = 10, anchor: number | null = null) {
  const messages = rows.map((row) => messageView(row, MAYA.id));
  const state = { ...EMPTY_TIMELINE, messages, total: messages.length, isLoaded: true };
  const place = anchor === null ? null : { key: messages[anchor]!.key, row: 0 };
  return bareLines(state, place, { columns, rows: height, cells });
}

t.test("who, when and what, and nothing beside it", (t) => {
  t.same(
    linesOf([
      message(0, { text: "one\n  two" }),
      message(1, { author: BOB, text: "waves", action: true }),
      message(2, { type: "notice", notice: "joined", author: BOB }),
      message(3, { deleted: true, text: "" }),
      message(4, { type: "file", file: plainFile("tea.txt", 4) }),
      message(5, { blocked: true, text: "unseen" }),
    ]),
    [
      "09:00 alice: one",
      "  two",
      "09:01 * bob waves",
      "09:02 -- bob joined",
      "09:03 alice: (taken back)",
      "09:04 alice: ↧ tea.txt",
      BACK,
    ],
  );
  t.end();
});

t.test("a long line is one line, and counted by the rows it takes", (t) => {
  const long = `https://files.example/${"x".repeat(100)}`;
  const rows = [message(0), message(1, { text: long }), message(2, { text: "幅".repeat(40) })];
  t.same(linesOf(rows, 40, 8), [`09:01 alice: ${long}`, `09:02 alice: ${"幅".repeat(40)}`, BACK]);
  t.equal(linesOf(rows, 40, 9)[0], "09:00 alice: message 0");
  t.same(linesOf([message(0, { text: "y".repeat(5_000) })], 40, 10).length, 2, "one higher than the screen is there");
  t.end();
});

t.test("it ends where one was reading", (t) => {
  const rows = Array.from({ length: 20 }, (_, at) => message(at));
  t.same(linesOf(rows, 40, 4, 9).slice(-2), ["09:09 alice: message 9", BACK]);
  t.same(linesOf(rows, 40, 4).slice(-2), ["09:19 alice: message 19", BACK]);
  t.same(linesOf([]), [BACK]);
  t.end();
});

t.test("hostile text is as harmless as on the screen", (t) => {
  const evil = { id: "09".repeat(32), name: HOSTILE };
  const lines = linesOf([message(0, { author: evil, text: HOSTILE })], 80, 20);
  t.notMatch(lines.join("\n"), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  t.end();
});
