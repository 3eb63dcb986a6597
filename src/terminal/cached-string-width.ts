// Takes the place of string-width inside Ink's bundle: Ink measures every text in every frame.
import stringWidth from "string-width";
import { isPrintableAscii, RecentMap } from "./styled-cells.js";

type Options = Parameters<typeof stringWidth>[1];

const widths = new RecentMap<number>(8192);

export default function cachedStringWidth(text: string, options?: Options): number {
  if (options !== undefined || typeof text !== "string") return stringWidth(text, options);
  return isPrintableAscii(text) ? text.length : widths.get(text, (key) => stringWidth(key));
}
