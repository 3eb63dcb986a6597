/** Whether this system may end a core when its user logs out. */
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** Where logind looks after sessions and this user has not asked it to let things live on: a sentence; else null. */
export function lingerWarning(): string | null {
  if (process.platform !== "linux" || !existsSync("/run/systemd/system")) return null;
  try {
    if (existsSync(join("/var/lib/systemd/linger", userInfo().username))) return null;
  } catch {
    return null;
  }
  return "This system may end it when you log out. To keep it: loginctl enable-linger";
}
