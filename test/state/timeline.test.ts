import t from "tap";
import { sizeOf } from "../../src/amounts.js";
import { cells } from "../../src/components/cells.js";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { safeName } from "../../src/safe-text.js";
import type { MessageView, TimelineState } from "../../src/state/model.js";
import { layOut, scroll, scrollTo, scrollToTop, type TimelineFrame } from "../../src/state/timeline.js";
import { messageView } from "../../src/state/views.js";
import { ALICE, BOB, MAYA, message } from "../components/scripted-core.js";

process.env.TZ = "UTC";
const NOW = Date.UTC(2026, 10, 24, 12, 0);

function stateOf(messages: readonly MessageView[], change: Partial<TimelineState> = {}): TimelineState {
  return {
    first: 0,
    messages,
    arriving: [],
    total: messages.length,
    isLoaded: true,
    isLoading: false,
    unreadKey: null,
    unreadCount: 0,
    late: [],
    isIncomplete: false,
    ...change,
  };
}

function frameOf(columns = 40, rows = 12, isNarrow = false): TimelineFrame {
  return { columns, rows, isNarrow, cells, now: NOW };
}

function said(number: number, change: Partial<MessageInfo> = {}): MessageView {
  return messageView(message(number, change));
}

function drawn(state: TimelineState, frame: TimelineFrame, anchor: Parameters<typeof layOut>[1] = null): string[] {
  return layOut(state, anchor, frame).rows.map((row) => row.spans.map((span) => span.text).join(""));
}

t.test("C12 times and day lines are those of this machine", async (t) => {
  const state = stateOf(
    ["2026-03-08T07:59:00Z", "2026-03-08T08:01:00Z", "2026-03-08T10:01:00Z"].map((sentAt, index) =>
      said(index, { sentAt, text: "x" }),
    ),
  );
  const shown = () => drawn(state, frameOf(30, 8)).filter((row) => row !== "");
  process.env.TZ = "America/Los_Angeles";
  t.same(shown(), [
    "───────── Sat 7 Mar ──────────",
    "23:59 alice x",
    "───────── Sun 8 Mar ──────────",
    "00:01 alice x",
    "03:01 alice x",
  ]);
  process.env.TZ = "Asia/Tokyo";
  t.same(shown(), ["───────── Sun 8 Mar ──────────", "16:59 alice x", "17:01       x", "19:01 alice x"]);
  process.env.TZ = "UTC";
});

t.test("lines of one author within five minutes share the name, and one minute shares the time", (t) => {
  const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 10, 24, 9, minute, second)).toISOString();
  const state = stateOf([
    said(0, { sentAt: at(0), text: "a" }),
    said(1, { sentAt: at(0, 30), text: "b" }),
    said(2, { sentAt: at(3), text: "c" }),
    said(3, { sentAt: at(9), text: "d" }),
    said(4, { sentAt: at(9), text: "e", author: BOB }),
    said(5, { sentAt: at(9), text: "f", author: { ...ALICE, id: "ff".repeat(32) } }),
  ]);
  t.same(drawn(state, frameOf(40, 7)), [
    "────────────── Tue 24 Nov ──────────────",
    "09:00 alice a",
    "            b",
    "09:03       c",
    "09:09 alice d",
    "      bob   e",
    "      alice f",
  ]);
  t.end();
});

t.test("every row fits its width, whatever is written", (t) => {
  const texts = [
    "日本語のテキスト".repeat(9),
    "👨‍👩‍👧‍👦 family ".repeat(12),
    "x".repeat(500),
    "a b ".repeat(80),
    "Z̸̢a̷l̶g̴o ".repeat(9),
    "",
  ];
  const views = texts.flatMap((text, index) => [
    said(index * 4, { text }),
    said(index * 4 + 1, { text, author: MAYA }),
    said(index * 4 + 2, { text: `\`\`\`\n${text}\n\`\`\``, author: BOB }),
    said(index * 4 + 3, { text, author: MAYA, action: true, state: "failed", reason: text }),
  ]);
  const tooWide: string[] = [];
  for (const [columns, isNarrow] of [
    [62, false],
    [43, false],
    [30, true],
    [59, true],
  ] as const) {
    for (const row of drawn(stateOf(views), frameOf(columns, 400, isNarrow))) {
      if (cells.width(row) > columns) tooWide.push(`${cells.width(row)} cells in ${columns}: ${row}`);
    }
  }
  t.same(tooWide, []);
  t.end();
});

t.test("the unread line stands before the first unread message", (t) => {
  const views = [said(0), said(1), said(2)];
  const rows = drawn(stateOf(views, { unreadKey: views[1]!.key, unreadCount: 2 }), frameOf(30, 6));
  t.equal(rows[2], "━━━━━━━━━━━ 2 new ━━━━━━━━━━━━");
  t.match(rows[3], /^09:01 alice message 1/, "and the name is said again below it");
  t.end();
});

t.test("what cannot be verified has no time, and a clock far ahead is not believed", (t) => {
  const rows = drawn(
    stateOf([
      said(0, { verified: false, text: "false" }),
      said(1, { sentAt: "2031-01-01T00:00:00Z", receivedAt: "2026-11-24T10:30:00Z", clockOff: true, text: "ahead" }),
    ]),
    frameOf(40, 4),
  );
  t.equal(rows[1], "?!    alice false");
  t.equal(rows[2], "10:30 alice ahead");
  t.end();
});

t.test("own messages carry their state at the right edge, and why one failed below it", (t) => {
  const own = (state: MessageInfo["state"], change = {}) => said(1, { author: MAYA, text: "x", state, ...change });
  const row = (view: MessageView) => drawn(stateOf([view]), frameOf(30, 4)).slice(1);
  t.equal(row(own("pending"))[0], "09:01 maya x                 ·");
  t.equal(row(own("sent"))[0], "09:01 maya x                 ✓");
  t.equal(row(own("delivered"))[0], "09:01 maya x                ✓✓");
  const liked = row(own("sent", { reactions: [{ emoji: "👍", by: [ALICE] }] }));
  t.same(
    liked.slice(0, 2),
    ["09:01 maya x                 ✓", "           👍 1"],
    "beside what was said, not below it",
  );
  t.same(row(own("failed", { reason: "No room." })).slice(0, 2), [
    "09:01 maya x                 ✗",
    "           No room.",
  ]);
  t.end();
});

t.test("scrolling goes row by row and comes back to the end", (t) => {
  const views = Array.from({ length: 50 }, (_, index) =>
    said(index, { text: index % 7 === 0 ? "three\nlines\nhere" : `message ${index}`, author: index % 3 ? ALICE : BOB }),
  );
  const state = stateOf(views);
  const frame = frameOf(40, 10);
  const all = drawn(state, frameOf(40, 400)).filter((row) => row !== "");
  let anchor = scroll(state, null, -1, frame);
  for (let up = 1; up < 40; up += 1) {
    t.same(drawn(state, frame, anchor), all.slice(all.length - 10 - up, all.length - up), `${up} rows up`);
    anchor = scroll(state, anchor, -1, frame);
  }
  t.equal(scroll(state, anchor, 40, frame), null, "past the end it follows again");
  const top = scrollToTop(state, null, frame);
  t.same(drawn(state, frame, top), all.slice(0, 10));
  t.same(scroll(state, top, -5, frame), top, "nothing above the first row");
  t.ok(layOut(state, top, frame).isAtTop);
  t.end();
});

t.test("an anchor holds while messages come below, above and in between", (t) => {
  const views = Array.from({ length: 40 }, (_, index) => said(index + 100, { sentAt: "2026-11-24T09:00:00Z" }));
  const frame = frameOf(40, 10);
  const state = stateOf(views.slice(10, 30), { first: 10, total: 30 });
  const anchor = scroll(state, null, -5, frame);
  const before = drawn(state, frame, anchor);
  t.same(drawn(stateOf(views.slice(10, 40), { first: 10, total: 40 }), frame, anchor), before);
  t.same(drawn(stateOf(views.slice(0, 30), { total: 30 }), frame, anchor), before);
  t.equal(layOut(stateOf(views.slice(10, 40), { first: 10, total: 40 }), anchor, frame).newer, 15);
  t.end();
});

t.test("a message is brought into sight with as little movement as can be", (t) => {
  const views = Array.from({ length: 40 }, (_, index) => said(index, { sentAt: "2026-11-24T09:00:00Z" }));
  const state = stateOf(views);
  const frame = frameOf(40, 10);
  t.equal(scrollTo(state, null, views[35]!.key, frame), null, "it is in sight");
  const anchor = scrollTo(state, null, views[20]!.key, frame);
  t.match(drawn(state, frame, anchor)[0], "message 20", "above: it becomes the first row");
  t.match(drawn(state, frame, scrollTo(state, anchor, views[33]!.key, frame)).at(-1), "message 33", "below: the last");
  t.end();
});

t.test("work does not grow with history: a frame of 5,000 messages asks only for what it shows", (t) => {
  let measured = 0;
  const counting = {
    ...cells,
    wrap: (...args: Parameters<typeof cells.wrap>) => {
      measured += 1;
      return cells.wrap(...args);
    },
  };
  const state = stateOf(Array.from({ length: 5000 }, (_, index) => said(index)));
  layOut(state, null, { ...frameOf(60, 40), cells: counting });
  t.ok(measured <= 41, `${measured} messages wrapped`);
  layOut(state, null, { ...frameOf(60, 40), cells: counting });
  t.ok(measured <= 41, "and none a second time");
  t.end();
});

t.test("sizes are said as people say them", (t) => {
  t.equal(sizeOf(812_000), "812 KB");
  t.equal(sizeOf(4_200_000), "4.2 MB");
  t.equal(sizeOf(17_900_000_000), "17.9 GB");
  t.equal(sizeOf(12), "12 bytes");
  t.end();
});

t.test("a run of blocked messages is one line, whatever the place one has scrolled to", (t) => {
  const views = Array.from({ length: 40 }, (_, index) =>
    said(index, { blocked: index % 10 >= 6, sentAt: "2026-11-24T09:00:00Z" }),
  );
  const state = stateOf(views);
  const frame = frameOf(40, 9);
  const all = drawn(state, frameOf(40, 200)).filter((row) => row !== "");
  t.equal(all.filter((row) => row === " 4 messages from people you blocked").length, 4);
  t.equal(all.length, 1 + 24 + 4);
  let anchor = scroll(state, null, -1, frame);
  for (let up = 1; up < all.length - 9; up += 1) {
    t.same(drawn(state, frame, anchor), all.slice(all.length - 9 - up, all.length - up), `${up} rows up`);
    anchor = scroll(state, anchor, -1, frame);
  }
  // Held at a message that is folded away only now.
  const held = { key: views[33]!.key, row: 0 };
  const folded = stateOf(views.map((view, index) => ({ ...view, blocked: index >= 30 })));
  t.equal(drawn(folded, frame, held).at(-1), " 10 messages from people you blocked");
  t.end();
});

t.test("a day line or the unread line parts a run of blocked messages", (t) => {
  const views = [0, 1, 2].map((index) => said(index, { blocked: true }));
  t.same(drawn(stateOf(views, { unreadKey: views[1]!.key, unreadCount: 2 }), frameOf(44, 4)).slice(1), [
    " 1 message from somebody you blocked",
    "━━━━━━━━━━━━━━━━━━ 2 new ━━━━━━━━━━━━━━━━━━━",
    " 2 messages from people you blocked",
  ]);
  t.end();
});

t.test("C13 only what came after something below it says when it came", (t) => {
  const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 24, hour, minute)).toISOString();
  const rows = drawn(
    stateOf([
      said(0, { text: "on time", sentAt: at(8), receivedAt: at(8) }),
      said(1, { text: "late", sentAt: at(8, 1), receivedAt: at(11, 30) }),
      said(2, { text: "late too", sentAt: at(8, 2), receivedAt: at(11, 31) }),
      said(3, { text: "on time", sentAt: at(8, 3), receivedAt: at(8, 3) }),
      said(4, { text: "slow, with nothing earlier below", sentAt: at(8, 4), receivedAt: at(9) }),
      said(5, { text: "slow as well", sentAt: at(8, 5), receivedAt: at(9) }),
    ]),
    frameOf(60, 7),
  );
  t.same(
    rows.slice(1).map((row) => row.slice(12)),
    [
      "on time",
      "late (came 11:30)",
      "late too (came 11:31)",
      "on time",
      "slow, with nothing earlier below",
      "slow as well",
    ],
  );
  t.end();
});

t.test("the line about late messages is the last row, and scrolls away like any other", (t) => {
  const late = [
    { authorId: "a", author: safeName("maya"), count: 2, position: 0 },
    { authorId: "b", author: safeName("bob"), count: 1, position: 0 },
  ];
  const state = stateOf(
    Array.from({ length: 20 }, (_, index) => said(index)),
    { late },
  );
  const frame = frameOf(60, 6);
  t.equal(drawn(state, frame).at(-1), " ↑ 3 earlier messages from maya and bob · Ctrl-O");
  const anchor = scroll(state, null, -1, frame);
  t.match(drawn(state, frame, anchor).at(-1), "message 19");
  t.equal(scroll(state, anchor, 1, frame), null);
  t.notMatch(drawn({ ...state, total: 30 }, frame).at(-1), "earlier", "nor where the end is not here");
  t.end();
});
