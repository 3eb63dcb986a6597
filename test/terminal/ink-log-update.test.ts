import t from "tap";
import logUpdate from "../../src/terminal/ink-log-update.js";
import { VirtualTerminal } from "../helpers/screen.js";

function open(columns = 20, rows = 5) {
  const screen = new VirtualTerminal({ columns, rows });
  const stream = { columns, rows, write: (data: string) => screen.write(data) };
  return { screen, stream, log: logUpdate.create(stream) };
}

/** What one call writes. */
function bytesOf({ screen }: { screen: VirtualTerminal }, act: () => void): string {
  const before = screen.raw().length;
  act();
  return screen.raw(before);
}

t.test("the same frame again writes nothing and says so", async (t) => {
  const { log } = open();
  t.ok(log.willRender("one\ntwo"));
  t.equal(log("one\ntwo"), true);
  t.notOk(log.willRender("one\ntwo"));
  t.equal(log("one\ntwo"), false);
  t.ok(log.willRender("one\nthree"));
});

t.test("only what changed is written", async (t) => {
  const at = open();
  at.log("hello world\nsecond\nthird");
  t.equal(
    bytesOf(at, () => at.log("hello there\nsecond\nthird")),
    "\x1b[1;7Hthere",
  );
  t.equal(
    bytesOf(at, () => at.log("hello there\nsecond!\nthird")),
    "\x1b[2;7H!",
  );
  t.equal(
    bytesOf(at, () => at.log("hi\nsecond!\nthird")),
    "\x1b[1;2Hi\x1b[K",
  );
  await at.screen.settled();
  t.same(at.screen.text(), ["hi", "second!", "third", "", ""]);
});

t.test("at another size everything is painted again", async (t) => {
  const at = open();
  at.log("one\ntwo");
  at.stream.columns = 30;
  at.screen.resize({ columns: 30, rows: 5 });
  t.match(
    bytesOf(at, () => at.log("one\nTWO")),
    /one[\s\S]*TWO/,
  );
});

t.test("colours change only where they do, and a link is opened and closed", async (t) => {
  const at = open();
  at.log("\x1b[31mred\x1b[39m plain");
  t.equal(
    bytesOf(at, () => at.log("\x1b[31mrex\x1b[39m plain")),
    "\x1b[1;3H\x1b[31mx\x1b[m",
  );
  const link = bytesOf(at, () => at.log("\x1b]8;;https://keet.io\x07link\x1b]8;;\x07 plain"));
  t.match(link, "\x1b]8;;https://keet.io\x1b\\link\x1b]8;;\x1b\\ ");
});

t.test("the cursor is shown where it is set and hidden where it is not", async (t) => {
  const at = open();
  t.match(
    bytesOf(at, () => at.log("one\ntwo")),
    /\x1b\[\?25l$/,
  );
  at.log.setCursorPosition({ x: 3, y: 1 });
  t.ok(at.log.isCursorDirty());
  t.equal(
    bytesOf(at, () => at.log("one\ntwo")),
    "\x1b[2;4H\x1b[?25h",
  );
  t.same(at.log.getCursorPosition(), { x: 3, y: 1 });
  at.log.setCursorPosition({ x: 4, y: 1 });
  t.equal(
    bytesOf(at, () => at.log("one\ntwo!")),
    "!",
    "typing leaves it in its place",
  );
  await at.screen.settled();
  t.same(at.screen.cursor, { x: 4, y: 1 });
  at.log.setCursorPosition(undefined);
  t.equal(
    bytesOf(at, () => at.log("one\ntwo!")),
    "\x1b[?25l",
  );
});

t.test("of more rows than fit the last are shown", async (t) => {
  const at = open(20, 3);
  at.log("1\n2\n3\n4\n5");
  await at.screen.settled();
  t.same(at.screen.text(), ["3", "4", "5"]);
});

t.test("a frame Ink wrote itself is what the next one is compared with", async (t) => {
  const at = open();
  at.screen.write("one\r\ntwo");
  t.equal(
    bytesOf(at, () => at.log.sync("one\ntwo")),
    "\x1b[?25l",
  );
  t.equal(
    bytesOf(at, () => at.log("one\ntwa")),
    "\x1b[2;3Ha",
  );
});

t.test("after clear and reset everything is painted again, after done the cursor is back", async (t) => {
  const at = open();
  at.log("one\ntwo");
  at.log.clear();
  await at.screen.settled();
  t.same(at.screen.text(), ["", "", "", "", ""]);
  t.match(
    bytesOf(at, () => at.log("one\ntwo")),
    /one[\s\S]*two/,
  );
  at.log.reset();
  t.match(
    bytesOf(at, () => at.log("one\ntwo")),
    /one[\s\S]*two/,
  );
  t.equal(
    bytesOf(at, () => at.log.done()),
    "\x1b[m\x1b[2H\x1b[?25h",
  );
});

t.test("a row that fills its width is whole", async (t) => {
  const at = open(6, 2);
  at.log("abcdef\n日本語");
  at.log("abcdeX\n日本学");
  await at.screen.settled();
  t.same(at.screen.text(), ["abcdeX", "日本学"]);
});

t.test("rows wider than the screen do not spill into the next", async (t) => {
  const at = open(4, 3);
  at.log("abcdefgh\n12\n日本語");
  await at.screen.settled();
  t.same(at.screen.text(), ["abcd", "12", "日本"]);
  const odd = open(5, 3);
  odd.log("日本語\n12");
  odd.log("本本語\n12");
  await odd.screen.settled();
  t.same(odd.screen.text(), ["本本 ", "12", ""]);
});
