import { safeLine } from "../safe-text.js";

const MAX_NOTIFICATION_LENGTH = 200;

/**
 * How this terminal is told of something: OSC 9 or 777 where it is known to show them, else the bell.
 * Inside tmux only the bell gets through.
 */
export function notificationFor(text: string, env: NodeJS.ProcessEnv): string {
  const shown = safeLine(text, { maxLength: MAX_NOTIFICATION_LENGTH });
  if (env.TMUX || env.STY) return "\x07";
  const program = env.TERM_PROGRAM ?? "";
  const term = env.TERM ?? "";
  if (/^(iTerm\.app|WezTerm|ghostty)$/i.test(program) || /kitty|ghostty/.test(term)) return `\x1b]9;${shown}\x1b\\`;
  // Fields end at a semicolon.
  if (/^(rxvt|foot)/.test(term) || env.VTE_VERSION)
    return `\x1b]777;notify;keet-tui;${shown.replaceAll(";", ",")}\x1b\\`;
  return "\x07";
}
