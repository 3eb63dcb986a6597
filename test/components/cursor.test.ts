// The terminal's own cursor stands where the next character goes, and is hidden where none can be typed.
import t from "tap";
import { openApp } from "./open-app.js";
import { coreWith, three, UP } from "./three-messages.js";

process.env.TZ = "UTC";

t.test("it follows the text: wide characters, line breaks, the arrows, the window", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  const at = () => (app.terminal.virtual.isCursorHidden ? null : app.terminal.virtual.cursor);
  const last = app.terminal.virtual.rows - 2;
  t.same(at(), { x: 3, y: last }, "on the empty line");
  await app.press("tea");
  t.same(at(), { x: 6, y: last });
  await app.press("\x1b[D");
  t.same(at(), { x: 5, y: last });
  await app.press("\x05 日本");
  t.same(at(), { x: 11, y: last });
  await app.press("\n");
  await app.press("x");
  t.same(at(), { x: 4, y: last }, "in the second row");
  await app.press("\x1b[A");
  t.same(at(), { x: 4, y: last - 1 }, "in the first again");
});

t.test("it is hidden while a message is selected and over a page, and comes back", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  const isShown = () => !app.terminal.virtual.isCursorHidden;
  t.ok(isShown());
  await app.press(UP);
  t.notOk(isShown(), "a message is selected");
  await app.press("\x1b[27u");
  t.ok(isShown());
  await app.press("/keys");
  await app.press("\x1b[13u");
  t.notOk(isShown(), "a page lies over the talk");
  await app.press("\x1b[27u");
  t.ok(isShown());
  await app.press("a");
  t.ok(app.terminal.find("> a"));
});
