import fc from "fast-check";
import t from "tap";
import {
  confusableSkeleton,
  jsonText,
  plainText,
  type SafeText,
  safe,
  safeLine,
  safeName,
  safeText,
} from "../src/safe-text.js";
import { payloads } from "./helpers/payloads.js";

const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;
const HIDDEN = /[\u202a-\u202e\u2066-\u206f\u2028\u2029\u200b\u200e\u200f\u061c\ufeff\u3164]|[\u{e0000}-\u{10ffff}]/u;
const clusters = (text: string) => [...new Intl.Segmenter().segment(text)].length;

// Text that looks like what hostile people write, far more often than chance would.
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...payloads.map((payload) => payload.text)),
      fc.constantFrom(
        "\u200d",
        "\u200c",
        "\ufe0f",
        "\u0301",
        "\u20e3",
        "\n",
        "\r",
        "\t",
        " ",
        "1",
        "👩",
        "🏽",
        "❤",
        "न",
        "्",
        "ع",
      ),
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

t.test("there are payloads of every kind", async (t) => {
  t.ok(payloads.length >= 60);
  t.equal(new Set(payloads.map((payload) => payload.name)).size, payloads.length);
});

t.test("no payload keeps a control or hides anything", async (t) => {
  for (const { name, text } of payloads) {
    for (const make of [safeText, safeLine, safeName]) {
      const result = make(text);
      t.notMatch(result, CONTROL, `${name}: ${make.name}`);
      t.notMatch(result, HIDDEN, `${name}: ${make.name}`);
      t.notMatch(result, /\p{M}{5}/u, `${name}: ${make.name}`);
      t.ok(result.isWellFormed(), `${name}: ${make.name}`);
    }
    t.notMatch(safeLine(text), /\n/, name);
    t.ok(clusters(safeName(text)) <= 32 && safeName(text).trim() !== "", name);
  }
});

t.test("any text is safe after one pass, and a second changes nothing", async () => {
  const makers: readonly ((text: string) => SafeText)[] = [
    safeText,
    safeLine,
    safeName,
    (text) => safeText(text, { maxLength: 20 }),
  ];
  fc.assert(
    fc.property(hostile, fc.constantFrom(...makers), (text, make) => {
      const once = make(text);
      return !CONTROL.test(once) && !HIDDEN.test(once) && once.isWellFormed() && make(once) === once;
    }),
    { numRuns: 3000 },
  );
});

t.test("controls become pictures of themselves", async (t) => {
  t.equal(safeText("\x1b[2J"), "␛[2J");
  t.equal(safeText("\0\x07\b\x7f"), "␀␇␈␡");
  t.equal(safeText("a\x9bb\u202ec\u2028d"), "a\ufffdb\ufffdc\ufffdd");
  t.equal(safeText("one\r\ntwo\rthree\n"), "one\ntwo␍three\n");
  t.equal(safeText("a\tb"), "a    b");
  t.equal(safeLine("one\ntwo\n"), "one␤two");
});

t.test("ordinary text of every script passes unchanged", async (t) => {
  for (const text of [
    "plain words, 100 % of them\n\nin lines",
    "Grüße, Ångström, Việt Nam, e\u0301",
    "日本語 한국어 中文 ไทย",
    "שלום עולם مرحبا بالعالم",
    "می\u200cخواهم",
    "क\u094d\u200dष न\u094d\u200c",
    "👍🏽 👨\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈 ❤\ufe0f 1\ufe0f\u20e3 🇩🇪",
    "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿",
    "\ue0b0 powerline",
  ]) {
    // The joiner after a final virama has nothing to join to.
    t.equal(safeText(text), text.replace(/\u200c$/, ""), text);
  }
});

t.test("joiners and emoji style stay only where they do something", async (t) => {
  t.equal(safeText("a\u200db\u200cc"), "abc");
  t.equal(safeText("👩\u200d\u200b\u200d👧"), "👩\u200d👧");
  t.equal(safeText("👩\u200d"), "👩");
  t.equal(safeText("a\ufe0f 1\ufe0f"), "a 1");
  t.ok(clusters(safeText("👩\u200d".repeat(40))) >= 4, "a chain of joined pictographs is broken up");
});

t.test("a mark with nothing under it gets a circle, not the column border", async (t) => {
  t.equal(safeText("\u0301a\n\u0301b"), "\u25cc\u0301a\n\u25cc\u0301b");
  t.equal(safeName(" \u0301a"), "\u25cc\u0301a");
  t.equal(safeText(`e${"\u0301".repeat(50)}x`), `e${"\u0301".repeat(4)}x`);
});

t.test("the result is never longer than asked, cut after a whole character", async (t) => {
  t.equal(safeText("abcdef", { maxLength: 4 }), "abc…");
  t.equal(safeText("ab👍👍", { maxLength: 4 }), "ab…");
  t.equal(safeText("\t\t", { maxLength: 5 }), "    …");
  t.equal(safeText("\u200b".repeat(1000), { maxLength: 10 }), "…");
  t.equal(safeText("abcd", { maxLength: 4 }), "abcd");
});

t.test("names are one line of at most 32 characters and never empty", async (t) => {
  t.equal(safeName("  ann\t\n bo \u2800"), "ann bo");
  for (const empty of ["", " ", "\u3164", "\u200b\u2060", "\u2800", "\n\n"]) t.equal(safeName(empty), "?");
  t.equal(safeName("x".repeat(32)), "x".repeat(32));
  t.equal(safeName("x".repeat(33)), `${"x".repeat(31)}…`);
  t.equal(clusters(safeName("👨\u200d👩\u200d👧".repeat(40))), 32);
  t.ok(safeName("\u1100".repeat(5000)).length <= 256, "one endless cluster is bounded too");
});

t.test("work grows with the text, not with its square", async (t) => {
  const original = String.prototype.codePointAt;
  let looks = 0;
  t.teardown(() => {
    String.prototype.codePointAt = original;
  });
  String.prototype.codePointAt = function (this: string, at: number) {
    looks += 1;
    return original.call(this, at);
  };
  for (const unit of ["é", "\x1b", "e\u0301", "👩\u200d", "\u200b", "1\ufe0f", "\u0301", "a ", "\u1100"]) {
    const count = (length: number) => {
      looks = 0;
      safeText(unit.repeat(length / unit.length), { maxLength: 1_000_000 });
      return looks;
    };
    const [small, large] = [count(100_000), count(200_000)];
    t.ok(large <= 2 * small + 2, `${JSON.stringify(unit)} twice as long: ${small} then ${large}`);
    t.ok(large <= 2 * 200_000, JSON.stringify(unit));
  }
  looks = 0;
  t.equal(safeText("é".repeat(1_000_000)).length, 64 * 1024);
  t.ok(looks <= 64 * 1024 + 1, "what is over the limit is not looked at");
  looks = 0;
  safeText("\u200b".repeat(1_000_000));
  t.ok(looks <= 4 * 64 * 1024, "not even where nothing of it is shown");
});

t.test("our own words stay, theirs are made safe", async (t) => {
  t.equal(safe`${"\x1b[2J"} joined ${3}`, "␛[2J joined 3");
  t.equal(safe`nothing`, "nothing");
  t.equal(plainText("room"), "room");
  // @ts-expect-error a string that is no literal is not ours
  plainText("x".repeat(2));
});

t.test("JSON for the terminal parses back to the same value and prints no control", async (t) => {
  for (const { name, text } of payloads) {
    const value = { [text]: [text, 1, null] };
    t.notMatch(jsonText(value), /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/, name);
    t.ok(jsonText(value).isWellFormed(), name);
    t.same(JSON.parse(jsonText(value)), value, name);
  }
  fc.assert(fc.property(hostile, (text) => JSON.parse(jsonText(text)) === text && !CONTROL.test(jsonText(text))));
  t.equal(jsonText(undefined), "null");
  t.equal(jsonText({ a: 1 }, 2), '{\n  "a": 1\n}');
});

t.test("names that look alike have one skeleton", async (t) => {
  for (const fake of [
    "аdmin",
    "ADMIN",
    "ad\u200bmin",
    "admin ",
    "аԁmіn",
    "ａｄｍｉｎ",
    "𝐚𝐝𝐦𝐢𝐧",
    "adrnin",
    "\u202eadmin",
    "ádmin",
    "adm1n",
  ]) {
    t.equal(confusableSkeleton(fake), confusableSkeleton("admin"), fake);
  }
  t.equal(confusableSkeleton("Ηοpe"), confusableSkeleton("hope"));
  t.equal(confusableSkeleton("paypaI"), confusableSkeleton("paypal"));
  t.equal(confusableSkeleton("b0b"), confusableSkeleton("bob"));
  t.not(confusableSkeleton("ann"), confusableSkeleton("bob"));
  t.not(confusableSkeleton("ann b"), confusableSkeleton("annb"));
});

t.test(
  "a run of Korean letters of one kind is no cluster without end; words written out stay as they are",
  async (t) => {
    t.equal(safeText("\u1100".repeat(200)), "\u1100".repeat(3));
    t.equal(
      safeText(`\u1100${"\u1161".repeat(200)}${"\u11a8".repeat(200)}x`),
      `\u1100\u1161\u1161\u1161\u11a8\u11a8\u11a8x`,
    );
    const words = "한국어 낱말을 풀어 썼다".normalize("NFD");
    t.equal(safeText(words), words);
  },
);
