import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import type * as InkModule from "ink";
import type { createElement, ReactNode } from "react";
import t from "tap";
import Output from "../../src/terminal/ink-output.js";
import { styledLines } from "../../src/terminal/styled-cells.js";
import { bundle, ourInk, STOCK_INK } from "../helpers/ink-bundles.js";
import { openScreen } from "../helpers/screen.js";
import { seenCells } from "../helpers/seen-cells.js";

// Ink's colours ask for this once, when it is loaded.
process.env.FORCE_COLOR = "3";
const root = resolve(import.meta.dirname, "../../..");

type Ink = typeof InkModule & { createElement: typeof createElement };

async function bundleInk(folder: string, name: string, isOurs: boolean): Promise<Ink> {
  const contents = `export * from "ink"; export { createElement } from "react";`;
  const outfile = join(folder, `${name}.mjs`);
  await bundle(contents, outfile, isOurs ? await ourInk() : STOCK_INK);
  return (await import(pathToFileURL(outfile).href)) as Ink;
}

// --- a screen as data, so that both can draw the same

interface Row {
  readonly text: string;
  readonly color?: string | undefined;
  readonly back?: string | undefined;
  readonly bold?: boolean | undefined;
  readonly extra?: string | undefined;
}

interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly side: readonly Row[];
  readonly main: readonly Row[];
  readonly composer: string;
  readonly menu: readonly Row[] | null;
  readonly hasBorder: boolean;
  readonly scrolled: number;
}

function Composer({ ink, frame }: { ink: Ink; frame: Frame }): ReactNode {
  const { setCursorPosition } = ink.useCursor();
  setCursorPosition({ x: Math.min(frame.columns - 1, 2 + frame.composer.length), y: frame.rows - 1 });
  return ink.createElement(ink.Text, { wrap: "truncate" }, `> ${frame.composer}`);
}

function draw(ink: Ink, frame: Frame): ReactNode {
  const { createElement: h, Box, Text } = ink;
  const line = (row: Row, key: number) =>
    h(
      Text,
      {
        key,
        wrap: "truncate",
        bold: row.bold ?? false,
        ...(row.color ? { color: row.color } : {}),
        ...(row.back ? { backgroundColor: row.back } : {}),
      },
      row.text,
      row.extra === undefined ? "" : h(Text, { color: "yellow", underline: true }, row.extra),
    );
  const mainHeight = frame.rows - 2;
  return h(
    Box,
    { width: frame.columns, height: frame.rows, flexDirection: "column" },
    h(
      Box,
      { height: mainHeight },
      h(Box, { key: "side", width: 12, flexDirection: "column", overflow: "hidden" }, ...frame.side.map(line)),
      h(
        Box,
        {
          key: "main",
          flexGrow: 1,
          flexDirection: "column",
          overflow: "hidden",
          ...(frame.hasBorder ? { borderStyle: "round" as const, borderColor: "cyan" } : {}),
        },
        h(Box, { flexDirection: "column", marginTop: -frame.scrolled, flexShrink: 0 }, ...frame.main.map(line)),
      ),
    ),
    h(Box, { height: 1, backgroundColor: "blue" }, h(Text, { color: "white" }, ` ${frame.main.length} messages`)),
    h(Composer, { ink, frame }),
    frame.menu
      ? h(
          Box,
          {
            position: "absolute",
            marginLeft: 5,
            marginTop: 2,
            width: 17,
            flexDirection: "column",
            borderStyle: "single",
            backgroundColor: "magenta",
          },
          ...frame.menu.map(line),
        )
      : null,
  );
}

/** The same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

const WORDS = [
  "tea",
  "room",
  "Grüße",
  "日本語",
  "한국",
  "👍",
  "🎉",
  "e\u0301t",
  "│",
  "…",
  "→",
  "a",
  "terminal",
  "=>",
  "  ",
];
const COLOURS = [undefined, "red", "green", "#ff8800", "gray", undefined];

function randomRow(random: (below: number) => number): Row {
  const text = Array.from({ length: 1 + random(9) }, () => WORDS[random(WORDS.length)]).join(random(4) ? " " : "");
  return {
    text,
    color: COLOURS[random(COLOURS.length)],
    back: random(6) === 0 ? "blue" : undefined,
    bold: random(3) === 0,
    extra: random(3) === 0 ? WORDS[random(WORDS.length)] : undefined,
  };
}

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 40, rows: 20 },
];

function nextFrame(frame: Frame, random: (below: number) => number): Frame {
  switch (random(9)) {
    case 0:
    case 1:
      return { ...frame, composer: frame.composer + "typing all day long "[frame.composer.length % 20] };
    case 2:
      return { ...frame, composer: frame.composer.slice(0, -1 - random(3)) };
    case 3:
      return { ...frame, main: [...frame.main.slice(1), randomRow(random)] };
    case 4:
      return { ...frame, main: frame.main.map((row) => (random(8) === 0 ? randomRow(random) : row)) };
    case 5:
      return { ...frame, menu: frame.menu ? null : Array.from({ length: 3 }, () => randomRow(random)) };
    case 6:
      return { ...frame, scrolled: random(6) };
    case 7:
      return { ...frame, hasBorder: !frame.hasBorder, side: frame.side.map(() => randomRow(random)) };
    default:
      return { ...frame, ...SIZES[random(SIZES.length)]! };
  }
}

function firstFrame(random: (below: number) => number, size = SIZES[0]!): Frame {
  return {
    ...size,
    side: Array.from({ length: 10 }, () => randomRow(random)),
    main: Array.from({ length: 45 }, () => randomRow(random)),
    composer: "",
    menu: null,
    hasBorder: false,
    scrolled: 0,
  };
}

function open(ink: Ink, frame: Frame) {
  const screen = openScreen(frame);
  const app = ink.render(draw(ink, frame), {
    stdout: screen.stdout,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const settle = async () => {
    await app.waitUntilRenderFlush();
    await screen.settled();
  };
  return { screen, app, settle };
}

const folder = t.testdir({});
const stock = await bundleInk(folder, "stock", false);
const ours = await bundleInk(folder, "ours", true);

for (const seed of [1, 2, 3, 4]) {
  t.test(`every cell is as stock Ink has it, over 40 frames (seed ${seed})`, async (t) => {
    const random = randomFrom(seed);
    let frame = firstFrame(random, SIZES[seed % SIZES.length]);
    const pair = [open(stock, frame), open(ours, frame)] as const;
    t.teardown(() => pair.map(({ app }) => app.unmount()));
    const kinds = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      const next = nextFrame(frame, random);
      for (const [name, value] of Object.entries(next)) if (value !== frame[name as keyof Frame]) kinds.add(name);
      frame = next;
      for (const [which, { screen, app }] of pair.entries()) {
        if (screen.virtual.columns !== frame.columns || screen.virtual.rows !== frame.rows) screen.resize(frame);
        app.rerender(draw(which === 0 ? stock : ours, frame));
      }
      await Promise.all(pair.map(({ settle }) => settle()));
      const [wanted, found] = pair.map(({ screen }) => seenCells(screen.virtual)) as [string[], string[]];
      for (const [y, row] of wanted.entries()) if (row !== found[y]) t.equal(found[y], row, `frame ${index}, row ${y}`);
      t.same(pair[1].screen.virtual.cursor, pair[0].screen.virtual.cursor, `cursor of frame ${index}`);
    }
    t.ok(kinds.size >= 6, `what changed: ${[...kinds].join(", ")}`);
  });
}

interface Operation {
  readonly kind: "write" | "clip" | "unclip";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly axes: number;
  readonly text: string;
  readonly isBold: boolean;
}

interface OutputClass {
  new (size: {
    width: number;
    height: number;
  }): {
    write(x: number, y: number, text: string, options: { transformers: ((line: string) => string)[] }): void;
    clip(clip: {
      x1?: number | undefined;
      x2?: number | undefined;
      y1?: number | undefined;
      y2?: number | undefined;
    }): void;
    unclip(): void;
    get(): { output: string; height: number };
  };
}

const someText = fc
  .array(
    fc.constantFrom(
      "ab",
      "日本",
      "\x1b[31m",
      "\x1b[39m",
      "\x1b[44m",
      "\x1b[49m",
      "\x1b[1m",
      "\x1b[2m",
      "\x1b[22m",
      "👍",
      " ",
      "\n",
      "x",
      "│",
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(""));
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom("write", "write", "write", "clip", "unclip"),
  x: fc.integer({ min: -3, max: 11 }),
  y: fc.integer({ min: -2, max: 4 }),
  width: fc.integer({ min: -1, max: 9 }),
  height: fc.integer({ min: -1, max: 4 }),
  axes: fc.integer({ min: 1, max: 3 }),
  text: someText,
  isBold: fc.boolean(),
});

/** What the rows look like: cells without the blanks at the end. */
function look(output: string): string[] {
  return output.split("\n").map((row) => {
    const line = styledLines(row)[0]!;
    const seen = line.chars.map((char, x) => {
      const { sgr } = line.styles[x]!;
      // A blank has no foreground.
      return `${char}/${char === " " ? sgr.replace(/^(1;?)?(3\d;?)?/, "") : sgr}`;
    });
    while (seen.at(-1) === " /") seen.pop();
    return seen.join(" ");
  });
}

t.test("writes, clips and overlaps give the rows that stock Ink gives", async () => {
  const file = pathToFileURL(join(root, "node_modules/ink/build/output.js")).href;
  const Stock = ((await import(file)) as { default: OutputClass }).default;
  const run = (Which: OutputClass, operations: readonly Operation[]) => {
    const output = new Which({ width: 12, height: 4 });
    for (const { kind, x, y, width, height, axes, text, isBold } of operations) {
      if (kind === "unclip") output.unclip();
      else if (kind === "clip") {
        output.clip({
          ...(axes & 1 ? { x1: x, x2: x + width } : { x1: undefined, x2: undefined }),
          ...(axes & 2 ? { y1: y, y2: y + height } : { y1: undefined, y2: undefined }),
        });
      } else output.write(x, y, text, { transformers: isBold ? [(line) => `\x1b[1m${line}\x1b[22m`] : [] });
    }
    return output.get();
  };
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 10 }), (operations) => {
      const wanted = run(Stock, operations);
      const found = run(Output as OutputClass, operations);
      return (
        found.height === wanted.height && JSON.stringify(look(found.output)) === JSON.stringify(look(wanted.output))
      );
    }),
    { numRuns: 2000 },
  );
});

t.test("a key costs at most 60 bytes, a scrolled message less than a repaint", async (t) => {
  const random = randomFrom(9);
  let frame = firstFrame(random, { columns: 120, rows: 40 });
  const { screen, app, settle } = open(ours, frame);
  t.teardown(() => app.unmount());
  await settle();
  for (const char of "hello over a slow line") {
    frame = { ...frame, composer: frame.composer + char };
    const before = screen.raw().length;
    app.rerender(draw(ours, frame));
    await settle();
    const bytes = Buffer.byteLength(screen.raw(before));
    t.ok(bytes > 0 && bytes <= 60, `${char}: ${bytes} bytes`);
  }
  const repaint = 38 * 60;
  frame = { ...frame, main: [...frame.main.slice(1), randomRow(random)] };
  const before = screen.raw().length;
  app.rerender(draw(ours, frame));
  await settle();
  t.match(screen.raw(before), /\x1b\[\d+;\d+r\x1b\[1S\x1b\[r/);
  t.ok(Buffer.byteLength(screen.raw(before)) < repaint / 2, `${Buffer.byteLength(screen.raw(before))} bytes`);
});

t.test("text already seen is not segmented again", async (t) => {
  const random = randomFrom(5);
  const frame = firstFrame(random, { columns: 120, rows: 40 });
  const { app, settle } = open(ours, frame);
  t.teardown(() => app.unmount());
  await settle();
  app.rerender(draw(ours, { ...frame, composer: "w" }));
  await settle();
  const original = Intl.Segmenter.prototype.segment;
  let calls = 0;
  Intl.Segmenter.prototype.segment = function (this: Intl.Segmenter, input: string) {
    calls += 1;
    return original.call(this, input);
  };
  t.teardown(() => {
    Intl.Segmenter.prototype.segment = original;
  });
  app.rerender(draw(ours, { ...frame, composer: "wo" }));
  await settle();
  t.equal(calls, 0);
  app.rerender(draw(ours, { ...frame, composer: "woß日" }));
  await settle();
  t.ok(calls > 0 && calls < 10, `${calls} calls for one new line`);
});

t.test("after a cluster that terminals draw differently the next column is named", async (t) => {
  const { screen, app, settle } = open(ours, {
    ...firstFrame(randomFrom(1)),
    side: [],
    main: [{ text: "x 👨\u200d👩\u200d👧 after" }],
  });
  t.teardown(() => app.unmount());
  await settle();
  t.match(screen.raw(), /👨\u200d👩\u200d👧\x1b\[17G after/);
});
