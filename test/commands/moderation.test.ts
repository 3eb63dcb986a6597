// docs/moderation.md says what src/p2p/rights.ts does: each cell of its table is worked out anew from the code's own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type Act, mayDo, RIGHTS, type Right } from "../../src/p2p/rights.js";

const PAGE = join(import.meta.dirname, "../../../docs/moderation.md");
const ROLES = ["member", "moderator", "owner"] as const;
const SETTINGS: readonly unknown[] = ["post", "invite", "share", "call"];
/** What they make is new, so there is nobody else's. */
const NEW: readonly Act[] = ["post-message", "share-file", "note-call"];

const rows = new Map(
  [...readFileSync(PAGE, "utf8").matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, act = "", rest = ""]) => {
    const [, ...cells] = rest.split(" | ");
    return [act, cells] as const;
  }),
);

/** What one role may do, in the page's words. */
function cellFor(act: Act, right: Right, role: (typeof ROLES)[number]): string {
  const asSet = [right.own, right.other].some((needs) => SETTINGS.includes(needs)) ? "as set" : null;
  const may = (own: boolean, otherRole: (typeof ROLES)[number]) => mayDo(act, { role, room: null, own, otherRole });
  const others = ROLES.filter((other) => may(false, other));
  if (asSet) return right.other === null && !NEW.includes(act) ? `own, ${asSet}` : asSet;
  const own = may(true, "member");
  if (others.length === ROLES.length && own) return "yes";
  if (others.length === 0) return own ? "own" : "no";
  const isLower = right.outranks && others.every((other) => ROLES.indexOf(other) < ROLES.indexOf(role));
  return [own ? "own" : "", isLower ? "others' lower" : others.join("?")].filter(Boolean).join(", ");
}

t.test("the page's table is the code's", (t) => {
  t.same([...rows.keys()].toSorted(), Object.keys(RIGHTS).toSorted(), "a row for each");
  for (const [act, right] of Object.entries(RIGHTS) as [Act, Right][]) {
    const wanted = [
      ...ROLES.map((role) => cellFor(act, right, role)),
      right.notDirect ? "no" : "yes",
      right.afterEnd ? "yes" : "no",
    ];
    t.same(rows.get(act), wanted, act);
  }
  t.end();
});
