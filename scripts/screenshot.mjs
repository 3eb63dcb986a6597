// A terminal's screen as an SVG picture: every character stands on its cell, whatever font shows it.

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 18;
const BASELINE = 13.5;
const MARGIN = 12;
const FONT_SIZE = 14;
const FONTS = "ui-monospace, 'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace";

const THEMES = {
  dark: {
    background: "#16181d",
    foreground: "#d6d8de",
    palette: [
      ["#2a2d35", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4"],
      ["#7a808c", "#f08a92", "#b0d896", "#f0d197", "#82c2f5", "#d898ea", "#7accd6", "#ffffff"],
    ].flat(),
  },
  light: {
    background: "#fbfbfa",
    foreground: "#24262b",
    palette: [
      ["#24262b", "#b3261e", "#33691e", "#8a5a00", "#1a5fb4", "#813d9c", "#00696f", "#8d9099"],
      ["#5e626b", "#d0453c", "#4b8b2b", "#a87200", "#3178d6", "#9c57b8", "#00868d", "#fbfbfa"],
    ].flat(),
  },
};

const hex = (value) => value.toString(16).padStart(2, "0");

/** Colours 16 to 255 are the same in every terminal: a cube, then greys. */
function paletteColour(theme, index) {
  if (index < 16) return theme.palette[index];
  if (index >= 232) return `#${hex(8 + (index - 232) * 10).repeat(3)}`;
  const steps = [36, 6, 1].map((unit) => Math.floor((index - 16) / unit) % 6);
  return `#${steps.map((step) => hex(step === 0 ? 0 : 55 + step * 40)).join("")}`;
}

function lookOf(cell, theme) {
  const rgb = (value) => `#${value.toString(16).padStart(6, "0")}`;
  let foreground = theme.foreground;
  if (cell.isFgRGB()) foreground = rgb(cell.getFgColor());
  else if (cell.isFgPalette()) foreground = paletteColour(theme, cell.getFgColor());
  let background = theme.background;
  if (cell.isBgRGB()) background = rgb(cell.getBgColor());
  else if (cell.isBgPalette()) background = paletteColour(theme, cell.getBgColor());
  if (cell.isInverse()) [foreground, background] = [background, foreground];
  const attributes = [
    cell.isBold() ? ' font-weight="bold"' : "",
    cell.isItalic() ? ' font-style="italic"' : "",
    cell.isDim() ? ' opacity="0.6"' : "",
    cell.isUnderline() || cell.isStrikethrough()
      ? ` text-decoration="${[cell.isUnderline() && "underline", cell.isStrikethrough() && "line-through"].filter(Boolean).join(" ")}"`
      : "",
  ].join("");
  return { foreground: cell.isInvisible() ? background : foreground, background, attributes };
}

const escapeXml = (text) =>
  text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char]);
const number = (value) => String(Math.round(value * 100) / 100);

/** Cells of one row that look alike; a character that is not plain ASCII is a run of its own. */
function* runsOf(line, theme) {
  let run = null;
  for (let x = 0; x < line.length; x += 1) {
    const cell = line.getCell(x);
    const width = cell.getWidth();
    if (width === 0) continue;
    const text = cell.getChars() || " ";
    const look = lookOf(cell, theme);
    const key = Object.values(look).join("|");
    const isPlain = /^[\x20-\x7e]$/.test(text);
    if (run && isPlain && run.isPlain && run.key === key) {
      run.text += text;
      run.width += 1;
      continue;
    }
    if (run) yield run;
    run = { x, text, width, look, key, isPlain };
  }
  if (run) yield run;
}

/**
 * `buffer` is the active buffer of an xterm terminal, headless or not. `title`, plain text, is what a
 * screen reader says in place of the picture. `cursor`: the terminal's own cursor is drawn as a block.
 */
export function svgOfTerminal(buffer, { theme: name = "dark", title = "", cursor = false } = {}) {
  const theme = THEMES[name];
  if (!theme) throw new RangeError(`no theme ${name}`);
  const rows = buffer.length - buffer.baseY;
  const backgrounds = [];
  const texts = [];
  let columns = 0;
  for (let y = 0; y < rows; y += 1) {
    const line = buffer.getLine(buffer.viewportY + y);
    if (!line) continue;
    columns = Math.max(columns, line.length);
    for (const { x, text, width, look } of runsOf(line, theme)) {
      const place = `x="${number(x * CELL_WIDTH)}"`;
      if (look.background !== theme.background) {
        backgrounds.push(
          `<rect ${place} y="${y * CELL_HEIGHT}" width="${number(width * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${look.background}"/>`,
        );
      }
      const isLined = look.attributes.includes("text-decoration");
      const shown = isLined ? text : text.trim();
      if (shown === "") continue;
      const before = isLined ? 0 : text.length - text.trimStart().length;
      const cells = width - (text.length - shown.length);
      texts.push(
        `<text x="${number((x + before) * CELL_WIDTH)}" y="${number(y * CELL_HEIGHT + BASELINE)}" textLength="${number(cells * CELL_WIDTH)}" lengthAdjust="spacingAndGlyphs" fill="${look.foreground}"${look.attributes}>${escapeXml(shown)}</text>`,
      );
    }
  }
  if (cursor) {
    backgrounds.push(
      `<rect x="${number(buffer.cursorX * CELL_WIDTH)}" y="${number(buffer.cursorY * CELL_HEIGHT)}" width="${CELL_WIDTH}" height="${CELL_HEIGHT}" fill="${theme.foreground}"/>`,
    );
  }
  const width = number(columns * CELL_WIDTH + 2 * MARGIN);
  const height = number(rows * CELL_HEIGHT + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONTS}" font-size="${FONT_SIZE}">`,
    title === "" ? "" : `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${theme.background}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})" xml:space="preserve" shape-rendering="crispEdges">`,
    ...backgrounds,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ]
    .filter((line, index, all) => line !== "" || index === all.length - 1)
    .join("\n");
}
