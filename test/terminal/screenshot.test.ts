import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import t from "tap";
import { VirtualTerminal } from "../helpers/screen.js";

const script = join(resolve(import.meta.dirname, "../../.."), "scripts/screenshot.mjs");
const { svgOfTerminal } = (await import(pathToFileURL(script).href)) as {
  svgOfTerminal(buffer: unknown, options?: { theme?: string; title?: string; cursor?: boolean }): string;
};

async function picture(data: string, options?: { theme?: string; title?: string; cursor?: boolean }): Promise<string> {
  const screen = new VirtualTerminal({ columns: 20, rows: 3 });
  screen.write(data);
  await screen.settled();
  return svgOfTerminal(screen.buffer, options);
}

t.test("text stands on its cells, wide characters on two", async (t) => {
  const svg = await picture("ab\r\n日本  x");
  t.match(svg, /<text x="0" y="13.5" textLength="16.8" [^>]*>ab</);
  t.match(svg, /<text x="0" y="31.5" textLength="16.8" [^>]*>日</);
  t.match(svg, /<text x="16.8" y="31.5" textLength="16.8" [^>]*>本</);
  t.match(svg, /<text x="50.4" y="31.5" textLength="8.4" [^>]*>x</);
});

t.test("colours and attributes are those of the cells", async (t) => {
  const svg = await picture("\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3;48;5;16mrgb\x1b[0m \x1b[7minv\x1b[0m");
  t.match(svg, /fill="#e06c75" font-weight="bold">red</);
  t.match(svg, /fill="#010203">rgb</);
  t.match(svg, /<rect x="33.6" y="0" width="25.2" height="18" fill="#000000"\/>/);
  t.match(svg, /fill="#16181d">inv</);
});

t.test("what the screen says cannot become markup", async (t) => {
  const svg = await picture('<b>&"', { title: "<script>" });
  t.match(svg, "&lt;b&gt;&amp;&quot;");
  t.notMatch(svg, /<b>|<script>/);
});

t.test("the cursor is a block where it stands, if it is wanted", async (t) => {
  const block = '<rect x="16.8" y="0" width="8.4" height="18" fill="#d6d8de"/>';
  t.match(await picture("ab", { cursor: true }), block);
  t.notMatch(await picture("ab"), block);
});

t.test("both themes have the size of the screen; another is refused", async (t) => {
  for (const theme of ["dark", "light"]) t.match(await picture("x", { theme }), 'viewBox="0 0 192 78"', theme);
  await t.rejects(picture("x", { theme: "pink" }), /no theme pink/);
});
