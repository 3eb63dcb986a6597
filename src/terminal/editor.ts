// A text edited in the person's own editor: a file for them alone, gone again afterwards whatever happens.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeetError } from "../errors.js";
import { safeLine } from "../safe-text.js";

/** Far more than a draft may have; an editor that made this of it did something else. */
const MAX_FILE_BYTES = 1024 * 1024;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Where no variable names one, the first of these that is there. */
const USUAL = ["nano", "vi"];

export interface EditorOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/**
 * Runs the editor on the terminal this process has, and waits for its end. The terminal is to be lent before.
 * @throws NO_EDITOR, EDITOR_FAILED: then the text is as it was
 */
export async function editText(text: string, options: EditorOptions = {}): Promise<string> {
  const { env = process.env, platform = process.platform } = options;
  // Where it exists it is in memory, and for this person alone.
  const folder = mkdtempSync(join(folderFrom(env), "keet-tui-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  process.prependOnceListener("SIGTERM", remove);
  process.prependOnceListener("SIGHUP", remove);
  try {
    const path = join(folder, "message.md");
    writeFileSync(path, text === "" ? "" : `${text}\n`, { mode: 0o600, flag: "wx" });
    await runEditor(path, env, platform);
    return readBack(path);
  } finally {
    process.off("exit", remove);
    process.off("SIGTERM", remove);
    process.off("SIGHUP", remove);
    remove();
  }
}

function folderFrom({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): string {
  return runtime && statSync(runtime, { throwIfNoEntry: false })?.isDirectory() ? runtime : tmpdir();
}

async function runEditor(path: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<void> {
  const named = env.VISUAL || env.EDITOR;
  const editor = named || (await usualEditor(env, platform));
  if (editor === null) throw noEditor("No editor was found", "");
  const { code, signal } = await ended(editor, path, env, platform);
  if (code === 0) return;
  // What a shell says of a command that is not there.
  const isMissing = code === 127 || (platform === "win32" && code === 9009);
  if (isMissing) throw noEditor("Your editor is not there", `It should be ${safeLine(editor)}. `);
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  throw new KeetError("user", "EDITOR_FAILED", `The editor ${how}; the line is as it was`, {
    hint: `It was ${safeLine(editor)}`,
  });
}

function noEditor(message: string, what: string): KeetError {
  const hint = `${what}Choose one before you start keet-tui: export EDITOR=nano`;
  return new KeetError("user", "NO_EDITOR", message, { hint });
}

async function usualEditor(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string | null> {
  if (platform === "win32") return "notepad";
  for (const editor of USUAL) {
    const child = spawn("/bin/sh", ["-c", `command -v ${editor}`], { stdio: "ignore", env });
    const isThere = await new Promise<boolean>((done) => {
      child.once("error", () => done(false));
      child.once("exit", (code) => done(code === 0));
    });
    if (isThere) return editor;
  }
  return null;
}

/** By a shell, since the variable may hold options: `code --wait`. */
function ended(
  editor: string,
  path: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const child =
    platform === "win32"
      ? spawn(`${editor} "${path}"`, { shell: true, stdio: "inherit", env })
      : spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit", env });
  return new Promise((done, failed) => {
    child.once("error", (cause) => {
      failed(new KeetError("user", "EDITOR_FAILED", `${safeLine(editor)} could not be started`, { cause }));
    });
    child.once("exit", (code, signal) => done({ code, signal }));
  });
}

/** Line ends at the end are the editor's. @throws EDITOR_FAILED */
function readBack(path: string): string {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? null;
  if (bytes === null)
    throw new KeetError("user", "EDITOR_FAILED", "The editor took the text away; the line is as it was");
  if (bytes > MAX_FILE_BYTES) {
    throw new KeetError("user", "EDITOR_FAILED", "The editor left more than 1 MB; the line is as it was", {
      hint: "A message holds 8 KiB.",
    });
  }
  return readFileSync(path, "utf8").replace(/\r\n?/g, "\n").replace(CONTROLS, "").replace(/\n+$/, "");
}
