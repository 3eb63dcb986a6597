import fc from "fast-check";
import t from "tap";
import { plainLine } from "../../src/cli/tail-line.js";
import { type ExportOptions, exportRoom } from "../../src/export/export-room.js";
import { tagsOf } from "../../src/export/words.js";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { payloads } from "../helpers/payloads.js";
import { plainFile } from "../helpers/wire.js";
import { ALICE, answer, BOB, message, notice, onePage } from "./talk.js";

const room = { name: "tea", topic: "green, black, and what goes with it" };
const now = Date.parse("2026-11-27T12:04:00Z");

async function written(messages: readonly MessageInfo[], options: Partial<ExportOptions> = {}): Promise<string> {
  const parts: string[] = [];
  const all = { format: "txt" as const, room, timeZone: "UTC", now, ...options };
  for await (const part of exportRoom(onePage(...messages), all)) parts.push(part);
  return parts.join("");
}

/** Only the rows: what stands below the day line. */
async function rows(messages: readonly MessageInfo[], options: Partial<ExportOptions> = {}): Promise<string> {
  const text = await written(messages, options);
  return text
    .slice(text.indexOf("Tue 24 Nov 2026") + 15)
    .replace(/^ ---/, "")
    .trim();
}

const morning = message("morning! the new build is in the room");
const talk = [
  notice("created"),
  morning,
  message("", { type: "file", file: plainFile("build.tgz", 4_200_000) }),
  answer("works here,\nlatency is down a lot", morning, {
    author: BOB,
    edited: true,
    reactions: [
      { emoji: "👍", by: [ALICE, BOB] },
      { emoji: "🎉", by: [ALICE] },
    ],
  }),
  message("", { deleted: true, deletedBy: BOB }),
  message("pours tea", { action: true }),
  message("kept", { mine: true, state: "pending" }),
  message("secret", { blocked: true, author: BOB }),
  message("forged", { verified: false }),
  message("next day", { sentAt: "2026-11-25T00:01:00.000Z" }),
];

t.test("as text it reads like the screen", async (t) => {
  t.equal(
    await written(talk),
    `tea
green, black, and what goes with it
Written out on Fri 27 Nov 2026 at 12:04, times in UTC.

--- Tue 24 Nov 2026 ---

09:02 -- alice made this room
09:02 alice: morning! the new build is in the room
09:02 alice offers build.tgz, 4.2 MB
09:02 bob ┊ alice: morning! the new build is in the room
      works here,
      latency is down a lot (edited)
      👍 alice, bob · 🎉 alice
09:02 alice (taken back by bob)
09:02 * alice pours tea
09:02 alice: kept (not sent yet)
09:02 -- message from bob, whom you blocked
09:02 ?! alice: forged

--- Wed 25 Nov 2026 ---

00:01 alice: next day
`,
  );
});

t.test(
  "a file is its last name and its size, a folder how many are in it, and one taken back has neither",
  async (t) => {
    const file = plainFile("../photos_\u202e*2024*/\x1b[2J", 18_200_000_000, { isFolder: true, files: 5_000 });
    const offered = message("", { type: "file", file });
    const gone = message("", { type: "file", deleted: true, deletedBy: BOB, file: { ...file, name: "" } });
    const answered = answer("thanks", { ...offered, text: "a/tea.txt" });
    const reply = { ...answered.reply!, isFile: true };
    const talk = [offered, gone, { ...answered, reply }];
    t.equal(
      (await rows(talk)).trim(),
      `09:02 alice offers ␛[2J, 5,000 files, 18.2 GB
09:02 alice (taken back by bob)
09:02 alice ┊ alice: tea.txt
      thanks`,
    );
    t.match(await written(talk, { format: "md" }), "**09:02 alice** offers ␛\\[2J, 5,000 files, 18.2 GB\n");
    t.match(plainLine(offered), /alice offers ␛\[2J, 5,000 files, 18\.2 GB$/);
    t.match(plainLine(gone), /alice \(taken back by bob\)$/);
    t.match(plainLine({ ...answered, reply }), /alice \(to alice: tea\.txt\): thanks$/);
    const [json] = JSON.parse(await written(talk, { format: "json" }));
    const { id, name, bytes, hash } = file;
    t.same(
      json.file,
      { id, name, bytes, files: 5_000, isFolder: true, hash, duration: null },
      "exactly as it was sent",
    );
    t.equal(json.type, "file");
  },
);

t.test("as Markdown it reads like the screen too", async (t) => {
  t.equal(
    await written(talk, { format: "md" }),
    `# tea

green, black, and what goes with it

*Written out on Fri 27 Nov 2026 at 12:04, times in UTC.*

## Tue 24 Nov 2026

*09:02 alice made this room*

**09:02 alice** morning! the new build is in the room

**09:02 alice** offers build.tgz, 4.2 MB

**09:02 bob**

> alice: morning! the new build is in the room

works here,\\
latency is down a lot

*(edited)*

*👍 alice, bob · 🎉 alice*

**09:02 alice** *(taken back by bob)*

**09:02 alice** \\* pours tea

**09:02 alice** kept

*(not sent yet)*

*09:02 message from bob, whom you blocked*

**09:02 ?! alice** forged

## Wed 25 Nov 2026

**00:01 alice** next day
`,
  );
});

t.test("as JSON it is one array, one message a line, every text exact; what is blocked is there", async (t) => {
  const hostile = message("a\u2028b\x1b]0;x\x07\u202e\ud800", { author: { id: "", name: "\x9b31m" } });
  const text = await written([...talk, hostile], { format: "json" });
  t.notMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/);
  const parsed = JSON.parse(text);
  t.same(
    parsed.map((one: { text: string }) => one.text),
    [...talk, hostile].map((one) => one.text),
  );
  t.match(parsed[3], { replyTo: morning.id, reply: { found: true, author: ALICE }, edited: true });
  t.match(parsed[7], { blocked: true, text: "secret" });
  const lines = text.trimEnd().split("\n");
  t.equal(lines.length, talk.length + 3);
  t.same(JSON.parse(lines[1]!.replace(/,$/, "")).id, talk[0]!.id);
  t.same(JSON.parse(await written([], { format: "json" })), []);
});

t.test("days and times are those of the zone asked for", async (t) => {
  const at = (sentAt: string) => message("x", { sentAt });
  const days = async (timeZone: string, ...messages: MessageInfo[]) =>
    (await written(messages, { timeZone })).match(/^---.*---$|^\d\d:\d\d/gm);
  const late = at("2026-11-24T23:30:00.000Z");
  const later = at("2026-11-25T00:30:00.000Z");
  t.same(await days("UTC", late, later), ["--- Tue 24 Nov 2026 ---", "23:30", "--- Wed 25 Nov 2026 ---", "00:30"]);
  t.same(await days("Asia/Kolkata", late, later), ["--- Wed 25 Nov 2026 ---", "05:00", "06:00"]);
  t.same(await days("America/New_York", late, later), ["--- Tue 24 Nov 2026 ---", "18:30", "19:30"]);
  // An hour that comes twice.
  const before = at("2026-10-25T00:30:00.000Z");
  const after = at("2026-10-25T01:30:00.000Z");
  t.same(await days("Europe/Berlin", before, after), ["--- Sun 25 Oct 2026 ---", "02:30", "02:30"]);
  const ahead = message("x", {
    sentAt: "2031-01-01T00:00:00.000Z",
    receivedAt: "2026-09-01T10:00:00.000Z",
    clockOff: true,
  });
  t.same(await days("UTC", ahead), ["--- Tue 1 Sep 2026 ---", "10:00"], "a clock far ahead is not believed");
  t.match(await written([at("no moment")]), /^\?\?:\?\? alice: x$/m, "and what is no moment throws nothing");
});

t.test("every notice is a sentence", async (t) => {
  const cases: [MessageInfo, string][] = [
    [notice("joined"), "alice joined"],
    [notice("newer"), "alice sent something that only a newer keet-tui can show"],
    [notice("renamed", "ally"), "alice is now called ally"],
    [notice("renamed", "alice"), "alice took this name"],
    [notice("room-name", "coffee"), "alice named this room coffee"],
    [notice("topic", "beans"), "alice set the topic: beans"],
    [notice("topic"), "alice removed the topic"],
    [notice("rights"), "alice changed who may do what here"],
    [notice("role", "moderator", BOB), "alice made bob a moderator"],
    [notice("role", "owner", BOB), "alice made bob an owner"],
    [notice("removed", "", BOB), "alice removed bob"],
    [notice("renewed"), "alice went on in a new room; this one stays to be read"],
  ];
  for (const [row, words] of cases) {
    t.equal(await rows([row]), `09:02 -- ${words}`);
    t.equal(await rows([row], { format: "md" }), `*09:02 ${words}*`);
  }
});

t.test("what is answered is said as far as it is here, and names of one look stay apart", async (t) => {
  const gone = message("yes", { replyTo: "00".repeat(16), reply: { ...answer("", morning).reply!, found: false } });
  t.equal(await rows([gone]), "09:02 alice ┊ a message that is not here\n      yes");
  t.equal(
    await rows([message("yes", { replyTo: "00".repeat(16) })]),
    "09:02 alice ┊ a message that is not here\n      yes",
  );
  const taken = answer("yes", { ...morning, deleted: true });
  t.equal(await rows([taken]), "09:02 alice ┊ alice: (taken back)\n      yes");
  const long = answer("yes", message("word ".repeat(40)));
  t.match(await rows([long]), /┊ alice: (word ){10,}.*…\n {6}yes$/);
  t.equal(
    await rows([answer("waves", morning, { action: true })]),
    `09:02 alice ┊ alice: ${morning.text}\n      * alice waves`,
  );
  const tags = tagsOf([
    { id: ALICE.id, tag: "a1a1" },
    { id: BOB.id, tag: null },
  ]);
  t.equal(await rows([message("hi")], { tags }), "09:02 alice#a1a1: hi");
  t.equal(await rows([message("hi", { author: BOB })], { tags }), "09:02 bob: hi");
});

t.test("Markdown: code between fences stays code, links stay links, everything else shows as typed", async (t) => {
  const md = async (text: string) =>
    (await rows([message(text)], { format: "md" })).replace(/^\*\*09:02 alice\*\* ?/, "");
  t.equal(
    await md("*a* _b_ `c` [d](e) ![f](g) <h> &amp; ~i~ | j"),
    "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) !\\[f\\](g) &lt;h\\> &amp;amp; \\~i\\~ \\| j",
  );
  t.equal(
    await md("a\n# b\n- c\n+ d\n1. e\n2) f\n---\n===\n> g"),
    "a\\\n\\# b\\\n\\- c\\\n\\+ d\\\n1\\. e\\\n2\\) f\\\n\\---\\\n\\===\\\n\\> g",
  );
  t.equal(await md("a\n\n    b  c"), "a\\\n\\\n&nbsp;&nbsp;&nbsp;&nbsp;b &nbsp;c");
  t.equal(await md("see https://x.example/a_b*c?d=1. ok"), "see <https://x.example/a_b*c?d=1>. ok");
  t.equal(await md("say\n```ts\nconst *x* = `y`\n```\nok"), "say\n\n```ts\nconst *x* = `y`\n```\n\nok");
  t.equal(
    await md("```\n````\n# x\n```"),
    "`````\n````\n# x\n`````".replace(/^/, "\n\n"),
    "a longer fence holds what is in it",
  );
  t.equal(await md("```\nnever ends"), "\\`\\`\\`\\\nnever ends");
  t.equal(
    await md("```some words\nx\n```"),
    "\\`\\`\\`some words\\\nx\\\n\\`\\`\\`",
    "words beside a fence are not lost",
  );
});

const HOSTILE = fc.oneof(
  fc.constantFrom(...payloads.map(({ text }) => text)),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        "\n",
        "```",
        "`",
        "*",
        "**",
        "_",
        "#",
        "# ",
        "- ",
        "1. ",
        "> ",
        "---",
        "<b>",
        "&lt;",
        "[x](y)",
        "|",
        "\\",
        "    ",
        "~~~",
        "http://a.b/`<",
        "x",
      ),
    )
    .map((parts) => parts.join("")),
);

t.test("no text, name, topic or emoji of anybody breaks out of its line", async (_t) => {
  await fc.assert(
    fc.asyncProperty(HOSTILE, HOSTILE, HOSTILE, fc.boolean(), async (text, name, emoji, isNotice) => {
      const author = { id: ALICE.id, name };
      const said = answer(text, message(text, { author }), {
        author,
        reactions: [{ emoji, by: [author] }],
        ...(isNotice ? { type: "notice" as const, notice: "topic" as const } : {}),
      });
      for (const format of ["txt", "md"] as const) {
        const all = await written([said, message("end")], { format, room: { name, topic: text } });
        if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(all)) return false;
      }
      const txt = (await rows([said, message("end")])).split("\n");
      // At the left edge stand times only.
      if (txt.some((line) => !/^(09:02 | {6}|$)/.test(line))) return false;
      return outsideCode(await rows([said, message("end")], { format: "md" })).every(hasOnlyOurMarks);
    }),
    { numRuns: 600 },
  );
});

/** Lines that are not between fences, read as a Markdown reader does. */
function outsideCode(markdown: string): string[] {
  let fence = "";
  return markdown.split("\n").filter((line) => {
    const run = /^`{3,}/.exec(line)?.[0] ?? "";
    if (fence === "") fence = run;
    else if (line === run && run.length >= fence.length) {
      fence = "";
      return false;
    }
    return fence === "";
  });
}

/** Takes away what we put there, and what is escaped; no mark may be left. */
function hasOnlyOurMarks(line: string): boolean {
  const bare = line
    .replace(/\\[!-/:-@[-`{-~]/g, "")
    .replace(/<https?:\/\/[^\s<>]+>/g, "")
    .replace(/&(amp|lt|nbsp);/g, "")
    .replace(/\\$/, "")
    .replace(/^\*\*09:02 (.*?)\*\*/, "$1")
    .replace(/^\*(.*)\*$/, "$1")
    .replace(/^> /, "");
  const start = line.replace(/^> /, "");
  return !/[\\`*_[\]|~<>&$]/.test(bare) && !/^([#+=-]|\d+[.)])/.test(start);
}

t.test("8 KiB of anything takes no time worth speaking of, and nothing of it is lost", async (t) => {
  for (const piece of ["x", "```\n", "``` \n", "\n", "`", "*", "http://a.a ", "&", "  ", "```a\n```b\n"]) {
    const text = piece.repeat(Math.floor(8_192 / piece.length));
    for (const format of ["txt", "md", "json"] as const) {
      const out = await written([message(text)], { format });
      if (format === "json") t.equal(JSON.parse(out)[0].text, text);
      else t.ok(out.length < 8 * 8_192 + 500, `${JSON.stringify(piece)} as ${format}: ${out.length}`);
    }
  }
});
