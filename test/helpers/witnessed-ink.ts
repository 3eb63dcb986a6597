/**
 * In place of Ink for `components/main.tsx` of the witnessed program (helpers/witness.ts): everything is drawn twice, by our
 * Ink on the terminal, and by stock Ink with a copy of the components of its own into a file. Both see the same state.
 */
import { EventEmitter } from "node:events";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Instance, type RenderOptions, render as renderOurs } from "ink";
import type { ReactElement } from "react";

interface Stock {
  readonly render: typeof renderOurs;
  drawApp(props: unknown): ReactElement;
}

/** What stock Ink wrote, and the size of the screen it wrote it for. */
export interface WitnessedWrite {
  readonly columns: number;
  readonly rows: number;
  readonly data: string;
}

const folder = process.env.WITNESS ?? "";
const stock = (await import(pathToFileURL(join(folder, "stock.mjs")).href)) as Stock;

class Witness extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #stdout: NodeJS.WriteStream;

  constructor(stdout: NodeJS.WriteStream) {
    super();
    this.#stdout = stdout;
    stdout.on("resize", () => this.emit("resize"));
  }

  get columns(): number {
    return this.#stdout.columns;
  }

  get rows(): number {
    return this.#stdout.rows;
  }

  write(data: string, ...rest: unknown[]): boolean {
    const written: WitnessedWrite = { columns: this.columns, rows: this.rows, data };
    appendFileSync(process.env.WITNESS_FILE ?? "", `${JSON.stringify(written)}\n`);
    const done = rest.at(-1);
    if (typeof done === "function") setImmediate(() => done());
    return true;
  }
}

export function render(tree: ReactElement, options: RenderOptions & { stdout: NodeJS.WriteStream }): Instance {
  const ours = renderOurs(tree, options);
  const witness = new Witness(options.stdout) as unknown as NodeJS.WriteStream;
  const theirs = stock.render(stock.drawApp(tree.props), { ...options, stdout: witness });
  return {
    ...ours,
    rerender: (next) => {
      ours.rerender(next);
      theirs.rerender(stock.drawApp((next as ReactElement).props));
    },
    waitUntilRenderFlush: async () => {
      await Promise.all([ours.waitUntilRenderFlush(), theirs.waitUntilRenderFlush()]);
    },
    clear: () => {
      ours.clear();
      theirs.clear();
    },
    unmount: () => {
      ours.unmount();
      theirs.unmount();
    },
  };
}
