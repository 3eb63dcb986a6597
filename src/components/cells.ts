import type { SafeText } from "../safe-text.js";
import type { Cells } from "../state/rows.js";
import { cellWidth, cutToWidth, padToWidth, wrapText } from "../terminal/cells.js";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The terminal's measures for state, which does not know the terminal. What is cut from safe text stays safe. */
export const cells: Cells = {
  width: cellWidth,
  cut: (text, columns) => cutToWidth(text, columns) as SafeText,
  pad: (text, columns) => padToWidth(text, columns) as SafeText,
  wrap: (text, columns) => wrapText(text, columns) as readonly string[] as readonly SafeText[],
  chop(line, columns) {
    if (cellWidth(line) <= columns) return [line];
    const pieces: SafeText[] = [];
    let piece = "";
    let used = 0;
    for (const { segment } of graphemes.segment(line)) {
      const width = cellWidth(segment);
      if (used + width > columns && piece !== "") {
        pieces.push(piece as SafeText);
        piece = "";
        used = 0;
      }
      piece += segment;
      used += width;
    }
    return [...pieces, piece as SafeText];
  },
};
