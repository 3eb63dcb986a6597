import { safeLine } from "../safe-text.js";
import { isRemote, multiplexerOf, type TmuxState, takesStrings, throughTmux } from "./surroundings.js";

export interface NotificationOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What the terminal called itself; null where it did not say. */
  readonly name: string | null;
  /** Inside tmux what it answered just now; null where it did not. */
  readonly tmux: TmuxState | null;
  /** Of several at once only one rings. */
  readonly rings: boolean;
}

const MAX_NOTIFICATION_LENGTH = 200;
const BELL = "\x07";
/** `keet-tui` in base64, as OSC 99 has it. */
const PROGRAM_BASE64 = "a2VldC10dWk=";

type Way = (text: string) => string;

/** Of itself kitty shows one only where its window is not the one in use. */
const OSC99: Way = (text) => `\x1b]99;o=unfocused:f=${PROGRAM_BASE64};${text}\x1b\\`;
// Fields end at a semicolon.
const OSC777: Way = (text) => `\x1b]777;notify;keet-tui;${text.replaceAll(";", ",")}\x1b\\`;
// A number in front would be another command: 4 is a progress bar.
const OSC9: Way = (text) => `\x1b]9;keet-tui: ${text}\x1b\\`;

/** By name, as they answer to `CSI > q`; then by TERM and TERM_PROGRAM. Who is not here may show nothing at all. */
const WAYS: readonly (readonly [RegExp, Way])[] = [
  [/^kitty\b|^xterm-kitty$/i, OSC99],
  [/^(ghostty|wezterm|foot|contour)\b|^xterm-ghostty$/i, OSC777],
  [/^iterm(2|\.app)?\b/i, OSC9],
];

function wayFor(names: readonly string[]): Way | null {
  for (const name of names) {
    const way = WAYS.find(([pattern]) => pattern.test(name))?.[1];
    if (way) return way;
  }
  return null;
}

/**
 * The bytes that tell somebody who looks elsewhere, "" for none: text where the terminal is known to show it, else
 * the bell. Inside tmux text reaches only who sees this window; where it is another one, the bell marks it.
 */
export function notificationFor(text: string, { env, name, tmux, rings }: NotificationOptions): string {
  const bell = rings ? BELL : "";
  if (!takesStrings(env)) return bell;
  const shown = safeLine(text, { maxLength: MAX_NOTIFICATION_LENGTH });
  const multiplexer = multiplexerOf(env, name);
  if (multiplexer === "tmux" && tmux) {
    const way = wayFor([tmux.name]);
    const passes = way !== null && (tmux.passes === "always" || (tmux.passes === "seen" && tmux.isSeen));
    return passes ? throughTmux(way(shown)) + (tmux.isSeen ? "" : bell) : bell;
  }
  if (multiplexer !== null) return bell;
  // On a far machine TERM says what there is at the near end, not what lets it through: mosh does not.
  const fromEnvironment = isRemote(env) ? [] : [env.TERM_PROGRAM ?? "", env.TERM ?? ""];
  return wayFor(name === null ? fromEnvironment : [name])?.(shown) ?? bell;
}
