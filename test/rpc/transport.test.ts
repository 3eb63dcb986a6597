import fc from "fast-check";
import t from "tap";
import { LineReader } from "../../src/rpc/transport.js";

function linesOf(chunks: readonly Uint8Array[], maxBytes?: number) {
  const lines: string[] = [];
  let tooLong = 0;
  const reader = new LineReader({
    onLine: (line) => lines.push(line),
    onTooLong: () => {
      tooLong += 1;
    },
    ...(maxBytes ? { maxBytes } : {}),
  });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return { lines, tooLong };
}

t.test("lines are the same however the bytes are cut", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.array(fc.nat(20)), (texts, cuts) => {
      const lines = texts.map((text) => JSON.stringify(text));
      let rest = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      const chunks: Buffer[] = [];
      for (const cut of cuts) {
        chunks.push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      return t.same(linesOf([...chunks, rest]).lines, lines);
    }),
    { numRuns: 100 },
  );
});

t.test("a line over the limit is skipped and told once; the next one is read", async (t) => {
  const long = Buffer.from("x".repeat(300));
  const { lines, tooLong } = linesOf([long, long, Buffer.from("tail\nnext\n")], 100);
  t.same(lines, ["next"]);
  t.equal(tooLong, 1);
  t.same(linesOf([Buffer.from(`${"y".repeat(100)}\n`)], 100), { lines: ["y".repeat(100)], tooLong: 0 });
});
