/** Candidates side by side in the row above the composer, the chosen one always in sight. Pure. */
import { plainText, type SafeText } from "../safe-text.js";
import type { Cells, Span } from "../state/rows.js";
import type { OpenCompletion } from "./draft-line.js";

export function completionRow(completion: OpenCompletion, columns: number, cells: Cells): Span[] {
  const { candidates, chosen } = completion;
  const widths = candidates.map((candidate) => cells.width(candidate.label) + 2);
  let first = 0;
  const room = columns - 3;
  while (first < chosen && widths.slice(first, chosen + 1).reduce((sum, width) => sum + width, 0) > room) first += 1;
  const spans: Span[] = [{ text: first > 0 ? plainText("‹") : plainText(" "), tone: "dim" }];
  let used = 1;
  for (let index = first; index < candidates.length; index += 1) {
    const label = candidates[index]!.label;
    if (used + widths[index]! > columns - 1 && index > first) {
      spans.push({ text: plainText("›"), tone: "dim" });
      break;
    }
    const text = cells.cut(label, columns - used - 2);
    spans.push(index === chosen ? { text, reverse: true } : { text, tone: "accent" }, { text: plainText("  ") });
    used += cells.width(text) + 2;
  }
  return spans;
}

/** What is said of the candidate in hand, or of the only one. */
export function completionNote(completion: OpenCompletion): SafeText | null {
  const { candidates, chosen } = completion;
  return (chosen >= 0 ? candidates[chosen] : candidates[0])?.note ?? null;
}
