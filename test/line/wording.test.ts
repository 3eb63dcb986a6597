import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { asLines } from "../../src/line/wording.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** What only a full screen has: keys that act, a line that keeps what was typed, something selected. */
const SCREEN =
  /[↑↓]|\bEnter\b|\bEsc\b|\bCtrl-|\bTab\b|✓(?!")|\b[a-z] (?:answers|copies|takes|edits)\b|\bselected\b|the line\b|\bscreen\b/;
/** Drawn on the full screen alone. */
const DRAWN = ["state/message-rows.ts", "state/timeline.ts", "state/core-link.ts"];

t.test("no sentence that is said in lines speaks of what only the screen has", (t) => {
  let count = 0;
  for (const folder of ["state", "commands", "daemon", "p2p"]) {
    for (const name of readdirSync(join(root, "src", folder))) {
      if (!name.endsWith(".ts") || DRAWN.includes(`${folder}/${name}`)) continue;
      const source = readFileSync(join(root, "src", folder, name), "utf8").replace(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, "");
      for (const [, sentence = ""] of source.matchAll(/"((?:[^"\\\n]|\\.){12,})"/g)) {
        if (!SCREEN.test(sentence)) continue;
        count += 1;
        t.notMatch(asLines(sentence), SCREEN, `${folder}/${name}`);
      }
    }
  }
  t.ok(count >= 12, `${count} looked at`);
  t.end();
});
