/** On a Mac, Option types characters until the terminal is told otherwise: which setting that is, by terminal. */
const SETTINGS: readonly (readonly [program: RegExp, setting: string])[] = [
  [/^Apple_Terminal$/, "Settings > Profiles > Keyboard > Use Option as Meta Key"],
  [/^iTerm\.app$/, "Settings > Profiles > Keys > Left Option Key: Esc+"],
  [/^vscode$/, '"terminal.integrated.macOptionIsMeta": true'],
  [/^ghostty$/, "macos-option-as-alt = true"],
  [/^kitty$/, "macos_option_as_alt yes"],
  [/^WezTerm$/, "send_composed_key_when_left_alt_is_pressed = false"],
  [/^alacritty$/i, 'option_as_alt = "Both"'],
];
const OTHER = 'the setting that makes Option "Meta", "Alt" or "Esc+"';

/** One sentence; null where Option is no question. */
export function optionKeyAdvice(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string | null {
  if (platform !== "darwin") return null;
  const { TERM_PROGRAM = "", TERM = "" } = env;
  const program = /kitty/.test(TERM) ? "kitty" : TERM_PROGRAM;
  const known = SETTINGS.find(([name]) => name.test(program));
  return `Option types characters unless the terminal is told otherwise (${known?.[1] ?? OTHER}); every Alt key has another way, see /keys`;
}
