import t from "tap";
import { Gather } from "../../src/line/gather.js";
import { LineInput } from "../../src/line/input.js";

async function linesOf(...chunks: (string | Uint8Array)[]) {
  async function* stream() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const input = new LineInput(stream());
  const lines: (string | undefined)[] = [];
  for (let line = await input.next(); line; line = await input.next()) lines.push(line.error?.code ?? line.text);
  return lines;
}

t.test("a line ends at a line feed and nowhere else", async (t) => {
  t.same(await linesOf("one\ntwo\r\n\nlast without end"), ["one", "two", "", "last without end"]);
  t.same(await linesOf("on", "e\nt", "wo\n"), ["one", "two"]);
  t.same(await linesOf("a\u2028b\u2029c\x0bd\x0ce\x85f\rg\n"), ["a\u2028b\u2029c\x0bd\x0ce\x85f\rg"], "byte for byte");
  t.same(await linesOf("\ufeff/go tea\n\ufeffx\n"), ["/go tea", "\ufeffx"], "what an editor puts in front of a file");
  const snow = Buffer.from("☃\n");
  t.same(await linesOf(snow.subarray(0, 1), snow.subarray(1)), ["☃"], "cut in the middle of a character");
  t.same(await linesOf(), []);
});

t.test("what is no text, or longer than any message, is refused and the next line is read", async (t) => {
  t.same(await linesOf(Buffer.from([0x66, 0xff, 0x0a]), "next\n"), ["NOT_UTF8", "next"]);
  const long = "x".repeat(70_000);
  t.same(await linesOf(`${long}\nnext\n`), ["TOO_LONG", "next"]);
  t.same(await linesOf(long, long, long, "\nnext\n"), ["TOO_LONG", "next"], "said once, however long it goes on");
  t.same(await linesOf(long, long), ["TOO_LONG"]);
});

t.test("from stop on there are no more lines, also while one is waited for", async (t) => {
  const input = new LineInput({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) });
  const waiting = input.next();
  input.stop();
  t.equal(await waiting, null);
  t.equal(await input.next(), null);
});

t.test("lines that belong together", (t) => {
  const gather = new Gather();
  t.same(gather.add("one"), { kind: "text", text: "one" });
  t.same(gather.add("one\\"), null);
  t.ok(gather.isOpen);
  t.same(gather.add("  two\\"), null);
  t.same(gather.add("/quit"), { kind: "text", text: "one\n  two\n/quit" }, "only the first line can be a command");
  t.notOk(gather.isOpen);
  t.same(gather.add("/reply #3 first\\"), null);
  t.same(gather.add("second"), { kind: "command", name: "reply", rest: "#3 first\nsecond" });
  t.same(gather.add("//x\\"), null);
  t.same(gather.add("//x"), { kind: "text", text: "/x\n//x" });
  gather.begin();
  for (const line of ["/leave", "a\\", "..", "...", ""]) t.equal(gather.add(line), null);
  t.same(gather.add("."), { kind: "verbatim", text: "/leave\na\\\n.\n...\n" });
  t.same(gather.add("."), { kind: "text", text: "." }, "a dot is a dot elsewhere");
  gather.begin();
  gather.add("x");
  gather.drop();
  t.notOk(gather.isOpen);
  t.same(gather.add("y"), { kind: "text", text: "y" });
  t.end();
});
