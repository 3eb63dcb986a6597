import t from "tap";
import { cells } from "../../src/components/cells.js";
import { plainText } from "../../src/safe-text.js";
import { fittingPath, shownPath } from "../../src/state/shown-path.js";

t.test("the home is a tilde, and nothing else is", async (t) => {
  for (const [path, home, shown] of [
    ["/home/maya/Downloads/tea.pdf", "/home/maya", "~/Downloads/tea.pdf"],
    ["/home/maya2/tea.pdf", "/home/maya", "/home/maya2/tea.pdf"],
    ["/srv/tea.pdf", "/home/maya", "/srv/tea.pdf"],
    ["/root/tea.pdf", "/", "/root/tea.pdf"],
    ["/root/tea.pdf", "", "/root/tea.pdf"],
  ] as const) {
    t.equal(shownPath(path, home), shown);
  }
  t.notMatch(shownPath("/srv/a\x1b[2Jb", "/home/maya"), "\x1b", "what a name does to a terminal is taken out");
});

t.test("a path that is too long keeps its end, where that fits", async (t) => {
  const path = plainText("~/Downloads/trip to the sea/tea.pdf");
  for (const [columns, shown] of [
    [40, "~/Downloads/trip to the sea/tea.pdf"],
    [35, "~/Downloads/trip to the sea/tea.pdf"],
    [34, "…/trip to the sea/tea.pdf"],
    [25, "…/trip to the sea/tea.pdf"],
    [24, "…/tea.pdf"],
    [9, "…/tea.pdf"],
    [8, "~/Downl…"],
  ] as const) {
    t.equal(fittingPath(path, columns, cells), shown);
  }
});
