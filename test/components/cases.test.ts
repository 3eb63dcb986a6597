// C01 to C07 of what went wrong elsewhere, and their neighbours, at the line of the screen.
import t from "tap";
import { openApp } from "./open-app.js";
import { ALICE, BOB, MAYA, message, room } from "./scripted-core.js";
import { asked, coreWith, three, UP } from "./three-messages.js";

process.env.TZ = "UTC";

const ENTER = "\x1b[13u";
const ODD = [
  "see https://files.example/:v:/p/maya/Ab1?e=x",
  ":tada: is sent as it is typed, `:smile:` and 10:smile:30 too",
  "  spaces in front, behind and  between  ",
  "e\u0301 and \u00e9, 1\ufe0f\u20e3, a\u200db, \u202eabc\u202c",
  "*stars* and _lines_, not made into anything",
];

t.test("C01 what is typed, pasted, answered or changed goes out exactly so", async (t) => {
  for (const text of ODD) {
    const core = coreWith([message(0), message(1, { author: MAYA, text: "old" })]);
    const app = await openApp(t, { core });
    await app.press(text);
    await app.press(ENTER);
    await app.press(`\x1b[200~${text}\x1b[201~`);
    await app.press(ENTER);
    await app.press(`/reply ${text}`.trimEnd());
    await app.press(ENTER);
    const sent = asked(core, "message.send").map((one) => one.text);
    t.same(sent, [text, text, text.trim()], JSON.stringify(text));
    app.screen.state.update((old) => ({ ...old, selected: `${MAYA.id}:${message(1).id}` }));
    await app.press("e");
    await app.press("\x15");
    await app.press(`\x1b[200~${text}\x1b[201~`);
    await app.press(ENTER);
    t.equal(asked(core, "message.edit")[0]?.text, text, `changed into ${JSON.stringify(text)}`);
    await app.close();
  }
});

t.test(
  "C01 a shortcode becomes an emoji by Tab alone, and not inside a word, a link or a command's name",
  async (t) => {
    const app = await openApp(t, { core: coreWith(three()) });
    for (const [typed, after] of [
      [":tad\t", "🎉"],
      ["well :tad\t", "well 🎉"],
      [":tada:", ":tada:"],
      ["10:tad\t", "10:tad"],
      ["https://x/:tad\t", "https://x/:tad"],
      ["a:tad\t", "a:tad"],
    ] as const) {
      await app.press(`\x15${typed}`);
      t.equal(app.screen.line.text, after, typed);
    }
  },
);

t.test("C02 a thumb is one thumb, with a variation selector or without, to react and to take it back", async (t) => {
  for (const [given, typed] of [
    ["👍", "👍\ufe0f"],
    ["👍\ufe0f", "👍"],
    ["❤", "❤\ufe0f"],
    ["❤\ufe0f", "❤\ufe0e"],
  ] as const) {
    const core = coreWith([message(0, { reactions: [{ emoji: given, by: [BOB, MAYA] }] })]);
    const app = await openApp(t, { core });
    await app.press(`/react ${typed}`);
    await app.press(ENTER);
    await app.waitFor(/alice +message 0\n.* 1$/m);
    t.match(asked(core, "message.react"), [{ emoji: given, remove: true }], `${given} is taken back by ${typed}`);
    await app.close();
  }
});

t.test("C03 no paste is sent or run, wherever it lands", async (t) => {
  const core = coreWith(three(), "dev");
  const app = await openApp(t, { core });
  for (const [pasted, line] of [
    ["ls -l /srv\n\n", "ls -l /srv"],
    ["ls -l /srv\r\n\r\n", "ls -l /srv"],
    ["/quit\n", "/quit"],
    ["/leave\n/quit\n", "/leave\n/quit"],
    ["\r\r", ""],
    ["a\tb\x03\x1a\x04\x15c", "a\tbc"],
  ] as const) {
    await app.press(`\x1b[200~${pasted}\x1b[201~`);
    t.equal(app.screen.line.text, line, JSON.stringify(pasted));
    await app.press("\x15\x15\x15\x15");
  }
  await app.press(UP);
  await app.press("\x1b[200~dy\n\x1b[201~");
  t.equal(app.screen.line.text, "dy", "on a selected message it is text as well");
  await app.press("\x15\x03");
  t.ok(app.terminal.find("Quit?"));
  await app.press("\x1b[200~y\n\x1b[201~");
  t.ok(app.terminal.find("Quit?"), "a paste answers no question");
  await app.press("n");
  await app.press("\x07\x1b[200~dev\n\x1b[201~");
  t.equal(app.screen.state.getSnapshot().room, "tea", "nor chooses a room");
  t.same([asked(core, "message.send"), app.quits], [[], []]);
});

t.test("C04 lines in any cuts are one message, with any line end", async (t) => {
  for (const cuts of [
    ["line one\r\nline two\r\nline three"],
    ["line one\r\nline t", "wo\r\nline three"],
    ["line one\rline two\rline three"],
    ["line one\nline two\nline three"],
  ]) {
    const core = coreWith(three());
    const app = await openApp(t, { core });
    // The real clock: what comes 40 ms later is the same paste.
    for (const [at, cut] of cuts.entries()) {
      if (at > 0) await new Promise((done) => setTimeout(done, 40));
      void app.keys(cut);
    }
    await app.waitFor("line three");
    t.equal(app.screen.line.text, "line one\nline two\nline three", JSON.stringify(cuts));
    t.same(asked(core, "message.send"), []);
    await app.close();
  }
});

t.test("C05 a path, and lines with one in them, are sent as they are", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  const lines = [
    "$ which node\n/usr/bin/node",
    "/home/maya/tea.txt is the one",
    "/etc/",
    "/usr/bin/quit",
    "/quit/",
    "// is a comment",
    "/ quit",
  ];
  for (const line of lines) {
    await app.press(`\x1b[200~${line}\x1b[201~`);
    await app.press(ENTER);
    t.equal(app.session.notice.getSnapshot(), null, `no word about ${JSON.stringify(line)}`);
  }
  t.same(
    asked(core, "message.send").map((one) => one.text),
    lines,
  );
  t.same(app.quits, []);
  await app.press("/me pours");
  await app.press(ENTER);
  t.match(asked(core, "message.send").at(-1), { text: "pours", action: true });
});

t.test("C06 Escape still closes what lies over the talk, and Enter after it sends", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.press("\x1bOP");
  t.equal(app.screen.state.getSnapshot().overlay?.kind, "help");
  await app.press("\x1b");
  t.equal(app.screen.state.getSnapshot().overlay, null);
  await app.press("half a thought");
  await app.press("\x1b\r");
  t.equal(app.screen.line.text, "half a thought\n", "ESC and CR in one are a line break");
  await app.press("\x7f");
  await app.press("\r");
  t.equal(asked(core, "message.send").length, 1);
});

t.test("C07 what AltGr types is typed, in every place that takes text", async (t) => {
  const core = coreWith(three(), "c#", "dev");
  core.rooms = [...core.rooms, room("d1", { kind: "direct", with: ALICE })];
  const app = await openApp(t, { core });
  for (const [bytes, text] of [
    ["\x1b[51;3;35u", "#"],
    ["\x1b[48;3;64u", "@"],
    ["\x1b[55;3;123u", "{"],
    ["\x1b[56;3;91u", "["],
    ["\x1b[45;7;92u", "\\"],
    ["\x1b[43;3;126u", "~"],
    ["\x1b[101;3;8364u", "€"],
  ] as const) {
    await app.press(`\x15${bytes}`);
    t.equal(app.screen.line.text, text);
  }
  t.equal(app.screen.state.getSnapshot().room, "tea");
  await app.press("\x15\x07c\x1b[51;3;35u");
  await app.waitFor("Go to  > c#");
  await app.press(ENTER);
  t.equal(app.screen.state.getSnapshot().room, "c#");
  await app.press("\x1b[49;3u");
  t.equal(app.screen.state.getSnapshot().room, "tea", "Alt and a digit without text is still a binding");
});
