/** What the pages on the command line say beside the commands. For docs/command-line.md and docs/keet-tui.1 alone. */

/** Paragraphs; what is between backticks is typed or printed as it stands. */
export const ABOUT: readonly string[] = [
  "`keet-tui [invite]` opens the screen; with an invite it joins first. `keet-tui --plain [invite]` is the same in lines, for screen readers, logs and pipes. Everything else is a subcommand, for scripts and for one thing at a time.",
  `Standard output is data, standard error is talk. With \`--json\` data is JSON, and an error is one line
\`{"error":{"code","message","hint"}}\` on standard error. Rooms are named by their exact name, or by 8 or more characters of their id;
nothing that sends ever guesses. Text is sent as it was typed; what begins with a hyphen and is no option goes after \`--\`.`,
];

/** Only what people set for this program's sake; test/man.test.ts holds it against what the sources read. */
export const ENVIRONMENT: readonly (readonly [name: string, what: string])[] = [
  ["KEET_TUI_PROFILE", "Which profile, where --profile names none"],
  ["KEET_TUI_HOME", "One folder for everything, where --home names none"],
  ["XDG_DATA_HOME", "Where keys, rooms and logs lie (default: ~/.local/share)"],
  ["XDG_RUNTIME_DIR", "Where the socket lies; without it, in /tmp"],
  ["XDG_CONFIG_HOME", "Where settings lie (default: ~/.config)"],
  ["XDG_DOWNLOAD_DIR", "Where fetched files go (default: ~/Downloads)"],
  ["LOCALAPPDATA", "On Windows, where keys, rooms and logs lie"],
  ["HOME", "The home folder that the others are under"],
  ["KEET_TUI_FFMPEG", "The ffmpeg that calls use, where it can do what sound needs; an absolute path"],
  ["PATH", "Where ffmpeg is looked for"],
  ["PULSE_SERVER", "The sound server that calls use, also one that is forwarded over SSH"],
  ["VISUAL", "The editor that Ctrl-X opens"],
  ["EDITOR", "The same, where VISUAL names none; without both nano, or vi"],
  ["NO_COLOR", "No colours on the screen, as --no-color; any value but an empty one"],
  ["TERM", "The kind of terminal; on one that is dumb there are lines in place of the screen"],
  ["INK_SCREEN_READER", "On a terminal: lines in place of the screen, as --plain; any value but 0 and false"],
  ["SHELL", "For which shell completion prints its script, where none is named"],
];

export const WHERE_FILES_ARE =
  "On Linux, where no option and no variable says otherwise. Names without a folder are in that of the profile.";

export const FILES: readonly (readonly [path: string, what: string])[] = [
  ["~/.local/share/keet-tui/<profile>/", "All of a profile: closed to others, and never to be copied while in use"],
  ["identity", "Keys and recovery words, in clear"],
  ["store/", "Rooms and messages"],
  ["search/", "What search has read already; made anew where it is missing"],
  ["owner.json, lock", "Which core runs and where it listens, and that no other does"],
  ["core.log, screen.log", "What the core and the screen have to tell; --log-level says how much"],
  ["history.json", "What was sent and run on the screen, to be called back; /set history off empties it"],
  ["$XDG_RUNTIME_DIR/keet-tui/<profile>.sock", "The socket of the core"],
  ["/tmp/keet-tui-<uid>/", "The same, where XDG_RUNTIME_DIR is not set"],
  ["~/.config/keet-tui/<profile>.json", "What was set by /set"],
  ["~/.config/keet-tui/themes/", "Your own themes, for /set theme"],
];
