import fc from "fast-check";
import t from "tap";
import { blocksOf, type Piece, piecesOf } from "../src/markdown.js";
import { type SafeText, safeText } from "../src/safe-text.js";

/** `b[bold]`, `i[italic]`, `c[code]`, `l[link]`: what a line becomes, to be read. */
function read(line: string): string {
  return piecesOf(safeText(line)).map(shown).join("");
}

function shown({ text, kind, bold, italic }: Piece): string {
  if (kind === "mark") return "";
  let out: string = kind === "code" ? `c[${text}]` : kind === "link" ? `l[${text}]` : text;
  if (italic) out = `i[${out}]`;
  return bold ? `b[${out}]` : out;
}

t.test("marks round words are bold, italic and code", (t) => {
  for (const [line, expected] of [
    ["a *b* c", "a b[b] c"],
    ["**b**, and _i_.", "b[b], and i[i]."],
    ["*b _both_ b*", "b[b ]b[i[both]]b[ b]"],
    ["run `npm *test*` now", "run c[npm *test*] now"],
    ["``a ` b``", "c[a ` b]"],
    ["*see `x`*", "b[see ]b[c[x]]"],
    ["“*x*” (*y*)", "“b[x]” (b[y])"],
    ["*日本* です", "b[日本] です"],
    ["*two words*\u00a0and", "b[two words]\u00a0and"],
  ] as const) {
    t.equal(read(line), expected, line);
  }
  t.end();
});

t.test("inside words, in paths and names, and without a partner, marks stay as typed", (t) => {
  for (const line of [
    "snake_case_name and other_snake_case",
    "2*3*4 = 24",
    "2 * 3 * 4",
    "*args and **kwargs",
    "/tmp/_x_/y",
    "a=*b*c",
    "__init__.py",
    "pre*fix* x",
    "a=*b* c",
    "/etc/_x_ y",
    "***",
    "***x***",
    "* a list",
    "- [ ] * _",
    "*open",
    "shut*",
    "_a *b",
    "`open",
    "``a`",
    "don`t and won`t",
    "*e\u0301*\u0301",
    "*\u0301x*",
  ]) {
    t.equal(read(line), safeText(line), line);
  }
  t.end();
});

t.test("links are whole, without what ends the sentence round them", (t) => {
  for (const [line, expected] of [
    ["see https://a.example/b_c_d/*e*, or", "see l[https://a.example/b_c_d/*e], or".replace("*e]", "*e]*")],
    ["(http://a.example/x)", "(l[http://a.example/x])"],
    ["https://a.example/w_(tea)", "l[https://a.example/w_(tea)]"],
    ["HTTPS://A.example.", "l[HTTPS://A.example]."],
    ["*https://a.example/x*", "b[l[https://a.example/x]]"],
    ["xhttps://a.example", "xhttps://a.example"],
    ["https://", "https://"],
    ["javascript://a.example ftp://b.example", "javascript://a.example ftp://b.example"],
  ] as const) {
    t.equal(read(line), expected, line);
  }
  t.end();
});

t.test("fences hold code, a mark at the start of a line a quote, and nothing is lost", (t) => {
  const kinds = (text: string) => blocksOf(safeText(text)).map(({ kind, lines }) => [kind, ...lines]);
  t.same(kinds("a\n```ts\n  x *y*\n\n```\nb"), [
    ["text", "a"],
    ["code", "  x *y*", ""],
    ["text", "b"],
  ]);
  t.same(kinds("```\nnever closed"), [["text", "```", "never closed"]]);
  t.same(kinds("```const x = 1\ny\n```"), [["text", "```const x = 1", "y", "```"]], "code on the fence is no name");
  t.same(kinds("> a\n>b\nc\n> d"), [
    ["quote", "a", "b"],
    ["text", "c"],
    ["quote", "d"],
  ]);
  t.same(kinds(""), [["text", ""]]);
  t.end();
});

const MARKS = [
  "*",
  "**",
  "_",
  "`",
  "``",
  "```",
  " ",
  "a",
  "é",
  "e\u0301",
  "幅",
  "👍🏽",
  "/",
  "(",
  ")",
  ".",
  "> ",
  "http://",
  "x_y",
];

t.test("whatever is written, pieces in order are the line without the marks that had an effect", (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.constantFrom(...MARKS)).map((all) => all.join("")),
        fc.string({ unit: "binary" }),
      ),
      (raw) => {
        const line = safeText(raw).replaceAll("\n", " ") as SafeText;
        const text = piecesOf(line)
          .map((piece) => piece.text)
          .join("");
        let at = 0;
        for (const char of text) {
          while (line[at] !== char[0] && (line[at] === "*" || line[at] === "_")) at += 1;
          if (!line.startsWith(char, at)) return false;
          at += char.length;
        }
        return /^[*_]*$/.test(line.slice(at)) && safeText(text) === text;
      },
    ),
    { numRuns: 2_000 },
  );
  t.pass();
  t.end();
});

t.test("half a mebibyte of any mark is read: were the work to grow with its square, this would not end", (t) => {
  for (const piece of ["*", "*a ", "_a_ ", "`", "`a ``", "http://a(", "http://)", "**a *b _c ", "```x\n", "> *\n"]) {
    const text = piece.repeat(2 ** 19 / piece.length) as SafeText;
    const pieces = blocksOf(text).flatMap(({ lines }) => lines.flatMap(piecesOf));
    t.ok(pieces.length > 0, piece);
  }
  t.end();
});
