import t from "tap";
import { openApp } from "./open-app.js";
import { coreWith, three } from "./three-messages.js";

t.test("what was said of a room goes with it when one goes to another; a warning stays", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  await app.press("/create dev");
  await app.press("\x1b[13u");
  await app.waitFor("Only you are in it yet.");
  await app.press("\x1b[1;3A");
  await app.waitFor((screen) => screen.text()[0]!.startsWith(" tea"));
  t.notMatch((await app.shows()).join("\n"), "Only you are in it yet.");

  app.session.tell("The disk is full", { level: "warning" });
  await app.press("\x1b[1;3B");
  await app.waitFor((screen) => screen.text()[0]!.startsWith(" dev"));
  t.match((await app.shows()).join("\n"), "The disk is full");
});
