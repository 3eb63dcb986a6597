// The table is read: each command is tried in lines, as a person types it and in a script, and none says nothing.
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { COMMANDS } from "../../src/commands/index.js";
import { LINE_TABLE, OWN_COMMANDS } from "../../src/line/commands.js";
import { teaCore } from "../commands/tea-core.js";
import { ALICE, MAYA } from "../components/scripted-core.js";
import { person, ScriptedSound } from "../components/scripted-sound.js";
import { plainFile, transfer } from "../helpers/wire.js";
import { openLines } from "./open-lines.js";

process.env.TZ = "UTC";

interface Try {
  /** Of what is said, on either output. */
  readonly says: RegExp;
  /** Where it is otherwise in a script. */
  readonly inScript?: RegExp;
  /** The program ends, and need not say anything. */
  readonly ends?: true;
}

const NOBODY = /^line 1: Nobody can be asked here: .* \/yes \//m;

const TRIES: Readonly<Record<string, Try>> = {
  "/create oolong": { says: /^-- in oolong: 3 here|^-- in oolong: only you/m },
  "/join keet-tui://join/abc": { says: /^-- in joined: /m },
  "/invite": { says: /^-- Invite to tea, for 1 person and 24 h\. .*\nkeet-tui:\/\/join\/[a-z]+$/m },
  "/invites": { says: /No link into this room is open\. \/invite makes one\./ },
  "/revoke invite0": { says: /That link admits nobody any more/ },
  "/room": { says: /^-- About tea\n {3}kind: a room for any number of people/m },
  "/room rights": { says: /^ {3}post: write: everybody/m },
  "/room renew": { says: /Go on in a new room\?.* y or n$/m, inScript: NOBODY },
  "/rename black tea": { says: /This room is called black tea now/ },
  "/topic": { says: /Topic: leaves/ },
  "/leave": { says: /^-- Leave tea\? It is forgotten on this device\. y or n$/m, inScript: NOBODY },
  "/list": { says: /^-- Rooms: 3\n {3}tea: you are here \(leaves\)\n {3}zoe: wants to talk to you/m },
  "/go": { says: /^-- Rooms: 3/ },
  "/go alice": { says: /^-- in alice: here/ },
  "/msg alice": { says: /^-- in alice: / },
  "/accept": { says: /You and zoe can talk here/ },
  "/decline": { says: /You declined to talk to zoe/ },
  "/mute": { says: /tea is muted for good/ },
  "/unmute": { says: /tea is not muted any more/ },
  "/archive": { says: /tea is out of the list/ },
  "/favourite": { says: /tea is a favourite/ },
  "/unread": { says: /tea is marked as unread/ },
  "/nick mia": { says: /People see you as mia now/ },
  "/who": { says: /^ {3}alice: moderator/m },
  "/whois bob": { says: /^-- About bob\n/m },
  "/role": { says: /^-- Roles in tea/m },
  "/remove bob": { says: /Remove bob\? y or n$/m, inScript: /^line 1: Nobody can be asked here: Remove bob\?/m },
  "/block": { says: /^-- Whom you blocked/m },
  "/unblock zoe": { says: /You see what zoe writes again/ },
  "/verify": { says: /^-- Who wrote this\?/m },
  "/identity": { says: /^ {3}fingerprint: ab12/m },
  "/identity words": { says: /^ {3}1 word1, 2 word2, 3 word3, 4 word4$/m },
  "/me pours tea": { says: /^12:04 tea \* maya pours tea$/m },
  "/reply yes": {
    says: /^-- sent in answer to alice: “morning”$/m,
    inScript: /^12:04 tea maya to alice \(“morning”\): yes$/m,
  },
  "/reply": { says: /^-- the next line answers alice “morning”/m, inScript: /^line 1: \/reply needs the answer/m },
  "/edit hello again": { says: /^-- you edited a message of 09:03 in tea: hello again$/m },
  "/edit": {
    says: /^-- the text now: hello\n-- the next line is the new text/m,
    inScript: /\/edit needs the new text/,
  },
  "/delete": { says: /^#1 09:03 tea maya: hello.*\n-- Take it back for everyone\?.* y or n$/m, inScript: NOBODY },
  "/react 👍": { says: /^-- you reacted 👍 to the message of alice of 09:02: “morning”$/m },
  "/react": { says: /^-- the next line is the reaction to alice/m, inScript: /\/react needs an emoji/ },
  "/pin": { says: /^-- pinned in tea: maya, 09:03: “hello”$/m },
  "/unpin": { says: /Nothing is pinned here\. \/pin pins a message\./ },
  "/pins": { says: /nothing is pinned in tea/ },
  "/forward alice": { says: /Forwarded to alice/ },
  "/search morning": { says: /^#1 09:02 tea alice: morning\n-- found: morning\. That is all\.$/m },
  "/copy": { says: /^-- copied$/m },
  [`/export txt ${join(tmpdir(), "no such folder", "x.txt")}`]: { says: /was not written: there is no such folder/ },
  "/send /etc/hosts": { says: /^-- Sharing hosts, 3 KB\./m },
  "/get leaves.png": { says: /^-- Getting leaves.png, 812 KB\. Into /m },
  "/files": {
    says: /^-- Files in tea: 2\n {3}1 here.txt, 10 bytes, from alice: here · 1 source, \/home\/maya\/here.txt\n {3}2 leaves.png/m,
  },
  "/cancel leaves.png": { says: /leaves.png is neither on its way nor here/ },
  "/open": { says: /^-- Open here.txt\? \/home\/maya\/here.txt · From alice; .* y or n$/m, inScript: NOBODY },
  "/voice": { says: /Recording a voice note\. An empty line sends it, \/voice drop drops it/ },
  "/voice drop": { says: /No voice note is being recorded/ },
  "/play": { says: /There is no voice note in this room yet/ },
  "/call": { says: /You are in the call of tea\. Your microphone is open/ },
  "/hangup": { says: /You are in no call\. \/call begins one/ },
  "/mic": { says: /Your microphone is auto, and closed/ },
  "/mic off": { says: /You are in no call/ },
  "/mic usb headset": { says: /No microphone is called usb headset\. There are: Built-in, USB headset/ },
  "/speaker": { says: /Your speaker is auto/ },
  "/devices": { says: /^ {3}microphone: Built-in · used\n {3}USB headset$/m },
  "/volume alice 50": { says: /You are in no call/ },
  "/ptt on": { says: /On the full screen you are heard only while you hold Alt-V/ },
  "/network": { says: /^ {3}state: people anywhere can be found$/m },
  "/doctor": { says: /^ {3}core: !! nobody answers$/m },
  "/demo": { says: /^-- Starting the echo friend/m },
  "/keys": { says: /^ {3}Ctrl-R: /m },
  "/help": { says: /^ {3}\/reply \[#number\] \[text\]: /m },
  "/help delete": { says: /^-- \/delete \[#number\]\n {3}Take the message named by its number back/m },
  "/help writing": { says: /^-- Writing\n {3}A line is sent/m },
  "/help selecting": { says: /^ {3}\/reply \[#number\] \[text\]: /m },
  "/help rooms": { says: /^ {3}\/create <name>: Make a room/m },
  "/help keys": { says: /^ {3}Ctrl-R: /m },
  "/set": { says: /^-- Settings\n {3}theme: auto/m },
  "/set bell off": { says: /bell is off until you quit/ },
  "/debug": { says: /^ {3}lengths: rows: 42, view: 50, signed: 48, own: 7$/m },
  "/debug copy": { says: /^-- copied$/m },
  "/log": { says: /^-- Log\n/m },
  "/undo": { says: /Nothing was taken back within the last [05] s/ },
  "/retry": { says: /Nothing failed here\. What only waits goes out by itself\.$/m },
  "/clear": { says: /nothing to clear: what was written in lines stays/ },
  "/bare": { says: /the talk is bare lines here already/ },
  "/editor": { says: /Your editor cannot be opened from lines\. \/paste takes several lines/ },
  "/yes /delete": { says: /^-- you took back a message of 09:03 in tea$/m },
  "/detach": { says: /^/, ends: true },
  "/quit": { says: /^/, ends: true },
  "/last": { says: /^#3 09:02 tea alice: morning\n#4 09:03 tea maya: hello \(delivered\)$/m },
  "/show": { says: /^#1 09:03 tea maya: hello \(delivered\)$/m },
  "/typing": { says: /nobody is typing/ },
  "/paste": { says: /every line is part of the message now/, inScript: /has no end, so it was not sent/ },
  "/yes /leave": { says: /You left tea/ },
};

function coreOf() {
  const core = teaCore();
  const here = transfer({ state: "here", bytes: 10, of: 10, path: "/home/maya/here.txt" });
  core.say("tea", "", { author: ALICE, type: "file", file: plainFile("leaves.png", 812_000) });
  core.say("tea", "", { author: ALICE, type: "file", file: plainFile("here.txt", 10, { transfer: here }) });
  core.say("tea", "morning", { author: ALICE });
  core.say("tea", "hello", { author: MAYA, mine: true, state: "delivered" });
  core.answers["message.verify"] = () => ({
    id: "1",
    verified: true,
    author: ALICE,
    fingerprint: "ab12",
    steps: [{ what: "message", ok: true, detail: "signed" }],
  });
  core.answers["room.revoke"] = () => ({
    ...{ id: "invite0", link: null, by: MAYA, uses: 1, used: 0, state: "revoked" as const },
    expiresAt: "2026-11-25T12:00:00Z",
  });
  return core;
}

async function* doctor() {
  yield { what: "core", ok: false, detail: "nobody answers" };
}

async function open(t: Test, isTyped: boolean) {
  const sound = new ScriptedSound();
  sound.people = [person(ALICE)];
  const lines = openLines(t, coreOf(), { isTyped, startDemo: async () => "keet-tui://join/demo", doctor, sound });
  if (isTyped) await lines.waitFor("-- in tea");
  return lines;
}

t.test("every command of the table is tried", (t) => {
  const tried = new Set(Object.keys(TRIES).map((line) => line.split(" ")[0]!.slice(1)));
  t.same([...tried].sort(), [...COMMANDS, ...OWN_COMMANDS].map(({ name }) => name).sort());
  const names = LINE_TABLE.all.flatMap((command) => [command.name, ...(command.aliases ?? [])]);
  t.equal(names.length, new Set(names).size, "and none takes the name of another");
  t.end();
});

for (const [line, { says, ends }] of Object.entries(TRIES)) {
  t.test(`typed: ${line}`, async (t) => {
    const lines = await open(t, true);
    if (ends) {
      lines.type(line);
      t.equal(await lines.ended, 0);
      return;
    }
    t.match((await lines.say(line)).join("\n"), says);
  });
}

// In a script one line more says where it is to be, and that is the first.
for (const [line, { says, inScript = says, ends }] of Object.entries(TRIES)) {
  t.test(`in a script: ${line}`, async (t) => {
    const lines = await open(t, false);
    await lines.say("/go tea");
    const before = [lines.out().length, lines.refused().length] as const;
    lines.type(line);
    if (!ends) lines.close();
    await lines.ended;
    const said = [...lines.out().slice(before[0]), ...lines.refused().slice(before[1])].join("\n");
    t.match(said.replace(/^line 2: /gm, "line 1: "), inScript);
    if (!ends) t.not(said, "", "none says nothing");
  });
}
