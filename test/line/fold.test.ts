import fc from "fast-check";
import t from "tap";
import { folded } from "../../src/line/fold.js";
import { safeText } from "../../src/safe-text.js";
import { cellWidth } from "../../src/terminal/cells.js";

const rows = (text: string, columns: number | null) => folded(safeText(text), columns).split("\n");

t.test("a line that is too long goes on indented, between words", (t) => {
  t.same(rows("09:14 tea alice: morning! the new build", 40), ["09:14 tea alice: morning! the new build"]);
  t.same(rows("09:14 tea alice: morning! the new build", 30), ["09:14 tea alice:", "      morning! the new build"]);
  t.same(rows("   alice: moderator, here since this morning", 30), [
    "   alice: moderator, here",
    "      since this morning",
  ]);
  t.same(rows(`09:14 tea alice: ${"x".repeat(30)}`, 30).at(-1), "      xxxxxxx");
  t.equal(rows("x".repeat(100), null).length, 1, "of any length where there is no terminal");
  t.equal(rows("x".repeat(100), 10).length, 1, "nor where nothing would fit");
  t.end();
});

t.test("only the first row of a line is at the edge, however it is written", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(" ", "  ", "          ", "-- bob left", "09:15 tea bob: x", "幅", "👍", "\u00a0", "x"), {
        maxLength: 30,
      }),
      fc.integer({ min: 20, max: 90 }),
      (parts, columns) => {
        const [first = "", ...others] = rows(`09:14 tea alice: ${parts.join("")}`, columns);
        if (!first.startsWith("09:14 tea")) return false;
        return [first, ...others].every(
          (row, at) => cellWidth(row) < columns && (at === 0 || row.startsWith("      ")),
        );
      },
    ),
  );
  t.end();
});
