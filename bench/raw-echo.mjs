// The floor of a screen: the same rows and composer by plain escape sequences, no library at all.
const { stdin, stdout } = process;
const columns = stdout.columns ?? 80;
const rows = stdout.rows ?? 24;
let draft = "";

const at = (row, column) => `\x1b[${row};${column}H`;

function draw() {
  const list = 24;
  let frame = "\x1b[?1049h\x1b[2J";
  for (let row = 1; row <= rows - 3; row += 1) {
    frame += `${at(row, 1)}room ${row}${at(row, list)}│ 09:${String(row).padStart(2, "0")} alice  line ${row} of what was said here`;
  }
  frame += `${at(rows - 2, 1)}${"─".repeat(columns)}${at(rows - 1, 1)}> ${at(rows, 1)} tea${at(rows - 1, 3)}`;
  stdout.write(frame);
}

function echo(key) {
  if (key === "\x03") {
    stdout.write("\x1b[?1049l");
    process.exit(0);
  }
  if (key === "\x15") {
    draft = "";
    stdout.write(`${at(rows - 1, 3)}\x1b[K`);
  } else if (key === "\x7f") {
    draft = draft.slice(0, -1);
    stdout.write(`${at(rows - 1, 3 + draft.length)}\x1b[K`);
  } else if (key >= " ") {
    stdout.write(key);
    draft += key;
  }
}

stdin.setRawMode?.(true);
stdin.setEncoding("utf8").on("data", (keys) => {
  for (const key of keys) echo(key);
});
draw();
