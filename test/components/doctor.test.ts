// /doctor: what `keet-tui doctor` finds, on a page that fills as the checks end.
import t from "tap";
import type { Finding } from "../../src/state/model.js";
import { until } from "../helpers/program.js";
import { openLines } from "../line/open-lines.js";
import { HOSTILE, openApp } from "./open-app.js";
import { room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

const finding = (what: string, ok = true, detail = `about ${what}`): Finding => ({ what, ok, detail });

/** Checks that end when a test says so. */
function checks() {
  const waiting: ((found: Finding | null) => void)[] = [];
  let isLeft = false;
  async function* doctor(): AsyncGenerator<Finding> {
    try {
      for (;;) {
        const found = await new Promise<Finding | null>((done) => waiting.push(done));
        if (found === null) return;
        yield found;
      }
    } finally {
      isLeft = true;
    }
  }
  const end = async (found: Finding | null) => {
    await until(() => waiting.length > 0);
    waiting.shift()!(found);
  };
  return { doctor, end, isLeft: () => isLeft };
}

const coreWithTea = () => {
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  return core;
};

async function open(t: Parameters<typeof openApp>[0], doctor: () => AsyncIterable<Finding>, rows = 24) {
  const app = await openApp(t, { core: coreWithTea(), doctor, rows });
  await app.press("\x1b[200~/doctor\x1b[201~");
  await app.press("\x1b[13u");
  return app;
}

t.test("the page is there at once and fills as checks end; what is wrong is marked, not by colour alone", async (t) => {
  const { doctor, end } = checks();
  const app = await open(t, doctor);
  await app.waitFor("looking …");
  await end(finding("versions"));
  await app.waitFor("about versions");
  t.ok(app.terminal.find("looking …"), "more is to come");
  await end(finding("core", false, "nobody answers"));
  await app.waitFor(/core +!! nobody answers/);
  await end(null);
  await app.waitFor((screen) => screen.find("looking …") === null);
  t.match(app.terminal.text().join("\n"), /versions +about versions/);
});

t.test(
  "turned, it stays where it is while more comes; left, nothing is asked any more and nothing comes back",
  async (t) => {
    const { doctor, end, isLeft } = checks();
    const app = await open(t, doctor, 12);
    for (let index = 0; index < 15; index += 1) await end(finding(`check${index}`));
    await app.waitFor(/more rows/);
    await app.press("\x1b[6~");
    const page = () => {
      const { overlay } = app.screen.state.getSnapshot();
      if (overlay?.kind !== "page") throw new Error("no page is open");
      return overlay;
    };
    const top = () => page().top;
    const turned = top();
    t.ok(turned > 0);
    await end(finding("another"));
    await until(() => page().page.rows.length === 16);
    t.equal(top(), turned);
    await app.press("\x1b[27u");
    await end(finding("too late"));
    await until(isLeft);
    t.equal(app.screen.state.getSnapshot().overlay, null);
  },
);

t.test("words from elsewhere are made harmless", async (t) => {
  async function* doctor() {
    yield finding("open", true, `${HOSTILE}: an invite can still be used`);
  }
  const app = await open(t, doctor);
  await app.waitFor("an invite can still be used");
  t.notMatch(app.terminal.raw(), /\x1b\]52|\x9b|\u202e/);
});

t.test("in lines, each as it comes", async (t) => {
  const { doctor, end } = checks();
  const lines = openLines(t, coreWithTea(), { doctor });
  await lines.waitFor("-- in tea");
  lines.type("/doctor");
  await lines.waitFor("-- What is there, and what stands in the way");
  await end(finding("versions"));
  await lines.waitFor(/^ {3}versions: about versions$/);
  await end(finding("core", false, "nobody answers"));
  await lines.waitFor(/^ {3}core: !! nobody answers$/);
  await end(null);
});

t.test("where it cannot look it says where one can", async (t) => {
  const lines = openLines(t, coreWithTea());
  await lines.waitFor("-- in tea");
  t.match((await lines.say("/doctor")).join(), /In another terminal: keet-tui doctor/);
});
