import t from "tap";
import type { Pty } from "../helpers/pty.js";
import {
  Desk,
  enter,
  giveName,
  KEY,
  linkOn,
  part,
  row,
  sees,
  seesRow,
  still,
  type,
  until,
  windowTitle,
} from "./desks.js";

t.setTimeout(100_000);

const isLinux = process.platform === "linux";

t.test("two people, two terminals", { skip: !isLinux && "needs /proc" }, async (t) => {
  const maya = new Desk(t, `${t.testdir({ maya: {}, bob: {} })}/maya`);
  const bob = new Desk(t, maya.home.dir.replace(/maya$/, "bob"));
  const a = maya.open();
  let b: Pty;
  /** The ids of maya's rooms by name. */
  let tea = "";

  await part(t, "from nothing to the other's screen", async (t) => {
    await giveName(a, "maya");
    await sees(t, a, "Hello maya. Nothing here yet.", "never an empty screen");
    await enter(a, "/create tea");
    await sees(t, a, "only you so far · /invite", "the room is open, and says what next");
    t.match(windowTitle(a), /^tea · keet-tui$/);
    await enter(a, "/invite");
    const link = await linkOn(a);
    t.match(link, /^keet-tui:\/\/join\/[a-z0-9]{100,}$/, "the whole link, nothing beside it");
    b = bob.open([link]);
    await giveName(b, "bob");
    await sees(t, b, "You are in tea.", "who starts with the link lands in the room", 20_000);
    await sees(t, a, "2 here", "the one who invited sees it at once");
    a.write(KEY.escape);
    await sees(t, a, "bob joined", "and reads it in the talk");
    [{ id: tea }] = await maya.json(["room", "list"]);
  });

  await part(t, "what is typed on one side is on the other", async (t) => {
    b.write(KEY.escape);
    await sees(t, b, (screen) => !screen.text().join().includes("You are in tea"), "Esc takes a notice away");
    await until(() => {
      a.write("...");
      return b.screen().join().includes("maya is typing");
    });
    t.pass("the other sees that somebody types");
    a.write(KEY.clearLine);
    await type(a, "good morning");
    a.write(KEY.enter);
    await sees(t, b, "good morning", "and what was written");
    await sees(t, b, (screen) => !screen.text().join().includes("is typing"), "then nobody is typing");
    await seesRow(t, a, /good morning +✓✓$/, "two ticks where it has arrived");
    await enter(b, "hello @maya");
    await sees(t, a, "hello @maya", "and back");
    t.notMatch(row(a, "hello @maya"), "✓", "no ticks at what others wrote");
  });

  await part(t, "several lines are one message, typed and pasted", async (t) => {
    await type(a, "first of two");
    a.write(KEY.newline);
    await enter(a, "second of two");
    await sees(t, b, (screen) => /first of two[^\n]*\n[^\n]*second of two/.test(screen.text().join("\n")), "typed");
    b.write("\x1b[200~pasted one\n/leave\n\tand three\n\x1b[201~");
    await sees(t, b, "/leave", "a paste sits in the line and does nothing");
    b.write(KEY.enter);
    await sees(t, a, /pasted one[^\n]*\n[^\n]*\/leave[^\n]*\n[^\n]*and three/, "pasted");
    const { stdout } = await maya.run(["tail", "tea", "--json"]);
    const sent = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).text);
    t.ok(sent.includes("first of two\nsecond of two"));
    t.ok(sent.includes("pasted one\n/leave\n\tand three"), "byte for byte");
  });

  await part(t, "/me, /who, /verify, /nick", async (t) => {
    await enter(b, "/me pours tea");
    await seesRow(t, a, /\* bob pours tea/, "said of him, not by him");
    await enter(a, "/who");
    await seesRow(t, a, /^ *bob +member/, "he is in the list");
    t.match(row(a, " maya"), /owner/);
    a.write(KEY.escape);
    await a.waitFor((screen) => !screen.text().join().includes("Who is in "));
    await enter(a, "/verify");
    await sees(t, a, "Who wrote this?", "a page");
    for (const what of ["message", "device", "identity"]) t.match(row(a, ` ${what} `), /ok$/, what);
    const shown = /fingerprint +(\w{4}(?: \w{4}){4})/.exec(a.screen().join("\n"))?.[1] ?? "none";
    a.write(KEY.escape);
    await enter(b, "/identity");
    await sees(t, b, shown, "the same fingerprint on his own screen");
    b.write(KEY.escape);
    await b.waitFor((screen) => !screen.text().join().includes("fingerprint"));
    await enter(b, "/nick robert");
    await b.waitFor((screen) => !screen.text().join().includes("/nick"));
    await enter(b, "it is me");
    await seesRow(t, a, /robert +it is me/, "the new name on the other side");
    await enter(a, "/whois robert");
    await sees(t, a, "About robert", "and it can be asked for");
    a.write(KEY.escape);
    await a.waitFor((screen) => !screen.text().join().includes("About robert"));
    t.notMatch(row(a, "pours tea"), "bob", "what he wrote before has the new name too");
  });

  await part(t, "unread lines are counted and marked", async (t) => {
    await enter(a, "/create dev");
    await sees(t, a, (screen) => screen.text()[0]!.startsWith(" dev"), "another room");
    for (const text of ["one unread", "two unread", "@maya three unread"]) {
      await enter(b, text);
      await b.waitFor(text);
    }
    await seesRow(t, a, /^ tea +(@ )?3 /, "counted in the list");
    await seesRow(t, a, /3 unread in tea/, "and in the last row");
    await until(() => windowTitle(a) === "(3) dev · keet-tui").catch(() => {});
    t.equal(windowTitle(a), "(3) dev · keet-tui", "and in the title of the window");
    a.write(KEY.altUp);
    await seesRow(t, a, /━━ 3 new ━━/, "a line above the first of them");
    const rows = a.screen();
    t.ok(rows.findIndex((line) => line.includes("3 new")) < rows.findIndex((line) => line.includes("one unread")));
    t.ok(rows.findIndex((line) => line.includes("3 new")) > rows.findIndex((line) => line.includes("it is me")));
    await sees(t, a, (screen) => !/tea +@? ?3 /.test(screen.text().join("\n")), "read, so no longer counted");
    await until(() => windowTitle(a) === "tea · keet-tui").catch(() => {});
    t.equal(windowTitle(a), "tea · keet-tui");
  });

  await part(t, "what is being read does not move when more comes", async (t) => {
    const client = await bob.rpc();
    for (let index = 1; index <= 60; index += 1) {
      await client.request("message.send", { room: tea, text: `line number ${index}` });
    }
    await sees(t, a, "line number 60", "all of it comes");
    a.write(KEY.pageUp);
    await sees(t, a, "▾", "scrolled up, and told how far");
    a.write(KEY.pageUp);
    await a.waitFor(/▾ [23]\d newer/);
    const before = (await still(a)).slice(1, 20);
    const newer = Number(/▾ (\d+) newer/.exec(a.screen().join("\n"))?.[1]);
    for (let index = 61; index <= 65; index += 1) {
      await client.request("message.send", { room: tea, text: `line number ${index}` });
    }
    await sees(t, a, `▾ ${newer + 5} newer · End`, "five more below");
    t.same(
      a
        .screen()
        .slice(1, 20)
        .map((line) => line.slice(17)),
      before.map((line) => line.slice(17)),
      "not one row moved",
    );
    a.write(KEY.end);
    await sees(t, a, "line number 65", "End goes to the newest");
    t.notMatch(a.screen().join("\n"), "▾");
  });

  await part(t, "any size, and back", async (t) => {
    const before = await still(a);
    const shown = (rows: readonly string[]) =>
      rows
        .map((row) => row.trimEnd())
        .join("\n")
        .replace(/\d\d:\d\d$/, "");
    a.resize({ columns: 120, rows: 40 });
    await sees(t, a, /│ HERE {2}2/, "wide: members at the right");
    t.match((await still(a)).at(-1), /^ tea .*\d\d:\d\d *$/);
    a.resize({ columns: 40, rows: 20 });
    await sees(t, a, (screen) => screen.text()[0]!.startsWith("‹ tea"), "narrow: one column");
    t.notMatch((await still(a)).join("\n"), "│");
    t.match(a.screen().at(-1), /^tea/);
    a.resize({ columns: 28, rows: 7 });
    await sees(t, a, "Too small: 30x8 or more", "too small says so");
    a.resize({ columns: 80, rows: 24 });
    await sees(t, a, (screen) => screen.text()[0]!.startsWith(" tea"), "and back");
    t.equal(shown(await still(a)), shown(before), "the same to the cell");
  });

  await part(t, "C09: a draft stays with its room, through a kill -9 too", async (t) => {
    await type(a, "not for dev");
    a.write(KEY.altDown);
    await sees(t, a, (screen) => screen.text()[0]!.startsWith(" dev"), "the other room");
    t.equal(a.screen().at(-2)?.trim(), ">", "an empty line there");
    a.write(KEY.enter);
    a.write(KEY.altUp);
    await seesRow(t, a, /^ > not for dev/, "back with what was typed");
    await type(a, "!");
    await seesRow(t, a, /^ > not for dev!/, "typed on");
    const client = await maya.rpc();
    await until(async () => (await client.request("draft.get", { room: tea }))?.text === "not for dev!");
    client.close();
    a.kill("SIGKILL");
    await a.exited;
    const again = maya.open();
    await seesRow(t, again, /^ > not for dev!/, "after the kill too");
    const { stdout } = await maya.run(["tail", "dev", "--json"]);
    t.notMatch(stdout, "not for dev");
    again.write(KEY.clearLine);
    await again.waitFor((screen) => screen.text().at(-2)!.trim() === ">");
    again.write(KEY.interrupt);
    await again.waitFor("Quit?");
    again.write(KEY.enter);
    t.match(await again.exited, { exitCode: 0 });
  });

  await part(t, "C14: two screens and commands on one profile leave each other alone", async (t) => {
    const one = maya.open();
    await one.waitFor("line number 65");
    await type(one, "half a thou");
    one.write(KEY.pageUp);
    await one.waitFor("▾");
    const client = await maya.rpc();
    await until(async () => (await client.request("draft.get", { room: tea }))?.text === "half a thou");
    client.close();
    const two = maya.open();
    await two.waitFor("line number 65");
    await two.waitFor("half a thou");
    two.write(KEY.clearLine);
    const before = await still(one);
    const mark = one.raw().length;
    two.write(KEY.altDown);
    await two.waitFor((screen) => screen.text()[0]!.startsWith(" dev"));
    await type(two, "something else");
    two.write(KEY.clearLine);
    await enter(two, "/help");
    await two.waitFor("Write and press Enter");
    t.same(one.screen(), before, "nothing on the first one moved");
    t.notMatch(one.raw(mark), /something|Help/, "nor was it sent a byte of it");
    const [sent, list] = await Promise.all([maya.run(["send", "tea", "from the shell"]), maya.json(["room", "list"])]);
    t.equal(sent.code, 0, sent.stderr);
    t.match(list, [{ name: "tea" }, { name: "dev" }]);
    await sees(t, b, "from the shell", "a command speaks at the same time");
    await sees(t, one, /▾ \d+ newer/, "the reader stays where he reads");
    await seesRow(t, one, /^ > half a thou/, "with what he was typing");
    two.kill("SIGKILL");
    await two.exited;
    one.write(KEY.clearLine);
    one.write(KEY.end);
    await one.waitFor("from the shell");

    await part(t, "kill -9 of the core under the screen: sent once, nothing lost", async (t) => {
      const core = maya.core();
      await type(one, "typed before");
      process.kill(core, "SIGSTOP");
      one.write(KEY.enter);
      await seesRow(t, one, /typed before.*·$/, "shown at once, though nobody answers");
      process.kill(core, "SIGKILL");
      await sees(t, one, "the background part stopped", "it says so");
      await enter(one, "typed meanwhile");
      await seesRow(t, one, /typed meanwhile/, "one can go on writing");
      await sees(t, one, (screen) => !screen.text().join().includes("background part stopped"), "it is back", 20_000);
      await seesRow(t, one, /typed before.*✓/, "sent", 20_000);
      await seesRow(t, one, /typed meanwhile.*✓/, "sent", 20_000);
      t.not(maya.core(), core);
      await sees(t, b, "typed before", "arrived", 30_000);
      await sees(t, b, "typed meanwhile", "arrived", 30_000);
      for (const desk of [maya, bob]) {
        const { stdout } = await desk.run(["tail", "tea", "--json"]);
        const texts = stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).text);
        t.equal(texts.filter((text) => text === "typed before").length, 1, "once");
        t.equal(texts.filter((text) => text === "typed meanwhile").length, 1, "once");
      }
      for (const pty of [one, b]) {
        const shown = pty.screen().join("\n");
        t.equal(shown.split("typed before").length, 2, "one row");
        t.equal(shown.split("typed meanwhile").length, 2, "one row");
      }
    });
  });
});
