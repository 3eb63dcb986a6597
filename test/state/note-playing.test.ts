// A voice note that is played: one at a time, never beside a call, and its row tells how far it is.
import { join } from "node:path";
import t, { type Test } from "tap";
import { KeetError } from "../../src/errors.js";
import type { FileInfo } from "../../src/rpc/methods.js";
import { Actions } from "../../src/state/actions.js";
import type { MessageView } from "../../src/state/model.js";
import { Session } from "../../src/state/session.js";
import { ALICE, message, NOW, room, ScriptedCore } from "../components/scripted-core.js";
import { ScriptedSound } from "../components/scripted-sound.js";
import { HandClock } from "../helpers/hand-clock.js";
import { until } from "../helpers/program.js";
import { plainFile, transfer } from "../helpers/wire.js";

const BYTES = Buffer.from("OggS and what comes behind it ".repeat(2_000));

const noteOf = (change: Partial<FileInfo> = {}) =>
  plainFile("voice.opus", BYTES.length, { duration: 7_120, ...change });

async function open(t: Test, files: readonly FileInfo[] = [noteOf()]) {
  const path = join(t.testdir({ "voice.opus": BYTES }), "voice.opus");
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  core.messages.set(
    "tea",
    files.map((file, at) => message(at, { type: "file", text: "", file, author: ALICE })),
  );
  core.answers["file.read"] = ({ offset }) => ({ path, bytes: Math.min(20_000, BYTES.length - Number(offset)) });
  const sound = new ScriptedSound(core);
  const clock = new HandClock();
  const session = new Session({ connect: () => core.connect(), now: () => NOW });
  const after = (ms: number, act: () => void) => clock.after(ms, act);
  const actions = new Actions({ session, sound, after, room: () => "tea", selected: () => null });
  t.teardown(() => session.close());
  await session.start();
  const tea = session.room("tea");
  await tea.open(0);
  const row = (at = 0) => tea.timeline.getSnapshot().messages[at] as MessageView;
  const asked = (method: string) => core.asked.filter((one) => one.method === method);
  return { core, sound, clock, session, actions, playing: actions.playing, row, asked };
}

t.test("its row tells how far it is, until its end", async (t) => {
  const { playing, row, sound, clock } = await open(t);
  t.equal(await playing.toggle(row()), "plays");
  t.match(row().file?.playing, { playedMs: 3_200, isPaused: false, isWaiting: false, trouble: null });
  const before = row();
  clock.pass(1_000);
  t.equal(row(), before, "where nothing changed it is the very same row");
  sound.playing = { ...sound.playing, playedMs: 4_000 };
  clock.pass(250);
  t.match(row().file?.playing, { playedMs: 4_000 });
  sound.endNote();
  await until(() => playing.now.getSnapshot() === null);
  t.equal(row().file?.playing, null);
  t.same(sound.did, ["close"]);
});

t.test("the same again pauses it and lets it go on; another one takes its place", async (t) => {
  const { playing, row, sound } = await open(t, [noteOf(), noteOf()]);
  await playing.toggle(row());
  t.equal(await playing.toggle(row()), "paused");
  t.match(row().file?.playing, { isPaused: true });
  t.equal(await playing.toggle(row()), "goes-on");
  await playing.toggle(row(1));
  t.same(sound.did, ["pause true", "pause false", "close"]);
  t.equal(row().file?.playing, null);
  t.match(row(1).file?.playing, { isPaused: false });
  t.equal(await playing.stop(), true);
  t.equal(await playing.stop(), false);
});

t.test("what is not here is fetched, and read in order as it comes", async (t) => {
  const { playing, row, sound, asked } = await open(t);
  await playing.toggle(row());
  t.match(asked("file.get"), [{ params: { room: "tea", id: row().id, writer: row().writer } }]);
  const { bytes } = sound.played[0]!;
  const got: Uint8Array[] = [];
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) got.push(next.value);
  t.same(Buffer.concat(got), BYTES);
  t.ok(
    got.every((part) => part.length <= 16_384),
    "no more at a time than is of use",
  );
  t.same(
    asked("file.read").map(({ params }) => params.offset),
    [0, 20_000, 40_000],
  );
});

t.test("one that is here is not fetched again", async (t) => {
  const here = transfer({ state: "here", bytes: BYTES.length, of: BYTES.length, path: "/x" });
  const { playing, row, asked } = await open(t, [noteOf({ transfer: here })]);
  await playing.toggle(row());
  t.same(asked("file.get"), []);
});

t.test("a call that begins stops it, and in a call none is played", async (t) => {
  const { playing, row, actions, sound, session } = await open(t);
  await playing.toggle(row());
  await actions.calls.start(session.roomView("tea")!);
  t.equal(playing.now.getSnapshot(), null);
  await t.rejects(playing.toggle(row()), { code: "IN_A_CALL", hint: /\/hangup/ });
  t.equal(sound.played.length, 1);
});

t.test("so does a voice note that one begins to record", async (t) => {
  const { playing, row, actions, session } = await open(t);
  await playing.toggle(row());
  await actions.voice.begin(session.roomView("tea")!);
  t.equal(playing.now.getSnapshot(), null);
});

t.test("only a voice note is played: by its name and by what is said of it", async (t) => {
  const { playing, row, sound } = await open(t, [
    noteOf({ duration: null }),
    noteOf({ name: "talk.mp3" }),
    noteOf({ duration: 0 }),
  ]);
  for (const at of [0, 1, 2]) await t.rejects(playing.toggle(row(at)), { code: "NOT_A_VOICE_NOTE", hint: /\/open/ });
  t.equal(sound.played.length, 0);
});

t.test("what goes wrong is said, and the row is as before", async (t) => {
  const { playing, row, sound, session } = await open(t);
  sound.refusal = new KeetError("device", "FFMPEG_MISSING", "There is no ffmpeg here", { hint: "Install one" });
  await t.rejects(playing.toggle(row()), { code: "FFMPEG_MISSING" });
  t.equal(row().file?.playing, null);
  sound.refusal = null;
  await playing.toggle(row());
  sound.endNote(new KeetError("peer", "NOT_A_VOICE_NOTE", "There is no sound in it that can be played here"));
  await until(() => session.notice.getSnapshot() !== null);
  t.match(session.notice.getSnapshot(), { text: "There is no sound in it that can be played here" });
  t.equal(row().file?.playing, null);
});

t.test("a row that is told anew goes on telling how far it is", async (t) => {
  const { playing, row, core } = await open(t);
  await playing.toggle(row());
  const pinned = { ...core.messages.get("tea")![0]!, pinned: true };
  core.tell({ type: "changed", room: "tea", messages: [pinned] });
  await until(() => row().pinned);
  t.match(row().file?.playing, { playedMs: 3_200 });
});
