import t from "tap";
import { cells } from "../../src/components/cells.js";
import { hintRow } from "../../src/components/hints.js";
import { plainText } from "../../src/safe-text.js";

const HINTS = [plainText("y copy"), plainText("+ more people"), plainText("日本 x"), plainText("r revoke")];
const end = plainText("Esc");

t.test("at every width the hints are whole, from the first on, and the way out is there", async (t) => {
  let most = 0;
  for (let columns = 3; columns <= 60; columns += 1) {
    const row = hintRow(HINTS, { columns, separator: " · ", end, width: cells.width });
    t.ok(cells.width(row) <= columns, `${columns}: ${row}`);
    const parts = row.split(" · ");
    t.same(parts, [...HINTS.slice(0, parts.length - 1), end]);
    most = Math.max(most, parts.length);
  }
  t.equal(most, HINTS.length + 1, "all of them where there is room");
});

t.test("with no way out to show, none is shown where none fits", async (t) => {
  const row = (columns: number) => hintRow(HINTS, { columns, separator: "  ", width: cells.width });
  t.equal(row(5), "");
  t.equal(row(6), "y copy");
  t.equal(row(21), "y copy  + more people");
});
