// What Ink writes for one frame reaches the terminal in one piece, with marks only where they are worth their bytes.
import t from "tap";
import { InkStdout } from "../../src/terminal/ink-stdout.js";

const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";
const LONG = "x".repeat(500);

function open() {
  const written: string[] = [];
  const writer = {
    size: { columns: 80, rows: 24 },
    isBehind: false,
    writeFrame: (data: string, done?: () => void) => {
      written.push(data);
      done?.();
      return true;
    },
  };
  return { written, out: new InkStdout(writer, { isTTY: true } as NodeJS.WriteStream) };
}

t.test("a frame is one write: a short one bare, a long one marked", async (t) => {
  const { out, written } = open();
  for (const piece of [BEGIN, "\x1b[7Ga", "b", END]) out.write(piece);
  for (const piece of [BEGIN, LONG, END]) out.write(piece);
  for (const piece of [BEGIN, END]) out.write(piece);
  out.write("between");
  t.same(written, ["\x1b[7Gab", BEGIN + LONG + END, "between"]);
});

t.test("a terminal that said it knows no marks gets none", async (t) => {
  const { out, written } = open();
  out.knowsMarks = false;
  for (const piece of [BEGIN, LONG, END]) out.write(piece);
  t.same(written, [LONG]);
});

t.test("who waits for a write is told, whatever becomes of the frame", async (t) => {
  const { out, written } = open();
  const told: string[] = [];
  out.write(BEGIN);
  out.write("a", "utf8", () => told.push("a"));
  out.write("b", () => told.push("b"));
  out.write(END, () => told.push("end"));
  t.same([written, told], [["ab"], ["a", "b", "end"]]);
  out.write(BEGIN);
  out.write(END, () => told.push("empty"));
  await new Promise((done) => setImmediate(done));
  t.same([written, told], [["ab"], ["a", "b", "end", "empty"]]);
});

t.test("a frame that an error cut short is not held", async (t) => {
  const { out, written } = open();
  out.write(BEGIN);
  out.write("half");
  await null;
  t.same(written, ["half"]);
  out.write("next");
  t.same(written, ["half", "next"]);
});
