import { plainText, safe } from "../safe-text.js";
import type { PersonView } from "../state/model.js";
import type { Wish } from "./define.js";

const ID_DIGITS = 16;

export function blockedPage(blocked: readonly PersonView[]): Wish {
  if (blocked.length === 0)
    return { notice: "You have blocked nobody.", hint: "/block alice hides what alice writes." };
  return {
    show: "page",
    page: {
      title: plainText("Whom you blocked"),
      rows: [
        ...blocked.map(({ id, name }) => ({ label: name, text: safe`${id.slice(0, ID_DIGITS)}…` })),
        { text: plainText("/unblock and the name, or the first digits behind it, shows what they write again.") },
      ],
    },
  };
}
