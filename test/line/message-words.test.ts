import t from "tap";
import { changeWords } from "../../src/line/change-words.js";
import { messageWords, nameWord } from "../../src/line/message-words.js";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { plainText, safeName } from "../../src/safe-text.js";
import { messageView } from "../../src/state/views.js";
import { ALICE, BOB, MAYA, message, NOW, replyTo } from "../components/scripted-core.js";
import { payloads } from "../helpers/payloads.js";
import { plainFile, transfer } from "../helpers/wire.js";

process.env.TZ = "UTC";
const TEA = { room: plainText("tea"), now: NOW };

const said = (change: Partial<MessageInfo> = {}) => messageView(message(14, change), MAYA.id);
const words = (change: Partial<MessageInfo> = {}) => messageWords(said(change), TEA);

t.test("a message is one line: when, where, who, what", (t) => {
  t.equal(words({ text: "morning! the new build" }), "09:14 tea alice: morning! the new build");
  t.equal(words({ text: "pours tea", action: true }), "09:14 tea * alice pours tea");
  t.equal(words({ type: "notice", notice: "joined", text: "" }), "-- alice joined tea");
  t.equal(words({ type: "notice", notice: "topic", text: "green" }), "-- in tea: alice set the topic: green");
  t.equal(
    words({ type: "notice", notice: "renamed", text: "alice: yes" }),
    '-- in tea: alice is now called "alice: yes"',
  );
  t.equal(words({ type: "notice", notice: "renamed", text: "alice" }), "-- in tea: alice took this name");
  t.equal(words({ deleted: true, text: "" }), "09:14 tea alice: (taken back)");
  t.equal(words({ deleted: true, text: "", deletedBy: BOB }), "09:14 tea alice: (taken back by bob)");
  t.equal(words({ verified: false, text: "x" }), "09:14 tea alice, not verified: x");
  t.equal(
    words({ ...replyTo(message(2, { author: BOB, text: "works\nhere" })), text: "yes" }),
    "09:14 tea alice to bob (“works here”): yes",
  );
  t.equal(
    words({ receivedAt: "2026-11-24T10:30:00Z", text: "from the train" }),
    "09:14 tea alice (came 10:30): from the train",
  );
  t.equal(
    words({ file: plainFile("a b.tgz", 4_200_000), type: "file", text: "" }),
    "09:14 tea alice offers a b.tgz, 4.2 MB",
  );
  t.end();
});

t.test("a file is offered, and how far it is here stands with what was asked for", (t) => {
  const file = plainFile("films", 18_200_000_000, { isFolder: true, files: 3 });
  t.equal(words({ type: "file", text: "", file }), "09:14 tea alice offers films, 3 files, 18.2 GB");
  const on = transfer({ bytes: 61, of: 100, sources: 2 });
  const asked = { ...TEA, number: 3, withDetails: true };
  const coming = said({ type: "file", text: "", file: { ...file, transfer: on }, pinned: true });
  t.equal(
    messageWords(coming, asked),
    "#3 09:14 tea alice offers films, 3 files, 18.2 GB (61 % so far, 2 sources, pinned)",
  );
  const gone = { type: "file", text: "", deleted: true, deletedBy: BOB, file: { ...file, name: "" } } as const;
  t.equal(words(gone), "09:14 tea alice: (taken back by bob)");
  const answered = message(2, { author: BOB, type: "file", text: "", file: plainFile("../a b.tgz", 4) });
  t.equal(words({ ...replyTo(answered), text: "got it" }), "09:14 tea alice to bob (“↧ a b.tgz”): got it");
  t.same(changeWords(said({ type: "file", text: "", file }), said(gone), TEA), [
    "bob took back the file of alice of 09:14 in tea",
  ]);
  t.same(
    changeWords(said({ type: "file", text: "", file }), coming, TEA).map((line) => line.replace(/:.*/, "")),
    ["pinned in tea"],
    "how far it is, is not read aloud",
  );
  t.end();
});

t.test("what was asked for has its number, and what became of it", (t) => {
  const asked = { ...TEA, number: 3, withDetails: true };
  const view = said({ author: MAYA, text: "trying now", edited: true, pinned: true, state: "delivered" });
  t.equal(messageWords(view, asked), "#3 09:14 tea maya: trying now (edited, pinned, delivered)");
  const liked = said({ text: "hi", reactions: [{ emoji: "👍", by: [BOB, MAYA] }] });
  t.equal(messageWords(liked, asked), "#3 09:14 tea alice: hi [👍 you and bob]");
  const failed = said({ author: MAYA, text: "hi", state: "failed", reason: "the room stopped" });
  t.equal(messageWords(failed, asked), "#3 09:14 tea maya: hi (not sent: the room stopped)");
  t.end();
});

t.test("further lines are indented, so that none is taken for another message or a word of the program", (t) => {
  t.equal(
    words({ text: "one\n-- bob left tea\n09:15 tea bob: I left\n\n#3 last" }),
    "09:14 tea alice: one\n      -- bob left tea\n      09:15 tea bob: I left\n\n      #3 last",
  );
  const long = words({ text: Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n") });
  t.equal(long.split("\n").length, 41);
  t.match(long, /\n {6}\(60 more lines: \/show\)$/);
  t.equal(messageWords(said({ text: `${"a\n".repeat(100)}b` }), { ...TEA, isWhole: true }).split("\n").length, 101);
  t.end();
});

t.test("a name that is more than one word is in quotes, so nobody is heard as somebody else", (t) => {
  const name = (text: string) => nameWord({ name: safeName(text) });
  t.equal(name("дмитрий"), "дмитрий");
  t.equal(name("o'neill"), "o'neill");
  t.equal(name("green tea"), '"green tea"');
  t.equal(name("alice: yes"), '"alice: yes"');
  t.equal(name('bob": no "'), `"bob': no '"`);
  for (const odd of ["--", "* alice", "#3", "alice,", "(taken", "alice:"]) t.match(name(odd), /^".*"$/, odd);
  t.equal(nameWord({ name: safeName("alice"), tag: plainText("01ab") }), "alice#01ab");
  t.equal(words({ author: { ...BOB, name: "alice: I quit" }, text: "x" }), '09:14 tea "alice: I quit": x');
  t.end();
});

const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

t.test("whatever somebody writes into any field, lines begin as ours do and control nothing", (t) => {
  let count = 0;
  for (const { name, text } of payloads) {
    const hostile = `${text}\n-- bob left tea\r09:15 tea bob: x`;
    const one = {
      text: hostile,
      author: { ...BOB, name: hostile },
      reactions: [{ emoji: text, by: [{ ...ALICE, name: hostile }] }],
      ...replyTo(message(2, { author: { ...ALICE, name: hostile }, text: hostile })),
    };
    const view = said(one);
    const notice = said({ ...one, type: "notice", notice: "role", about: { ...ALICE, name: hostile } });
    const room = safeName(hostile);
    const facts = { room, now: NOW, number: 1, withDetails: true };
    const all = [
      messageWords(view, facts),
      messageWords(notice, facts),
      ...changeWords(said({ ...one, text: "before", author: MAYA, mine: true }), said({ ...one, mine: true }), facts),
    ];
    for (const line of all.flatMap((words) => words.split("\n").slice(1))) {
      t.ok(line === "" || line.startsWith("      "), `${name}: ${JSON.stringify(line)}`);
    }
    for (const words of all) {
      count += 1;
      t.notMatch(words, CONTROL, name);
    }
    t.match(messageWords(view, facts), /^#1 09:14 /, name);
    t.match(messageWords(notice, facts), /^-- in /, name);
  }
  t.ok(count > 3 * payloads.length - 1, `${count} looked at`);
  t.end();
});

t.test("what becomes of a message is one line each", (t) => {
  const changes = (before: Partial<MessageInfo>, after: Partial<MessageInfo>) =>
    changeWords(said(before), said(after), TEA);
  t.same(changes({ text: "a" }, { text: "b\nc" }), ["alice edited a message of 09:14 in tea: b\n      c"]);
  t.same(changes({}, { deleted: true, text: "" }), ["alice took back a message of 09:14 in tea"]);
  t.same(changes({}, { deleted: true, deletedBy: BOB }), ["bob took back the message of alice of 09:14 in tea"]);
  t.same(changes({ deleted: true }, { deleted: true, pinned: true }), []);
  t.same(changes({ text: "x" }, { text: "x", pinned: true }), ["pinned in tea: alice, 09:14: “x”"]);
  t.same(changes({ text: "x" }, { text: "x", verified: false }), [
    "the message of 09:14 in tea did not come from alice as claimed; /verify says why",
  ]);
  const by = (...people: (typeof BOB)[]) => ({ text: "x", reactions: [{ emoji: "👍", by: people }] });
  t.same(changes({ text: "x" }, by(BOB)), [], "what others think of what others wrote is not told");
  t.same(changes(by(BOB), by(BOB, MAYA)), ["you reacted 👍 to the message of alice of 09:14: “x”"]);
  t.same(changes(by(BOB, MAYA), by(BOB)), ["you took back 👍 from the message of alice of 09:14: “x”"]);
  t.same(changes({ author: MAYA, ...by(BOB) }, { author: MAYA, ...by(BOB, ALICE) }), [
    "alice reacted 👍 to your message of 09:14: “x”",
  ]);
  t.same(changes({ author: MAYA, text: "x" }, { author: MAYA, ...by(BOB, ALICE, MAYA) }), [
    "you reacted 👍 to your message of 09:14: “x”",
    "bob and alice reacted 👍 to your message of 09:14: “x”",
  ]);
  t.end();
});
