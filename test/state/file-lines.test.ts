import fc from "fast-check";
import t from "tap";
import { cells } from "../../src/components/cells.js";
import type { FileInfo, MessageInfo, TransferInfo } from "../../src/rpc/methods.js";
import { safeFileName } from "../../src/safe-text.js";
import { fileLines, stateWords } from "../../src/state/file-lines.js";
import type { PlayingView } from "../../src/state/model.js";
import { isHere } from "../../src/state/sharing.js";
import { messageView, transferView } from "../../src/state/views.js";
import { MAYA, message } from "../components/scripted-core.js";
import { payloads } from "../helpers/payloads.js";
import { plainFile, transfer } from "../helpers/wire.js";

function viewOf(file: FileInfo) {
  return messageView(message(0, { type: "file", text: "", file } satisfies Partial<MessageInfo>), MAYA.id).file!;
}

function rows(file: FileInfo, columns = 60, isMine = false): string[] {
  return fileLines(viewOf(file), isMine, columns, cells).map((line) => line.map(({ text }) => text).join(""));
}

const photo = (change: Partial<TransferInfo> | null, file: Partial<FileInfo> = {}) =>
  plainFile("photo-2024.png", 812_000, { transfer: change && transfer({ of: 812_000, ...change }), ...file });

t.test("a file that nobody asked for is its name, its size and that it is not here", (t) => {
  t.same(rows(photo(null)), ["↧ photo-2024.png  812 KB · not fetched"]);
  t.same(rows(photo(null), 60, true), ["↧ photo-2024.png  812 KB · shared"]);
  t.same(rows(photo(null, { hash: null }), 60, true), ["↧ photo-2024.png  812 KB · being read in"]);
  t.same(rows(plainFile("films", 18_200_000_000, { isFolder: true, files: 5_000 })), [
    "↧ films  5,000 files, 18.2 GB · not fetched",
  ]);
  t.end();
});

const note = (change: Partial<TransferInfo> | null, file: Partial<FileInfo> = {}) =>
  plainFile("voice-2026-12-01-1432.opus", 22_400, {
    duration: 7_120,
    transfer: change && transfer({ of: 22_400, ...change }),
    ...file,
  });

t.test("a voice note is how long it is, and that it is not here or why", (t) => {
  t.same(rows(note(null)), ["▶ voice note 0:07 · 22 KB · not fetched"]);
  t.same(rows(note({ state: "here", bytes: 22_400, sources: 0 })), ["▶ voice note 0:07 · 22 KB"]);
  t.same(rows(note({ state: "shared" }), 60, true), ["▶ voice note 0:07 · 22 KB"]);
  t.same(rows(note(null, { hash: null }), 60, true), ["▶ voice note 0:07 · 22 KB · being read in"]);
  t.same(rows(note({ state: "failed", reason: "The disk is full." })), [
    "▶ voice note 0:07 · 22 KB · failed",
    "The disk is full.",
  ]);
  t.same(rows(note(null), 24), ["▶ 0:07 · 22 KB"]);
  t.same(rows(plainFile("talk.mp3", 22_400, { duration: 7_120 })), ["↧ talk.mp3  22 KB · not fetched"]);
  t.same(rows(plainFile("note.opus", 22_400)), ["↧ note.opus  22 KB · not fetched"]);
  t.same(rows(plainFile("x.opus", 22_400, { duration: 24 * 60 * 60_000 })), [
    "▶ voice note 24:00:00 · 22 KB · not fetched",
  ]);
  t.end();
});

t.test("one that is played shows how far it is, in as many columns as there are", (t) => {
  const played = (playing: Partial<PlayingView>, columns = 60) =>
    fileLines(
      {
        ...viewOf(note(null)),
        playing: { playedMs: 3_200, isPaused: false, isWaiting: false, trouble: null, ...playing },
      },
      false,
      columns,
      cells,
    ).map((line) => line.map(({ text }) => text).join(""));
  t.same(played({}), ["▶ 0:03 ▬▬▬▬▬▬▬▬▬▬●──────────── 0:07"]);
  t.same(played({ playedMs: 0 }), ["▶ 0:00 ●────────────────────── 0:07"]);
  t.same(played({ playedMs: 7_120, isPaused: true }), ["‖ 0:07 ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬● 0:07  paused"]);
  t.same(played({ isWaiting: true }), ["▶ 0:03 ▬▬▬▬▬▬▬▬▬▬●──────────── 0:07  waits for more"]);
  t.same(played({ playedMs: 61_000 }), ["▶ 1:01 ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬● 1:01"], "longer than it was said to be");
  t.same(played({}, 24), ["▶ 0:03 ▬▬▬▬▬●────── 0:07"]);
  t.same(played({}, 16), ["▶ 0:03 of 0:07"]);
  t.same(played({ trouble: safeFileName("The speaker is gone"), isPaused: true }, 80), [
    "‖ 0:03 ▬▬▬▬▬▬▬▬▬▬●──────────── 0:07  The speaker is gone",
  ]);
  t.end();
});

t.test("one on its way has a bar with how far it is, how fast, and how long it takes", (t) => {
  const coming = photo({ bytes: 495_320, perSecond: 340_000, sources: 3 });
  t.same(rows(coming), ["↧ photo-2024.png  812 KB · 3 sources", "██████████████░░░░░░░░░  61 %  340 KB/s  1 s"]);
  t.same(rows(photo({ bytes: 811_999, perSecond: 0, sources: 1 })), [
    "↧ photo-2024.png  812 KB · 1 source",
    "██████████████████████░  99 %",
  ]);
  t.same(rows(photo({ bytes: 0, sources: 0 })), ["↧ photo-2024.png  812 KB", "░░░░░░░░░░░░░░░░░░░░░░░  0 %"]);
  t.same(rows(photo({ state: "paused", bytes: 406_000, reason: "nobody who has it is here" })), [
    "↧ photo-2024.png  812 KB · paused",
    "███████████░░░░░░░░░░░░  50 %",
    "nobody who has it is here",
  ]);
  t.end();
});

t.test("what waits, is here or failed says so", (t) => {
  t.same(rows(photo({ state: "queued" })), ["↧ photo-2024.png  812 KB · waits its turn"]);
  t.same(rows(photo({ state: "here", bytes: 812_000, sources: 0 })), ["↧ photo-2024.png  812 KB · here"]);
  t.same(rows(photo({ state: "failed", reason: "The disk is full." })), [
    "↧ photo-2024.png  812 KB · failed",
    "The disk is full.",
  ]);
  t.end();
});

t.test(
  "where there is little room the name is cut before its ending and its size, and facts go before the bar",
  (t) => {
    const long = plainFile(`holiday-${"x".repeat(80)}.png.exe`, 4_200_000);
    t.same(rows(long, 40), ["↧ holiday-xxxxxxxxxxxxxxxxx….exe  4.2 MB", "not fetched"]);
    t.same(rows(long, 20), ["↧ holiday-xxxxx….exe", "4.2 MB · not fetched"]);
    t.same(rows(long, 8), ["↧ h….exe", "4.2 MB ·", "not", "fetched"]);
    const coming = photo({ bytes: 495_320, perSecond: 340_000 });
    t.equal(rows(coming, 30).at(-1), "█████░░░░  61 %  340 KB/s  1 s");
    t.match(rows(coming, 24).at(-1), /^█+░+ {2}61 % {2}340 KB\/s$/);
    t.match(rows(coming, 14).at(-1), /^█+░+ {2}61 %$/);
    t.equal(rows(coming, 6).at(-1), "61 %");
    t.end();
  },
);

t.test("no row is wider than there is room, whatever it is called and however far it claims to be", (t) => {
  const amount = fc.oneof(fc.nat(), fc.constantFrom(0, -1, 1e15, Number.MAX_SAFE_INTEGER));
  const any = fc.record({
    name: fc.string({ unit: "binary", maxLength: 300 }),
    bytes: amount,
    of: amount,
    perSecond: amount,
    sources: fc.nat(1000),
    state: fc.constantFrom("queued", "fetching", "paused", "here", "failed"),
    reason: fc.option(fc.string({ maxLength: 100 })),
    columns: fc.integer({ min: 2, max: 130 }),
    isFolder: fc.boolean(),
  });
  fc.assert(
    fc.property(any, ({ name, columns, isFolder, ...change }) => {
      const file = plainFile(name, Math.abs(change.bytes), { isFolder, transfer: change as TransferInfo });
      for (const row of rows(file, columns)) {
        if (cells.width(row) > columns) throw new Error(`${JSON.stringify(row)} is wider than ${columns}`);
        if (/[\x00-\x1f\x7f-\x9f]/.test(row)) throw new Error(`${JSON.stringify(row)} has a control`);
      }
    }),
    { numRuns: 3_000 },
  );
  t.end();
});

t.test("what is shown as a name is the last part of it, on one line, and never nothing", (t) => {
  for (const [sent, shown] of [
    ["../../.ssh/authorized_keys", "authorized_keys"],
    ["C:\\Users\\maya\\tea.txt", "tea.txt"],
    ["photos/", "photos"],
    ["/", "file"],
    ["..", "file"],
    ["a/..", "file"],
    ["", "file"],
    [" \u202egpj.exe ", "\ufffdgpj.exe"],
    ["a\nb", "a␤b"],
    ["\u2800\u200b", "file"],
  ] as const) {
    t.equal(safeFileName(sent), shown, JSON.stringify(sent));
  }
  t.end();
});

t.test("without a bar it is said in words", (t) => {
  const words = (change: Partial<TransferInfo> | null, isMine = false) => stateWords(viewOf(photo(change)), isMine);
  t.equal(words(null), "not fetched");
  t.equal(words(null, true), "shared");
  t.equal(words({ bytes: 495_320, sources: 2 }), "61 % so far, 2 sources");
  t.equal(words({ bytes: 495_320, sources: 0 }), "61 % so far, nobody who has it is here");
  t.equal(words({ state: "paused", bytes: 406_000, reason: "the disk is full" }), "paused at 50 %: the disk is full");
  t.equal(words({ state: "failed", reason: "it changed" }), "failed: it changed");
  t.equal(words({ state: "here", bytes: 812_000, sources: 2 }), "here · 2 sources");
  t.equal(words({ state: "here", part: "day1", sources: 0 }), "part of it is here");
  const part = transferView(transfer({ state: "here", part: "day1" }));
  t.equal(isHere({ transfer: part }), false, "so that all of it can still be fetched");
  t.end();
});

t.test("why it waits is made harmless before anything is made of it", (t) => {
  for (const { name, text: reason } of payloads) {
    const shown = transferView(transfer({ state: "paused", reason })).reason!;
    t.notMatch(shown, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u, name);
    t.ok(shown.length <= 1_001, name);
  }
  t.end();
});
