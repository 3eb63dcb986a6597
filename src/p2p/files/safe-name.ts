/**
 * What others call a file, made a name that is harmless on Linux, macOS and Windows. The same name is shown and
 * written, so nobody reads one thing and gets another.
 */
import { KeetError } from "../../errors.js";
import { safeLine } from "../../safe-text.js";

/** Of UTF-8; what most file systems allow a name. */
export const MAX_NAME_BYTES = 255;
export const MAX_PATH_BYTES = 1024;
export const MAX_DEPTH = 32;
/** Of what a peer sends not even looked at beyond this, in UTF-16 units. */
const MAX_RAW_LENGTH = 4096;
/** Cleaning one part can bring forth another; hostile names settle after three rounds. */
const MAX_ROUNDS = 8;
const NOTHING_LEFT = "file";

const SEPARATORS = /[/\\]+/;
/** Windows takes them for drives, streams and patterns. */
const FORBIDDEN = /[/\\:*?"<>|]/g;
// The braille blank is no space to Unicode, and is as good as none to the eye.
const LEADING_BLANKS = /^[\s\u2800]+/u;
const TRAILING_BLANKS_AND_DOTS = /[\s\u2800.]+$/u;
/** Hidden, an option of a command, somebody's home. */
const LEADING_SIGN = /^[.\-~]/;
/** Windows opens the device whatever the ending is. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[\s\u2800]*(?=\.|$)/iu;
const ENDING = /(?:\.tar)?\.[\p{L}\p{N}_-]{1,16}$/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Of one file or folder, never a path. Total, and the same again for its own results. */
export function safeName(name: string): string {
  const raw = name.replace(/[/\\]+$/, "");
  let safe = raw.slice(Math.max(raw.lastIndexOf("/"), raw.lastIndexOf("\\")) + 1).slice(0, MAX_RAW_LENGTH);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = cleaned(safe);
    if (next === safe) return safe;
    safe = next;
  }
  return NOTHING_LEFT;
}

function cleaned(name: string): string {
  const text = safeLine(name.normalize("NFC"))
    .normalize("NFC")
    .replace(FORBIDDEN, "_")
    .replace(LEADING_BLANKS, "")
    .replace(TRAILING_BLANKS_AND_DOTS, "")
    .replace(LEADING_SIGN, "_")
    .replace(DEVICE, "_$&");
  return text === "" ? NOTHING_LEFT : withEnd(text, "", MAX_NAME_BYTES);
}

/**
 * Of a file inside a shared folder, with `/` between.
 * @throws KeetError `BAD_SHARE` where it is deeper or longer than any we take
 */
export function safePath(path: string): string {
  return checkPath(segmentsOf(path).map(safeName));
}

function segmentsOf(path: string): string[] {
  if (path.length > MAX_RAW_LENGTH) throw badPath(path);
  const segments = path.split(SEPARATORS).filter((segment) => !/^\.{0,2}$/.test(segment));
  return segments.length === 0 ? [NOTHING_LEFT] : segments;
}

function checkPath(segments: readonly string[]): string {
  const path = segments.join("/");
  if (segments.length > MAX_DEPTH || Buffer.byteLength(path) > MAX_PATH_BYTES) throw badPath(path);
  return path;
}

function badPath(path: string): KeetError {
  return new KeetError("peer", "BAD_SHARE", `A file lies too deep in it: ${safeLine(path, { maxLength: 80 })}`, {
    hint: `Folders may be nested ${MAX_DEPTH} deep, with ${MAX_PATH_BYTES} bytes of names; ask for an archive instead.`,
  });
}

/** A folder of a share while names are given out. */
interface Branch {
  /** By the name its maker gave it. */
  readonly folders: Map<string, { readonly name: string; readonly branch: Branch }>;
  /** Folded names that are taken; where to go on counting for each. */
  readonly taken: Map<string, number>;
}

/**
 * Safe paths, in the same order, that stay apart also where a disk does not tell upper from lower case or one
 * spelling of an accent from another.
 * @throws KeetError `BAD_SHARE`
 */
export function uniquePaths(paths: readonly string[]): string[] {
  const root = emptyBranch();
  return paths.map((path) => {
    const folders = segmentsOf(path);
    const file = folders.pop()!;
    if (folders.length >= MAX_DEPTH) throw badPath(path);
    const names: string[] = [];
    let branch = root;
    for (const folder of folders) {
      const known = branch.folders.get(folder) ?? newFolder(branch, folder);
      names.push(known.name);
      branch = known.branch;
    }
    return checkPath([...names, freeName(branch, safeName(file), false)]);
  });
}

function emptyBranch(): Branch {
  return { folders: new Map(), taken: new Map() };
}

function newFolder(branch: Branch, rawName: string): { name: string; branch: Branch } {
  const made = { name: freeName(branch, safeName(rawName), true), branch: emptyBranch() };
  branch.folders.set(rawName, made);
  return made;
}

function freeName(branch: Branch, name: string, isFolder: boolean): string {
  const wanted = folded(name);
  const next = branch.taken.get(wanted);
  if (next === undefined) {
    branch.taken.set(wanted, 1);
    return name;
  }
  for (let number = next; ; number += 1) {
    const other = numberedName(name, number, isFolder);
    if (branch.taken.has(folded(other))) continue;
    branch.taken.set(wanted, number + 1);
    branch.taken.set(folded(other), 1);
    return other;
  }
}

/** Two names with one result may be one file to some disk. */
function folded(name: string): string {
  return name.normalize("NFD").toLowerCase().toUpperCase().normalize("NFC");
}

/** `name (1).txt`; of a folder `name.d (1)`. For 0 the name as it is. */
export function numberedName(name: string, number: number, isFolder: boolean): string {
  if (number === 0) return name;
  const ending = isFolder ? "" : endingOf(name);
  const stem = name.slice(0, name.length - ending.length);
  return withEnd(stem, ` (${number})${ending}`, MAX_NAME_BYTES);
}

function endingOf(name: string): string {
  const ending = ENDING.exec(name)?.[0] ?? "";
  return ending === name ? "" : ending;
}

/** Cut between characters as people see them, so that stem and end have so many bytes at most; endings are kept. */
function withEnd(stem: string, end: string, maxBytes: number): string {
  if (Buffer.byteLength(stem) + Buffer.byteLength(end) <= maxBytes) return stem + end;
  if (end === "") {
    const ending = endingOf(stem);
    if (ending !== "") return withEnd(stem.slice(0, stem.length - ending.length), ending, maxBytes);
  }
  let room = maxBytes - Buffer.byteLength(end);
  let kept = "";
  for (const { segment } of graphemes.segment(stem)) {
    room -= Buffer.byteLength(segment);
    if (room < 0) break;
    kept += segment;
  }
  return (kept === "" ? NOTHING_LEFT : kept) + end;
}
