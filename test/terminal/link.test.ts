import t from "tap";
import { cells } from "../../src/components/cells.js";
import { paint } from "../../src/components/paint.js";
import { makeTheme } from "../../src/components/theme.js";
import { safeText } from "../../src/safe-text.js";
import { wrapSpans } from "../../src/state/wrap-spans.js";
import { linkTo } from "../../src/terminal/link.js";
import { styledLines } from "../../src/terminal/styled-cells.js";
import { takesLinks } from "../../src/terminal/surroundings.js";
import { payloads } from "../helpers/payloads.js";

const OPEN = /^\x1b\]8;id=[\da-z]+;(https?:\/\/[\x21-\x7e]+)\x1b\\$/;

t.test("only a whole http or https address leads anywhere, in characters that cannot end the sequence", async (t) => {
  t.match(
    linkTo("https://tea.example/a;b?c=d", "tea"),
    /^\x1b\]8;id=[\da-z]+;https:\/\/tea\.example\/a;b\?c=d\x1b\\tea\x1b\]8;;\x1b\\$/,
  );
  t.match(linkTo("HTTP://tea.example/grün", "x"), "http://tea.example/gr%C3%BCn");
  for (const target of ["javascript:alert(1)", "file:///etc/passwd", "https://", "tea.example", "mailto:a@b", ""]) {
    t.equal(linkTo(target, "x"), "x", target);
  }
  t.equal(linkTo(`https://tea.example/${"x".repeat(2000)}`, "x"), "x", "too long");
  for (const { text, name } of payloads) {
    const painted = linkTo(`https://tea.example/${safeText(text)}`, "x");
    if (painted !== "x") t.match(styledLines(painted)[0]!.styles[0]!.link, OPEN, name);
  }
});

t.test("every row that a link takes is the whole link", async (t) => {
  const link = safeText(`https://tea.example/${"long/".repeat(12)}end`);
  const rows = wrapSpans([{ text: safeText("see ") }, { text: link, link, underline: true }], 30, cells);
  t.ok(rows.length > 2);
  const theme = { isDark: true, hasColor: true };
  for (const row of rows) {
    const line = styledLines(paint(row, makeTheme({ ...theme, hasLinks: true })))[0]!;
    const targets = new Set(line.styles.map((style) => style.link).filter(Boolean));
    const isText = line.chars.join("").trim() === "see";
    t.same(
      [...targets].map((target) => OPEN.exec(target)?.[1]),
      isText ? [] : [link],
      line.chars.join(""),
    );
    t.notMatch(paint(row, makeTheme(theme)), "\x1b]8", "and none where the terminal may not know them");
  }
});

t.test("who gets links: tmux since 3.4, no screen, no console", async (t) => {
  const xterm = { TERM: "xterm-256color" };
  t.ok(takesLinks(xterm, null));
  t.ok(takesLinks(xterm, "XTerm(379)"));
  const tmux = { TERM: "tmux-256color", TMUX: "x" };
  for (const [name, ought] of [
    ["tmux 3.3a", false],
    ["tmux 3.4", true],
    ["tmux 4.0", true],
    [null, false],
    ["tmux next-3.5", false],
  ] as const) {
    t.equal(takesLinks(tmux, name), ought, String(name));
  }
  t.notOk(takesLinks({ TERM: "screen", STY: "1.pts" }, null));
  t.notOk(takesLinks({ TERM: "linux" }, null));
});
