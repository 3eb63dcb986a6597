import t from "tap";
import { MAX_MESSAGE_BYTES } from "../../src/config.js";
import { answerTo, greeting, takenText, tooLargeText } from "../../src/demo/answers.js";

const heard = { name: "maya", tookMs: 12, members: ["maya", "echo"], action: false };
const answer = (text: string, action = false) => answerTo({ ...heard, text, action });

t.test("what is written comes back", async (t) => {
  t.match(answer("the kettle is on")?.text, "the kettle is on");
  t.match(answer("one\ntwo")?.text, "one\ntwo", "a line stays a line");
  t.equal(answer("  \n "), null);
});

t.test("help lists what it can do, and only what it can do", async (t) => {
  const list = answer("Help?")?.text.split("\n") ?? [];
  t.ok(list.length > 3);
  for (const line of list) {
    const [, word = "", example] = /^(\S+) .*?(?:: (.+))?$/.exec(line) ?? [];
    t.notMatch(answer(example ?? word)?.text, /^You wrote/, `${word} does something`);
  }
});

t.test("a text that begins with one of its words is talk", async (t) => {
  t.match(answer("help me with the tea")?.text, /^You wrote: help me/);
  t.match(answer("who is there")?.text, /^You wrote/);
});

t.test("back to front goes by what people see as one character", async (t) => {
  t.equal(answer("reverse e\u0301👩‍👩‍👧日")?.text, "日👩‍👩‍👧e\u0301");
  t.equal(answer("count e\u0301 日本")?.text, "2 words, 4 characters");
  t.equal(answer("count tea")?.text, "1 word, 3 characters");
});

t.test("it knows who it talks to", async (t) => {
  t.match(greeting("maya"), "Hello maya.");
  t.match(answer("Hi there")?.text, "maya");
  t.match(answer("bye")?.text, "maya");
  t.match(answer("who")?.text, "maya, echo");
  t.match(answer("ping")?.text, "12 ms");
});

t.test("an action is answered by an action", async (t) => {
  t.same(answer("pours tea", true), { text: "pours tea, too", action: true });
  t.equal(answer("help", true)?.action, true);
});

t.test("an answer is never longer than a message can be", async (t) => {
  for (const text of [
    "a".repeat(MAX_MESSAGE_BYTES),
    "幅".repeat(MAX_MESSAGE_BYTES / 3),
    `reverse ${"é".repeat(4000)}`,
  ]) {
    const { text: said } = answer(text)!;
    t.ok(Buffer.byteLength(said) <= MAX_MESSAGE_BYTES);
    t.ok(said.isWellFormed());
    t.ok(Buffer.byteLength(said) > MAX_MESSAGE_BYTES - 400);
  }
});

t.test("what it says of a file: how fast, why not, and never more than fits", async (t) => {
  const taken = { name: "tea.pdf", bytes: 8_000_000, tookMs: 2_000, problem: null };
  t.equal(takenText(taken), "I have it: tea.pdf, 8.0 MB in 2.0 s, 4.0 MB/s.");
  t.equal(takenText({ ...taken, bytes: 3_000, tookMs: 0 }), "I have it: tea.pdf, 3 KB in 0.0 s.");
  t.equal(takenText({ ...taken, problem: "it was changed" }), "I could not take tea.pdf: it was changed");
  for (const text of [takenText({ ...taken, name: "x".repeat(20_000) }), tooLargeText("x".repeat(20_000), "1 GB")]) {
    t.ok(Buffer.byteLength(text) <= MAX_MESSAGE_BYTES);
  }
});
