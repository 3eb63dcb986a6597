// The program with a witness: stock Ink draws the same screen beside it, and what it drew can be asked for.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { program } from "../../src/config.js";
import { bundle, STOCK_INK } from "./ink-bundles.js";
import { until } from "./program.js";
import type { Pty } from "./pty.js";
import { VirtualTerminal } from "./screen.js";
import { seenCells } from "./seen-cells.js";
import type { WitnessedWrite } from "./witnessed-ink.js";

const { root } = program();
const AGREE_MS = 10_000;
/** Nothing more is written once this long nothing was. */
const QUIET_MS = 80;

const WITNESSED: Plugin = {
  name: "witnessed-ink",
  setup(builder) {
    builder.onResolve({ filter: /^ink$/ }, ({ importer }) =>
      importer.endsWith(join("components", "main.tsx"))
        ? { path: join(root, "test/helpers/witnessed-ink.ts") }
        : undefined,
    );
  },
};

export interface Witnessed {
  readonly bin: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The program as it is built for people, but for what `components/main.tsx` takes for Ink. */
export async function buildWitnessed(folder: string): Promise<Witnessed> {
  const stock = `export { render } from "ink";
import { App } from "./src/components/app.tsx";
import { createElement } from "react";
export const drawApp = (props) => createElement(App, props);`;
  const file = pathToFileURL(join(root, "scripts/build.mjs")).href;
  const { buildProgram } = (await import(file)) as {
    buildProgram(options: { folder: string; plugins: readonly Plugin[] }): Promise<boolean>;
  };
  await buildProgram({ folder: join(folder, "program"), plugins: [WITNESSED] });
  await bundle(stock, join(folder, "stock.mjs"), STOCK_INK);
  const bin = join(folder, "keet-tui.mjs");
  const main = `import { main } from "./program/keet-tui.js";\nprocess.exit(await main(process.argv.slice(2)));\n`;
  writeFileSync(bin, main);
  return { bin, env: { WITNESS: folder } };
}

/** What stock Ink has on its screen, played into a terminal of its own. */
export class StockScreen {
  readonly file: string;
  readonly virtual = new VirtualTerminal({ columns: 80, rows: 24 }, { convertEol: true });
  #read = 0;
  writes = 0;

  constructor(file: string) {
    this.file = file;
  }

  async catchUp(): Promise<void> {
    const text = existsSync(this.file) ? readFileSync(this.file, "utf8") : "";
    const end = text.lastIndexOf("\n") + 1;
    const lines = text.slice(this.#read, end).split("\n").slice(0, -1);
    this.#read = end;
    for (const line of lines) await this.#play(JSON.parse(line) as WitnessedWrite);
    await this.virtual.settled();
  }

  async #play({ columns, rows, data }: WitnessedWrite): Promise<void> {
    const { virtual } = this;
    if (columns !== virtual.columns || rows !== virtual.rows) {
      await virtual.settled();
      virtual.resize({ columns, rows });
    }
    virtual.write(data);
    this.writes += 1;
  }
}

/** Rests until nobody writes, then compares every cell and the cursor. @throws with the rows that differ */
export async function agree(pty: Pty, stock: StockScreen): Promise<number> {
  await until(async () => {
    await stock.catchUp();
    const before = pty.raw().length + stock.writes;
    await new Promise((done) => setTimeout(done, QUIET_MS));
    await stock.catchUp();
    return pty.raw().length + stock.writes === before;
  }, AGREE_MS);
  let told: string[] = [];
  await until(async () => {
    await pty.virtual.settled();
    await stock.catchUp();
    told = differences(pty.virtual, stock.virtual);
    return told.length === 0;
  }, AGREE_MS).catch(() => {
    throw new Error(`not the cells of stock Ink:\n${told.join("\n")}`);
  });
  return pty.virtual.columns * pty.virtual.rows;
}

function differences(ours: VirtualTerminal, stock: VirtualTerminal): string[] {
  if (ours.columns !== stock.columns || ours.rows !== stock.rows)
    return [`${ours.columns}x${ours.rows}, and stock Ink drew ${stock.columns}x${stock.rows}`];
  const [found, wanted] = [seenCells(ours), seenCells(stock)];
  const rows = found.flatMap((row, y) =>
    row === wanted[y]
      ? []
      : [`${y} ours  ${ours.text()[y]}`, `${y} stock ${stock.text()[y]}`, firstCell(row, wanted[y]!)],
  );
  const at = ({ cursor, isCursorHidden }: VirtualTerminal) => (isCursorHidden ? "hidden" : `${cursor.x},${cursor.y}`);
  return at(ours) === at(stock) ? rows : [...rows, `cursor: ours ${at(ours)}, stock ${at(stock)}`];
}

function firstCell(found: string, wanted: string): string {
  const [ours, stock] = [found.split(" "), wanted.split(" ")];
  const x = ours.findIndex((cell, at) => cell !== stock[at]);
  return `  first: ${ours[x]} where stock has ${stock[x]}`;
}
