import fc from "fast-check";
import stringWidth from "string-width";
import t from "tap";
import { cellWidth, cutToWidth, padToWidth, wrapText } from "../../src/terminal/cells.js";

const FAMILY = "👨\u200d👩\u200d👧\u200d👦";
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        " ",
        "  ",
        "a",
        "word",
        "é",
        "e\u0301",
        "日",
        "日本語",
        "👍🏽",
        FAMILY,
        "🇩🇪",
        "1\ufe0f\u20e3",
        "❤\ufe0f",
        "क्ष",
        "\u0301",
        "한",
        "ﷺ",
      ),
      fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
const lines = fc.array(text, { maxLength: 4 }).map((parts) => parts.join("\n"));

t.test("widths are those of the terminal, not of the string", async (t) => {
  t.equal(cellWidth("plain"), 5);
  t.equal(cellWidth("日本"), 4);
  t.equal(cellWidth("e\u0301"), 1);
  for (const wide of [FAMILY, "👍🏽", "🇩🇪", "❤\ufe0f"]) t.equal(cellWidth(wide), 2, wide);
  t.equal(cellWidth(""), 0);
  fc.assert(fc.property(text, (line) => cellWidth(line) === stringWidth(line)));
});

t.test("cut text fits, says that it was cut, and keeps whole characters", async (t) => {
  t.equal(cutToWidth("abcdef", 6), "abcdef");
  t.equal(cutToWidth("abcdef", 5), "abcd…");
  t.equal(cutToWidth("日本語", 5), "日本…");
  t.equal(cutToWidth("日本語", 4), "日…");
  t.equal(cutToWidth("日本語", 6), "日本語");
  t.equal(cutToWidth(`${FAMILY}ab`, 3), `${FAMILY}…`);
  t.equal(cutToWidth("abc", 1), "…");
  t.equal(cutToWidth("abc", 0), "");
  t.equal(cutToWidth("abc", -3), "");
  t.equal(cutToWidth("abcdef", 3, ""), "abc");
  t.equal(cutToWidth("abcdef", 2, "..."), "");
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 0, max: 30 }),
      (line, columns) => cellWidth(cutToWidth(line, columns)) <= columns,
    ),
  );
});

t.test("cutting does not read what it does not show", async (t) => {
  const original = Intl.Segmenter.prototype.segment;
  t.teardown(() => {
    Intl.Segmenter.prototype.segment = original;
  });
  let seen = 0;
  Intl.Segmenter.prototype.segment = function (this: Intl.Segmenter, input: string) {
    const segments = original.call(this, input);
    return {
      *[Symbol.iterator]() {
        for (const segment of segments) {
          seen += 1;
          yield segment;
        }
      },
    } as unknown as Intl.Segments;
  };
  cutToWidth("é".repeat(200_000), 80);
  t.ok(seen > 0 && seen < 200, `${seen} characters`);
});

t.test("padded text is exactly as wide as asked", async (t) => {
  t.equal(padToWidth("ab", 4), "ab  ");
  t.equal(padToWidth("日本語", 4), "日… ");
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 0, max: 30 }),
      (line, columns) => cellWidth(padToWidth(line, columns)) === columns,
    ),
  );
});

t.test("words wrap at spaces, long words anywhere, wide characters between each other", async (t) => {
  t.same(wrapText("the quick brown fox", 10), ["the quick", "brown fox"]);
  t.same(wrapText("exactly ten", 7), ["exactly", "ten"]);
  t.same(wrapText("abcdefghij", 4), ["abcd", "efgh", "ij"]);
  t.same(wrapText("to abcdefghij", 4), ["to", "abcd", "efgh", "ij"]);
  t.same(wrapText("日本語テキスト", 5), ["日本", "語テ", "キス", "ト"]);
  t.same(wrapText("go 日本語", 5), ["go 日", "本語"]);
  t.same(wrapText("one\n\n  two\n", 10), ["one", "", "  two", ""]);
  t.same(wrapText("a  b", 2), ["a", "b"]);
  t.same(wrapText("", 10), [""]);
  t.same(wrapText("日", 1), ["…"]);
  t.same(wrapText("abc", 0), ["a", "b", "c"]);
});

t.test("no wrapped line is too wide and nothing but spaces is lost", async () => {
  const bare = (value: string) => value.replace(/[ \n]/g, "");
  fc.assert(
    fc.property(lines, fc.integer({ min: 4, max: 40 }), (value, columns) => {
      const wrapped = wrapText(value, columns);
      return (
        wrapped.every((line) => cellWidth(line) <= columns) &&
        // Clusters wider than four cells do not occur in these texts.
        bare(wrapped.join("\n")) === bare(value)
      );
    }),
    { numRuns: 1000 },
  );
});

t.test("a line of 200,000 characters wraps in one pass over its characters", async (t) => {
  const original = Intl.Segmenter.prototype.segment;
  t.teardown(() => {
    Intl.Segmenter.prototype.segment = original;
  });
  let given = 0;
  Intl.Segmenter.prototype.segment = function (this: Intl.Segmenter, input: string) {
    given += input.length;
    return original.call(this, input);
  };
  for (const unit of ["x", "é", "日", "a b ", " ", "👍🏽"]) {
    given = 0;
    const long = unit.repeat(200_000 / unit.length);
    const wrapped = wrapText(long, 80);
    t.ok(wrapped.length > 100, unit);
    t.ok(wrapped.every((line) => line.length <= 80 * unit.length));
    t.ok(given <= long.length, `${unit}: ${given} characters segmented`);
  }
});
