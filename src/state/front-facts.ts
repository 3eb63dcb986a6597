/** What a report of a fault says of the program itself, whatever it shows itself on: nothing that names a person. */
import { homedir } from "node:os";
import { join } from "node:path";
import { type Paths, program } from "../config.js";
import { WIRE_VERSION } from "../rpc/methods.js";
import type { Fact } from "./model.js";

type Where = Pick<Paths, "data" | "home" | "profile">;

/** @param paths null where all of it is thrown away at the end */
export function programFacts(paths: Where | null): Fact[] {
  const { node } = process.versions;
  const { rss, heapUsed } = process.memoryUsage();
  return [
    { what: "keet-tui", value: `${program().version} (wire ${WIRE_VERSION})` },
    { what: "node", value: `${node}, ${process.platform} ${process.arch}` },
    { what: "memory here", value: `${megabytes(rss)} MB, of it ${megabytes(heapUsed)} MB heap` },
    ...(paths === null ? [] : [{ what: "core's log", value: shownPath(join(paths.data, "core.log"), paths) }]),
  ];
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

/** Folders and profiles are often called after people. */
function shownPath(path: string, { home, data, profile }: Where): string {
  const inData = path.slice(data.length);
  const folder = data.slice(0, -profile.length);
  const user = homedir();
  if (home !== null) return `<home>${folder.slice(home.length)}<profile>${inData}`;
  if (folder === join(user, ".local/share/keet-tui/")) return `~/.local/share/keet-tui/<profile>${inData}`;
  return `<data>/<profile>${inData}`;
}
