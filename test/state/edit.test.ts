import t from "tap";
import { cells } from "../../src/components/cells.js";
import { cursorInRow, draftRows, placeOfCursor } from "../../src/state/draft-rows.js";
import { EDITS, type Edit, EMPTY_EDIT, insert, write } from "../../src/state/edit.js";

function edit(marked: string): Edit {
  const cursor = marked.indexOf("|");
  return { ...EMPTY_EDIT, text: marked.replace("|", ""), cursor };
}

function marked({ text, cursor }: Edit): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

t.test("the keys of a shell do what they do in a shell", (t) => {
  for (const [id, before, after] of [
    ["char-left", "né👨‍👩‍👧|", "né|👨‍👩‍👧"],
    ["char-right", "|👍🏽x", "👍🏽|x"],
    ["delete-left", "ab🏳️‍🌈|c", "ab|c"],
    ["delete-right", "|e\u0301x", "|x"],
    ["word-left", "see you, maya |", "see you, |maya "],
    ["word-right", "|  see you", "  see| you"],
    ["cut-word-left", "open /srv/a b|", "open /srv/a |"],
    ["cut-word-right", "a| bc d", "a| d"],
    ["line-start", "one\ntw|o", "one\n|two"],
    ["line-end", "o|ne\ntwo", "one|\ntwo"],
    ["cut-line-start", "one\ntw|o", "one\n|o"],
    ["cut-line-end", "o|ne\ntwo", "o|\ntwo"],
    ["newline", "a|b", "a\n|b"],
    ["delete-left", "|a", "|a"],
    ["delete-right", "a|", "a|"],
  ] as const) {
    t.equal(marked(EDITS[id]!(edit(before))), after, `${id} on ${JSON.stringify(before)}`);
  }
  t.end();
});

t.test("what is cut one after the other comes back as one", (t) => {
  let state = edit("one two three|");
  state = EDITS["cut-word-left"]!(EDITS["cut-word-left"]!(state));
  t.equal(marked(EDITS["paste-cut"]!(state)), "one two three|");
  state = EDITS["cut-word-left"]!(insert(state, "!"));
  t.equal(state.cut, "!", "typing in between begins anew");
  t.end();
});

t.test("a draft has a bound, and never ends in half a character", (t) => {
  const full = insert(write(EMPTY_EDIT, "x".repeat(64 * 1024 - 1)), "👍");
  t.ok(full.text.isWellFormed());
  t.equal(full.text.length, 64 * 1024);
  t.end();
});

t.test("rows of a draft keep every character, and the cursor finds its place", (t) => {
  const text = "hello wide 幅幅幅 and so on\n\nlast";
  const rows = draftRows(text, 10, cells);
  t.equal(rows.map((row) => text.slice(row.from, row.to)).join(""), text.replaceAll("\n", ""));
  for (const row of rows) t.ok(cells.width(text.slice(row.from, row.to)) <= 10);
  t.same(placeOfCursor(text, rows, 0, cells), { row: 0, column: 0 });
  t.same(placeOfCursor(text, rows, text.length, cells), { row: rows.length - 1, column: 4 });
  t.equal(cursorInRow(text, rows, 0, -1, cells), null, "above the first row there is none");
  t.equal(cursorInRow(text, rows, text.length, 1, cells), null);
  const up = cursorInRow(text, rows, text.length, -1, cells)!;
  t.equal(text[up - 1], "\n", "an empty row is a row");
  t.end();
});
