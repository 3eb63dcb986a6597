import fc from "fast-check";
import t from "tap";
import { cells } from "../../src/components/cells.js";
import { type SafeText, safeText } from "../../src/safe-text.js";
import { wrapSpans } from "../../src/state/wrap-spans.js";

t.test("styles do not change where lines break, and nothing is lost or moved to another style", (t) => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(" ", "  ", "\n", "word", "longerword", "幅", "👨‍👩‍👧‍👦", "é"),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 24 },
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 5 }), fc.integer({ min: 2, max: 30 }), (groups, columns) => {
      const spans = groups.map((group, at) => ({ text: safeText(group.join("")), bold: at % 2 === 0 }));
      const whole = spans.map((span) => span.text).join("") as SafeText;
      const lines = wrapSpans(spans, columns, cells);
      const texts = lines.map((line) => line.map((span) => span.text).join(""));
      t.same(texts, cells.wrap(whole, columns));
      const seen = (isBold: boolean) =>
        lines
          .flatMap((line) => line.filter((span) => (span.bold ?? false) === isBold).map((span) => span.text))
          .join("");
      const written = (isBold: boolean) =>
        spans
          .filter((span) => span.bold === isBold)
          .map((span) => span.text)
          .join("");
      const letters = (text: string) => text.replace(/[ \n]/g, "");
      if (spans.length < 2 || texts.includes("…")) return;
      t.equal(letters(seen(true)), letters(written(true)));
      t.equal(letters(seen(false)), letters(written(false)));
    }),
    { numRuns: 400 },
  );
  t.end();
});
