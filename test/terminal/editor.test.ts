import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { editText } from "../../src/terminal/editor.js";

const POSIX = { skip: process.platform === "win32" && "needs sh" };

/** An editor that is a shell script; `$1` is the file. */
function editorOf(t: Test, script: string): { env: NodeJS.ProcessEnv; folder: string; runtime: string } {
  const folder = t.testdir({ runtime: {} });
  const path = join(folder, "editor with a space");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  const runtime = join(folder, "runtime");
  return { env: { ...process.env, VISUAL: "", EDITOR: `'${path}'`, XDG_RUNTIME_DIR: runtime }, folder, runtime };
}

t.test(
  "the text goes there and comes back, by a file for its owner alone that is gone afterwards",
  POSIX,
  async (t) => {
    const { env, folder, runtime } = editorOf(
      t,
      'd=$(dirname "$0"); stat -c %a "$1" "$(dirname "$1")" > "$d/modes"; cat "$1" > "$d/came"; printf "one\\r\\ntwo 👍\\n\\n" > "$1"',
    );
    t.equal(
      await editText("half a thought\n  with spaces  ", { env }),
      "one\ntwo 👍",
      "without the editor's line ends",
    );
    t.equal(readFileSync(join(folder, "modes"), "utf8"), "600\n700\n");
    t.equal(readFileSync(join(folder, "came"), "utf8"), "half a thought\n  with spaces  \n");
    t.same(readdirSync(runtime), [], "nothing is left");
  },
);

t.test("options behind the name of the editor, and VISUAL before EDITOR", POSIX, async (t) => {
  const { env } = editorOf(t, 'printf "%s" "$2" > "$3"');
  t.equal(await editText("x", { env: { ...env, VISUAL: `${env.EDITOR} --wait --mild` } }), "--mild");
});

t.test("controls that an editor leaves are not typed", POSIX, async (t) => {
  const { env } = editorOf(t, 'printf "a\\033[2Jb\\000c\\td\\n" > "$1"');
  t.equal(await editText("x", { env }), "a[2Jbc\td");
});

t.test("what goes wrong is said, and leaves nothing behind", POSIX, async (t) => {
  for (const [script, code, words] of [
    ["exit 3", "EDITOR_FAILED", /ended with code 3; the line is as it was/],
    ["kill -TERM $$", "EDITOR_FAILED", /code 143|SIGTERM/],
    ['rm "$1"', "EDITOR_FAILED", /took the text away/],
    ['head -c 2000000 /dev/zero > "$1"', "EDITOR_FAILED", /more than 1 MB/],
  ] as const) {
    const { env, runtime } = editorOf(t, script);
    await t.rejects(editText("x", { env }), { code, message: words }, script);
    t.same(readdirSync(runtime), []);
  }
});

t.test("an editor that is not there is named, with how to choose one", POSIX, async (t) => {
  const { env } = editorOf(t, "");
  await t.rejects(editText("x", { env: { ...env, EDITOR: "no-such-editor" } }), {
    code: "NO_EDITOR",
    message: "Your editor is not there",
    hint: /It should be no-such-editor\. .*export EDITOR=nano/,
  });
  await t.rejects(editText("x", { env: { ...env, EDITOR: "", PATH: "/nowhere" } }), { message: "No editor was found" });
});

t.test("where none is named, the first usual one that is there", POSIX, async (t) => {
  const { env, folder } = editorOf(t, "");
  writeFileSync(join(folder, "vi"), '#!/bin/sh\nprintf "by vi" > "$1"\n', { mode: 0o700 });
  t.equal(await editText("x", { env: { ...env, EDITOR: "", PATH: folder } }), "by vi");
});
