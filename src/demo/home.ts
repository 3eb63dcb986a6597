/** The temporary home of a throw-away profile. */
import { rmSync } from "node:fs";
import { basename } from "node:path";

/** What such homes are called; nothing else is ever taken away. */
export const HOME_PREFIX = "keet-tui-demo-";

export function removeHome(home: string | null): void {
  if (home === null || !basename(home).startsWith(HOME_PREFIX)) return;
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}
