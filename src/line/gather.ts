/** Lines that belong together: a message of several. Pure. */
import { type Line, readLine } from "../commands/parse.js";

export type Gathered =
  | Line
  /** As it stands, whatever it looks like. */
  | { readonly kind: "verbatim"; readonly text: string };

const END = ".";

/**
 * A line that ends in a backslash goes on with the next one. After `begin` all lines are text until one that is a dot
 * alone; two dots alone stand for one.
 */
export class Gather {
  #lines: string[] = [];
  #isVerbatim = false;

  /** In the middle of something: the end of the input would be too early. */
  get isOpen(): boolean {
    return this.#isVerbatim || this.#lines.length > 0;
  }

  get isVerbatim(): boolean {
    return this.#isVerbatim;
  }

  begin(): void {
    this.drop();
    this.#isVerbatim = true;
  }

  drop(): void {
    this.#lines = [];
    this.#isVerbatim = false;
  }

  /** What it is now that this line has come; null while more is to come. */
  add(line: string): Gathered | null {
    if (this.#isVerbatim) {
      if (line === END) {
        const text = this.#lines.join("\n");
        this.drop();
        return { kind: "verbatim", text };
      }
      this.#lines.push(line === ".." ? END : line);
      return null;
    }
    if (line.endsWith("\\")) {
      this.#lines.push(line.slice(0, -1));
      return null;
    }
    const [first = "", ...others] = [...this.#lines, line];
    this.drop();
    const read = readLine(first);
    // A command takes several lines too, as the text it ends with.
    if (read.kind === "command") return { ...read, rest: [read.rest, ...others].join("\n") };
    return { kind: "text", text: [read.text, ...others].join("\n") };
  }
}
