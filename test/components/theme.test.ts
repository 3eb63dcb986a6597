// Themes: what comes with the program, a person's own, and what each kind of terminal gets of them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { paint, paintPaper } from "../../src/components/paint.js";
import { type ColourDepth, makeTheme, parseTheme } from "../../src/components/theme.js";
import { Themes } from "../../src/components/themes.js";
import { plainText } from "../../src/safe-text.js";
import { Settings } from "../../src/state/settings.js";
import { openApp } from "./open-app.js";
import { coreWith, three } from "./three-messages.js";

const root = resolve(import.meta.dirname, "../../..");
const accent = [{ text: plainText("x"), tone: "accent" as const }];

t.test("dark and light are the terminal's own colours; without colour there are none", async (t) => {
  t.equal(paint(accent, makeTheme({ isDark: true, hasColor: true })), "\x1b[36mx\x1b[39m");
  t.equal(paint(accent, makeTheme({ isDark: false, hasColor: true })), "\x1b[34mx\x1b[39m");
  t.equal(paint(accent, makeTheme({ isDark: true, hasColor: false })), "x");
  t.equal(paint(accent, makeTheme({ isDark: true, hasColor: true, depth: 1 })), "x");
  for (const isDark of [true, false]) t.equal(makeTheme({ isDark, hasColor: true }).hues.length, 12);
});

/** `#rrggbb` of what SGR names, with the colours that xterm gives to the sixteen. */
function rgbOf(sgr: string): number[] {
  const few = [0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5];
  const bright = [0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff];
  const code = Number(sgr.split(";").at(-1));
  const bytes = (value: number) => [value >> 16, (value >> 8) & 255, value & 255];
  if (!sgr.includes(";")) return bytes(code >= 90 ? bright[code - 90]! : few[code - 30]!);
  const level = (at: number) => [0, 95, 135, 175, 215, 255][at % 6]!;
  return [level(Math.floor((code - 16) / 36)), level(Math.floor((code - 16) / 6)), level(code - 16)];
}

/** As WCAG 2 has it. */
function contrast(one: readonly number[], other: readonly number[]): number {
  const light = (rgb: readonly number[]) => {
    const [red, green, blue] = rgb.map((byte) => {
      const value = byte / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
  return (more! + 0.05) / (less! + 0.05);
}

const DARK_GROUNDS = [0x000000, 0x1e1e1e, 0x282c34, 0x002b36, 0x300a24];
const LIGHT_GROUNDS = [0xffffff, 0xfafafa, 0xfdf6e3];

t.test("names of people can be read: a contrast of 3:1 or more on dark and on light", async (t) => {
  const bytes = (value: number) => [value >> 16, (value >> 8) & 255, value & 255];
  for (const isDark of [true, false, null]) {
    const grounds = [...DARK_GROUNDS, ...LIGHT_GROUNDS];
    const { hues } = makeTheme({ isDark, hasColor: true });
    t.equal(new Set(hues).size, 12, "twelve that differ");
    for (const hue of hues)
      for (const ground of grounds) {
        const found = contrast(rgbOf(hue), bytes(ground));
        t.ok(found >= 3, `${hue} on ${ground.toString(16).padStart(6, "0")}: ${found.toFixed(2)}`);
      }
    const few = makeTheme({ isDark, hasColor: true, depth: 4 }).hues;
    t.equal(new Set(few).size, few.length);
    for (const hue of few) {
      const onDark = isDark === false ? 21 : contrast(rgbOf(hue), bytes(0x000000));
      const onLight = isDark === true ? 21 : contrast(rgbOf(hue), bytes(0xffffff));
      t.ok(Math.min(onDark, onLight) >= 3, `of sixteen, ${hue}: ${onDark.toFixed(2)}, ${onLight.toFixed(2)}`);
    }
  }
});

t.test(
  "code is never white on white or black on black: with no known background it has the colour of text",
  async (t) => {
    const code = (isDark: boolean | null) => makeTheme({ isDark, hasColor: true }).tones.code;
    t.equal(code(true), "97");
    t.equal(code(false), "30");
    t.equal(code(null), "39");
  },
);

t.test("a terminal gets the nearest it can show", async (t) => {
  const file = parseTheme('{"accent":"#8ec07c","bad":142,"code":"bright-red"}', "x.json");
  const shown = (depth: ColourDepth) => makeTheme({ isDark: true, hasColor: true, depth, file }).tones;
  t.match(shown(24), { accent: "38;2;142;192;124", bad: "38;5;142", code: "91", dim: "90" });
  t.match(shown(8), { accent: "38;5;150", bad: "38;5;142", code: "91" });
  for (const code of Object.values(shown(4))) t.match(code, /^(3|9)[0-7]$/);
});

t.test("the example of the documentation is a theme, and names every rank there is", async (t) => {
  const page = readFileSync(join(root, "docs/themes.md"), "utf8");
  const [, example] = /```json\n([\s\S]*?)```/.exec(page)!;
  const { tones, authors } = parseTheme(example!, "docs/themes.md");
  const all = Object.keys(makeTheme({ isDark: true, hasColor: true }).tones).sort();
  t.same(Object.keys(tones).sort(), all);
  for (const name of [...all, "authors"]) t.match(page, `| \`${name}\` |`);
  t.equal(authors?.length, 6);
});

t.test("a mistake is named with its file, and nothing of such a file is taken", async (t) => {
  for (const [text, what] of [
    ["", "no JSON"],
    ["[]", "no JSON object"],
    ["null", "no JSON object"],
    ['{"acent":"red"}', '"acent"'],
    ['{"accent":"rde"}', '"rde" is no colour'],
    ['{"accent":256}', "256 is no colour"],
    ['{"accent":-1}', "-1 is no colour"],
    ['{"accent":"#12345"}', '"#12345" is no colour'],
    ['{"accent":"\\u001b[2J"}', "is no colour"],
    ['{"authors":[]}', "a list of 1 to 12"],
    [`{"authors":[${Array(13).fill(1)}]}`, "a list of 1 to 12"],
    ['{"authors":["red",{}]}', "{} is no colour"],
    ['{"__proto__":{"a":1}}', "__proto__"],
  ] as const) {
    t.throws(() => parseTheme(text, "/home/maya/themes/mine.json"), {
      code: "THEME_UNREADABLE",
      message: new RegExp(`^/home/maya/themes/mine\\.json: .*${what.replace(/[[\]{}"]/g, "\\$&")}`),
    });
  }
});

t.test("a file is one of the values, is looked at before it holds, and what is gone is said once", async (t) => {
  const config = t.testdir({ themes: { "mine.json": '{"accent":"#010203"}', "broken.json": "{", "dark.json": "{}" } });
  const themes = new Themes(config);
  t.same(themes.names(), ["broken", "mine"], "names of our own are ours");
  const settings = new Settings(null, {
    more: { theme: () => themes.names() },
    check: (name, value) => void (name === "theme" && themes.load(value)),
  });
  const told: unknown[] = [];
  const look = () =>
    themes.theme(settings, { isLight: false, hasLinks: false, hasColor: true, depth: 24 }, (error) => told.push(error))
      .tones.accent;
  t.equal(look(), "36");
  settings.set("theme", "mine");
  t.equal(look(), "38;2;1;2;3");
  t.throws(() => settings.set("theme", "broken"), { code: "THEME_UNREADABLE" });
  t.equal(look(), "38;2;1;2;3", "nothing has changed");
  t.throws(() => settings.set("theme", "yours"), {
    code: "NO_SUCH_VALUE",
    hint: "It can be auto, dark, light, broken or mine.",
  });
  writeFileSync(join(config, "themes/mine.json"), "{");
  const later = new Themes(config);
  const again = () =>
    later.theme(settings, { isLight: true, hasLinks: false, hasColor: true, depth: 24 }, (error) => told.push(error));
  t.equal(again().tones.accent, "34", "as if nothing were set");
  again();
  t.equal(told.length, 1);
  t.same(new Themes(join(config, "nowhere")).names(), []);
  mkdirSync(join(config, "themes", "folder.json"));
  t.same(new Themes(config).names(), ["broken", "folder", "mine"]);
  t.throws(() => themes.load("folder"), { code: "STORE_UNUSABLE" });
});

t.test("Tab completes the names of themes, and the page lists them", async (t) => {
  const settings = new Settings(null, { more: { theme: () => ["mine"] } });
  const app = await openApp(t, { core: coreWith(three()), settings });
  await app.press("/set theme m");
  await app.press("\t");
  t.equal(app.screen.line.text, "/set theme mine");
  await app.press("\x15/set");
  await app.press("\x1b[13u");
  await app.waitFor("light or mine");
});

t.test("what a camera reads is dark on light, also without colours where the screen is known to be dark", (t) => {
  const code = plainText("▀▄█");
  const on = (isDark: boolean | null) => paintPaper(code, makeTheme({ isDark, hasColor: false }));
  t.equal(on(true), "\x1b[7m▀▄█\x1b[27m");
  t.equal(on(false), code);
  t.equal(on(null), code, "nobody said what it is");
  t.end();
});
