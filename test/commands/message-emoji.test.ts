import t from "tap";
import { EMOJI, emojiFor, emojiIn, QUICK_EMOJI } from "../../src/commands/emoji.js";
import { parseCommand } from "../../src/commands/parse.js";
import { emojiOf } from "../../src/commands/react.js";

t.test("one emoji is taken as it is, or by its whole name", (t) => {
  for (const [written, emoji] of [
    ["👍", "👍"],
    [" 👍🏽 ", "👍🏽"],
    ["👍\ufe0f", "👍\ufe0f"],
    ["👍🏽\ufe0e", "👍🏽\ufe0e"],
    ["❤", "❤"],
    ["❤️", "❤️"],
    ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"],
    ["🇩🇪", "🇩🇪"],
    ["1️⃣", "1️⃣"],
    [":tada", "🎉"],
    [":TADA:", "🎉"],
    ["tada", "🎉"],
  ] as const) {
    t.equal(emojiIn(written), emoji, written);
  }
  for (const written of [
    "",
    ":",
    "a",
    "1",
    "#",
    "👍👍",
    "👍!",
    "tad",
    "+1",
    "\u200b",
    "\ufe0f",
    "👍\ufe0f\ufe0f",
    "a\ufe0f",
  ]) {
    t.equal(emojiIn(written), null, JSON.stringify(written));
  }
  t.end();
});

t.test("a few letters find names that begin with them first, short ones before long ones", (t) => {
  t.same(
    emojiFor("hea")
      .slice(0, 3)
      .map(({ name }) => name),
    ["heart", "heart_eyes", "headphones"],
  );
  t.same(emojiFor(":"), QUICK_EMOJI);
  t.ok(QUICK_EMOJI.every((emoji) => emoji !== undefined && EMOJI.includes(emoji)));
  t.end();
});

t.test("what is no emoji is refused with those that are near", (t) => {
  t.throws(() => emojiOf("hear"), { code: "NO_SUCH_EMOJI", hint: ":heart ❤️" });
  t.throws(() => emojiOf("qqq"), { code: "NO_SUCH_EMOJI", hint: "Such as 👍 or :tada." });
  t.end();
});

t.test("commands about messages take their text as it was typed", (t) => {
  const names = { rooms: [], members: [] };
  const values = (name: string, rest: string) => parseCommand(name, rest, names).values;
  t.same(values("reply", "two  spaces *and* /this"), { text: "two  spaces *and* /this" });
  t.same(values("edit", ""), { text: null });
  t.same(values("redact", ""), {});
  t.same(values("find", 'from:alice "green tea"'), { words: 'from:alice "green tea"' });
  t.end();
});
