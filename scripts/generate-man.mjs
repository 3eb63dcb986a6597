// docs/keet-tui.1, from the tables of the command line: man(7) macros alone, which groff and mandoc both read.
import pack from "../package.json" with { type: "json" };

/** Pages that come with the package, for whoever wants more than the command line. */
const PAGES = {
  "commands.md": "what is typed on the screen",
  "keys.md": "its keys",
  "plain.md": "line mode, for screen readers and pipes",
  "rpc.md": "requests to the core, for programs",
  "moderation.md": "keeping order in a room",
  "threat-model.md": "what is defended and what is not",
  "protocol.md": "the bytes between people",
};

// Left alone, formatters make a backslash an escape, and of the others curly quotes and accents that no shell takes back.
const SIGNS = { "\\": "\\(rs", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti" };

/** Text to be copied into a shell: every hyphen is the one of the keyboard, and lines are not broken at it. */
export function literal(text) {
  return atLineStart(
    oneLine(text)
      .replace(/[\\'`^~]/g, (sign) => SIGNS[sign])
      .replaceAll("-", "\\-"),
  );
}

/** Text to be read. What is between backticks, and options wherever they are named, are literal. */
export function prose(text) {
  const parts = oneLine(text).split(/(`[^`]+`|(?<![\w-])--?[A-Za-z][\w-]*)/);
  const set = parts.map((part, index) => {
    if (index % 2 === 1) return part.startsWith("`") ? bold(part.slice(1, -1)) : literal(part);
    return part.replace(/[\\'`^~]/g, (sign) => SIGNS[sign]);
  });
  return atLineStart(set.join(""));
}

/** A line break would make the next word the first of a line, where a dot is a request. Dots, as not every terminal has "…". */
const oneLine = (text) => text.replace(/\s+/g, " ").replaceAll("…", "...").trim();

/** A dot in front would make the line a request. An apostrophe would too, but it is a sign by now. */
const atLineStart = (line) => (line.startsWith(".") ? `\\&${line}` : line);

const bold = (text) => `\\fB${literal(text)}\\fR`;

const item = (tag, text) => `.TP\n${tag}\n${text}`;

export function manPage(tables) {
  const { COMMANDS, GLOBAL_OPTIONS, EXIT_CODES, ABOUT, ENVIRONMENT, FILES, WHERE_FILES_ARE } = tables;
  const { usageOf, valueUsage, optionMeaning } = tables;
  const options = (specs = {}) =>
    Object.entries(specs)
      .filter(([, spec]) => !spec.hidden)
      .map(([name, spec]) => {
        const names = [...(spec.alias ? [`-${spec.alias}`] : []), `--${name}`].map(bold).join(", ");
        return item(`${names} ${literal(valueUsage(spec))}`.trim(), prose(optionMeaning(spec)));
      });
  const named = (rows) => rows.map(([name, what]) => item(bold(String(name)), prose(what)));
  const commands = COMMANDS.flatMap((command) => [
    `.SS ${literal(command.path.join(" "))}`,
    bold(usageOf(command)),
    ".PP",
    prose(`${command.summary}.${command.details ? ` ${command.details}` : ""}`),
    ...(command.positionals ?? []).map(({ name, describe }) => item(`\\fI${literal(name)}\\fR`, prose(describe))),
    ...options(command.options),
    ".PP",
    "For example:",
    ...command.examples.map(([line, what]) => item(bold(line), prose(what))),
  ]);
  const pages = Object.entries(PAGES).map(([name, what]) => item(bold(`docs/${name}`), prose(what)));
  return [
    // No date and no version: the page would be stale with each release, and --version says which one runs.
    `.TH KEET\\-TUI 1 "" keet\\-tui "User Commands"`,
    ".SH NAME",
    `keet\\-tui \\- ${prose(pack.description.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    "\\fBkeet\\-tui\\fR [\\fIoption\\fR ...] [\\fIinvite\\fR]",
    ".br",
    "\\fBkeet\\-tui\\fR \\fIcommand\\fR [\\fIargument\\fR ...] [\\fIoption\\fR ...]",
    ".SH DESCRIPTION",
    ABOUT.map(prose).join("\n.PP\n"),
    ".SH OPTIONS",
    "Every command takes these.",
    ...options(GLOBAL_OPTIONS),
    ".SH COMMANDS",
    ...commands,
    ".SH EXIT STATUS",
    ...named(EXIT_CODES),
    ".SH ENVIRONMENT",
    ...named(ENVIRONMENT),
    ".SH FILES",
    prose(WHERE_FILES_ARE),
    ...named(FILES),
    ".SH SEE ALSO",
    "In the folder of the package:",
    ...pages,
  ].join("\n");
}
