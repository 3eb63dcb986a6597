/** Sentences made for the full screen, in the words of lines: here no key selects anything. Pure. */
import { type SafeText, safe } from "../safe-text.js";

const SAYINGS: readonly (readonly [screen: string, lines: string])[] = [
  [
    "; the row above the line shows it. `/voice send` and `/voice drop` do the same as the keys.",
    ": an empty line sends it, /voice drop drops it.",
  ],
  ["; the row above the line shows it", ""],
  ["; Enter sends it, Esc drops it", "; an empty line sends it, /voice drop drops it"],
  ["Enter sends it, Esc drops it", "An empty line sends it, /voice drop drops it"],
  [
    "You are heard only while you hold Alt-V.",
    "On the full screen you are heard only while you hold Alt-V; in lines /mic on and /mic off do that.",
  ],
  ["Be heard only while you hold Alt-V", "On the full screen: be heard only while a key is held"],
  [
    "↑ on an empty line selects a message.",
    "/last shows messages with their numbers; #3 behind the command means that one.",
  ],
  ["r answers it, d takes it back where you may.", "/reply answers it, /delete takes it back where you may."],
  ["It can as soon as it shows ✓.", "It can as soon as it is sent; /last says whether it is."],
  ["/retry sends it again; y copies it.", "/retry sends it again; /copy copies it."],
  ["Without one selected, /retry", "Without a number, /retry"],
  ["What shows · waits, and goes out by itself.", "What only waits goes out by itself."],
  ["It stays here, marked ✗.", "It is kept."],
  ["Enter on an empty line goes there.", "/list shows it, and /go goes there."],
  ["What you wrote stays on the line.", "What you wrote was not sent."],
  ["without, the line becomes the answer until Enter or Esc.", "without, the next line is the answer."],
  [
    "Without a new text the old one comes into the line, to be changed there.",
    "Without a new text the next line is the new one.",
  ],
  ["Ctrl-T brings it back", "/undo brings it back"],
  [
    "It is the one that VISUAL or EDITOR names. What you save and leave is on the line then; Enter sends it.",
    "In lines it cannot be opened; /paste takes several lines.",
  ],
  ["; Ctrl-X opens it in your editor", ""],
  ["An empty screen for this room; PgUp brings it all back", "Does nothing here: what was written stays"],
  [
    "Nothing is deleted. What is said from now on shows from the top.",
    "It clears the full screen, and deletes nothing.",
  ],
  ["How this screen looks and behaves", "What is set on this machine"],
  ["What was said above the line since you started", "What was said to you since you started"],
  ["Every key and command, or one of them, or a topic", "Every command, or one of them, or a topic"],
  ["/pin pins the selected message.", "/pin pins a message."],
  ["the selected message", "the message named by its number"],
  ["All rooms, to choose one", "All rooms"],
  ["Every key and command", "Every command"],
  ["Every key", "What the keyboard does here"],
  ["Leave the screen", "End this"],
  ["Close the screen", "End this"],
];

export function asLines(sentence: string): SafeText {
  return safe`${SAYINGS.reduce((text, [screen, lines]) => text.replaceAll(screen, lines), sentence)}`;
}
