import { safe } from "../safe-text.js";
import type { FileNewsItem } from "../state/file-news.js";
import type { Session } from "../state/session.js";
import { shownPath } from "../state/shown-path.js";

/** What the rows tell by themselves is not said again: only that one is here, and that one will not come. */
export function tellFileNews(session: Session, { name, mine, step }: FileNewsItem): void {
  if (step.kind === "here") {
    const hint = step.path === null ? null : safe`${shownPath(step.path)} · /open opens it`;
    session.tell(safe`${name} is here`, { hint });
  } else if (step.kind === "failed") {
    const what = mine ? safe`${name} is not shared from here` : safe`${name} did not come`;
    session.tell(what, { hint: step.reason, level: "warning" });
  }
}
