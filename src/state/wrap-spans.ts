/** Text in several styles, wrapped as if it had one. Pure. */
import type { SafeText } from "../safe-text.js";
import type { Cells, Span } from "./rows.js";

/** Lines of at most `columns` cells; what they say is what `cells.wrap` makes of the text alone. Never empty. */
export function wrapSpans(spans: readonly Span[], columns: number, cells: Cells): Span[][] {
  const text = spans.map((span) => span.text).join("") as SafeText;
  const lines = cells.wrap(text, columns);
  if (spans.length <= 1) return lines.map((line) => [{ ...spans[0], text: line }]);
  const cutter = new Cutter(spans);
  let at = 0;
  return lines.map((line) => {
    // Where a line was broken, spaces are gone; where it ended, the line end is.
    let from = at;
    while (from < text.length && !text.startsWith(line, from) && /[ \n]/.test(text[from]!)) from += 1;
    if (!text.startsWith(line, from)) {
      // A character wider than the whole line was replaced.
      at += 1;
      return [{ text: line }];
    }
    at = from + line.length;
    return cutter.take(from, at);
  });
}

/** Pieces of the spans by place in their whole text, asked for from left to right. */
class Cutter {
  readonly #spans: readonly Span[];
  #index = 0;
  /** Where the span at `#index` begins. */
  #from = 0;

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  take(from: number, to: number): Span[] {
    const taken: Span[] = [];
    while (this.#index < this.#spans.length) {
      const span = this.#spans[this.#index]!;
      const end = this.#from + span.text.length;
      const text = span.text.slice(Math.max(0, from - this.#from), Math.max(0, to - this.#from)) as SafeText;
      if (text !== "") taken.push({ ...span, text });
      if (end > to) break;
      this.#index += 1;
      this.#from = end;
    }
    return taken.length > 0 ? taken : [{ text: "" as SafeText }];
  }
}
