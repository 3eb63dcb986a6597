// Voice notes lie in the profile's folder for their shares alone, and go with them; nothing else that is shared does.
import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { voiceNotesFolder } from "../../../src/config.js";
import type { KeptShare } from "../../../src/p2p/files/ledger.js";
import { removeLeftNotes, removeOwnNote } from "../../../src/p2p/files/own-notes.js";
import { hex } from "../../../src/p2p/hex.js";
import { type Person, people } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

const NAME = "0123456789abcdef";

function note(profile: string, name = NAME, ageMs = 0): string {
  const path = join(voiceNotesFolder(profile), name, "voice-2026-12-01-1432.opus");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "OggS");
  const at = (Date.now() - ageMs) / 1000;
  utimesSync(dirname(path), at, at);
  return path;
}

t.test("one that is shared no more is gone, and everybody else's copy stays", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const path = note(ann.profile);
  const plain = ann.write("talk.opus", Buffer.from("OggS"));
  const sent = await ann.files.share(ann.mate.member, [path], 7_120);
  const file = await ann.files.share(ann.mate.member, [plain]);
  t.match(sent.message.file, { name: "voice-2026-12-01-1432.opus", durationMs: 7_120 });
  t.equal(file.message.file?.durationMs, null, "an ordinary file stays one");
  await bob.get(sent.message.id);
  await bob.here(sent.message.id);
  const copy = bob.state(sent.message.id)!.path!;
  await ann.mate.member.unshare({ writer: sent.message.writer, id: sent.message.id });
  await until(() => !existsSync(dirname(path)));
  t.ok(existsSync(copy));
  await ann.files.drop(hex(file.message.id));
  t.ok(existsSync(plain), "a file of theirs is theirs");
});

t.test("only what was recorded here is removed, and not while another share has it", async (t) => {
  const profile = t.testdir({});
  const path = note(profile);
  const share = (change: Partial<KeptShare>) => ({ ours: true, path, ...change }) as KeptShare;
  const stays: [string, KeptShare, readonly KeptShare[]][] = [
    ["somebody else's", share({ ours: false }), []],
    ["shared twice", share({}), [share({})]],
    ["not in a folder of its own", share({ path: join(voiceNotesFolder(profile), "x.opus") }), []],
    ["being recorded", share({ path: join(voiceNotesFolder(profile), "recording-1-h-00000000", "x.opus") }), []],
    ["elsewhere", share({ path: join(profile, NAME, "x.opus") }), []],
  ];
  for (const [what, kept, others] of stays) {
    if (kept.path !== path) {
      mkdirSync(dirname(kept.path!), { recursive: true });
      writeFileSync(kept.path!, "");
    }
    await removeOwnNote(profile, kept, others);
    t.ok(existsSync(kept.path!), what);
  }
  await removeOwnNote(profile, share({}), []);
  t.notOk(existsSync(dirname(path)));
});

t.test("what nothing shares and nobody is handing over is removed at the start, also behind a link", async (t) => {
  const real = join(t.testdir({ real: {} }), "real");
  const profile = join(dirname(real), "link");
  symlinkSync(real, profile);
  const hour = 3_600_000;
  const [left, fresh, shared, recording] = [
    note(real, "00000000000000aa", 2 * hour),
    note(real, "00000000000000bb", hour / 2),
    note(real, "00000000000000cc", 2 * hour),
    note(real, "recording-1-h-00000000", 2 * hour),
  ];
  await removeLeftNotes(profile, [{ path: shared } as KeptShare, { path: null } as KeptShare]);
  t.same(
    [left, fresh, shared, recording].map((path) => existsSync(path)),
    [false, true, true, true],
  );
  await removeLeftNotes(join(profile, "nowhere"), []);
});
