// What a person sees of a screen, cell by cell, so that two screens can be held against each other.
import type { VirtualTerminal } from "./screen.js";

/** A string a row. Of a blank only its background can be seen, and lines through or under it. */
export function seenCells(screen: VirtualTerminal): string[] {
  return Array.from({ length: screen.rows }, (_, y) =>
    Array.from({ length: screen.columns }, (_, x) => seenCell(screen, x, y)).join(" "),
  );
}

function seenCell(screen: VirtualTerminal, x: number, y: number): string {
  const { chars, width, foreground, background, attributes } = screen.cell(x, y);
  const isBlank = (chars === "" && width === 1) || chars === " ";
  if (!isBlank) return `${chars}/${width}/${foreground}/${background}/${attributes}`;
  const seen = attributes.includes("inverse") ? attributes : attributes.replace(/bold|dim|italic/g, "").trim();
  return ` /${width}/${seen === "" ? "" : foreground}/${background}/${seen}`;
}
