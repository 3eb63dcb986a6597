/**
 * Who owns a profile's store: `<data>/<profile>/owner.json`. A lock of the kernel guards against a second core on this
 * machine; the record guards where locks do not reach (homes on NFS), and tells clients where the socket is.
 */
import { readFileSync, rmSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { join } from "node:path";
import { OWNER_LEASE_MS, OWNER_RENEW_MS, replaceFile } from "../config.js";
import { KeetError } from "../errors.js";

export interface Owner {
  readonly host: string;
  /** Of this boot of the machine; empty where the system does not say. */
  readonly boot: string;
  readonly pid: number;
  /** Clock ticks since boot at which the process began: a reused pid has another. Empty where the system does not say. */
  readonly start: string;
  readonly socket: string;
  readonly since: string;
  readonly renewedAt: string;
  readonly version: string;
  readonly wire: number;
}

/** A process, told apart from every other on any machine. */
export type ProcessName = Pick<Owner, "host" | "boot" | "pid" | "start">;

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
/** A machine of this name that started anew: its record was last renewed before that, and has not been since. */
const REBOOT_MARGIN_MS = 25_000;

export const ownerPath = (profileDir: string) => join(profileDir, "owner.json");

/** Null where there is none, or none that can be read: then nobody claims the store. */
export function readOwner(profileDir: string): Owner | null {
  let value: Partial<Owner>;
  try {
    value = JSON.parse(readFileSync(ownerPath(profileDir), "utf8"));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { host, boot, pid, start, socket, since, renewedAt, version, wire } = value;
  if (typeof host !== "string" || typeof pid !== "number" || typeof socket !== "string") return null;
  return {
    host,
    boot: String(boot ?? ""),
    pid,
    start: String(start ?? ""),
    socket,
    since: String(since ?? ""),
    renewedAt: String(renewedAt ?? ""),
    version: String(version ?? ""),
    wire: Number(wire ?? 0),
  };
}

export function writeOwner(profileDir: string, owner: Owner): void {
  replaceFile(ownerPath(profileDir), `${JSON.stringify(owner, null, 2)}\n`);
}

/** Only one's own record. */
export function removeOwner(profileDir: string, mine: ProcessName): void {
  const owner = readOwner(profileDir);
  if (owner && isSameProcess(owner, mine)) rmSync(ownerPath(profileDir), { force: true });
}

export function thisProcess(): ProcessName {
  return { host: hostname(), boot: bootId(), pid: process.pid, start: startOf(process.pid) ?? "" };
}

export function isSameProcess(a: ProcessName, b: ProcessName): boolean {
  return a.host === b.host && a.boot === b.boot && a.pid === b.pid && a.start === b.start;
}

function bootId(): string {
  try {
    return readFileSync(BOOT_ID, "utf8").trim();
  } catch {
    return "";
  }
}

/** Null where there is no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; field 22 counts from behind it. A zombie owns nothing any more.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? "");
  } catch {
    return process.platform === "linux" ? null : "";
  }
}

/** Of a process on this machine and boot. */
export function isAlive(owner: ProcessName): boolean {
  const start = startOf(owner.pid);
  if (start === null) return false;
  if (start !== "" && owner.start !== "") return start === owner.start;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export type Claim =
  | { readonly state: "free" }
  | { readonly state: "here"; readonly owner: Owner }
  | { readonly state: "elsewhere"; readonly owner: Owner }
  /** Not renewed for long by our clock; theirs may differ, so it has to be watched once before it is taken. */
  | { readonly state: "lapsed"; readonly owner: Owner };

/** What the record says, seen from this process at this time. */
export function judge(owner: Owner | null, me: ProcessName, now: number, bootedAt: number): Claim {
  if (!owner || isSameProcess(owner, me)) return { state: "free" };
  if (owner.host === me.host && owner.boot === me.boot) {
    return isAlive(owner) ? { state: "here", owner } : { state: "free" };
  }
  const renewedAt = Date.parse(owner.renewedAt);
  if (Number.isNaN(renewedAt)) return { state: "lapsed", owner };
  const age = now - renewedAt;
  if (owner.host === me.host && renewedAt < bootedAt && age > REBOOT_MARGIN_MS) return { state: "free" };
  return Math.abs(age) <= OWNER_LEASE_MS ? { state: "elsewhere", owner } : { state: "lapsed", owner };
}

export const bootedAt = () => Date.now() - uptime() * 1000;

export interface ClaimOptions {
  readonly me?: ProcessName;
  readonly now?: () => number;
  readonly watchMs?: number;
}

/**
 * Answers when the store may be opened; gives the machine it was taken over from, or null.
 * Call it under the lock, so that on this machine nobody else asks at the same time.
 * @throws STORE_LOCKED
 */
export async function claim(profileDir: string, options: ClaimOptions = {}): Promise<Owner | null> {
  const { me = thisProcess(), now = Date.now, watchMs = OWNER_RENEW_MS + 2_000 } = options;
  const first = judge(readOwner(profileDir), me, now(), bootedAt());
  if (first.state === "free") return null;
  if (first.state !== "lapsed") throw storeLocked(first.owner, first.state);
  await new Promise((done) => setTimeout(done, watchMs));
  const owner = readOwner(profileDir);
  if (owner && owner.renewedAt !== first.owner.renewedAt) throw storeLocked(owner, "elsewhere");
  return first.owner;
}

export function storeLocked(owner: Owner | null, where: "here" | "elsewhere"): KeetError {
  if (!owner) {
    return new KeetError("storage", "STORE_LOCKED", "Another process has this profile open and does not answer", {
      hint: "Wait a moment and try again, or use another --profile.",
    });
  }
  const data = { host: owner.host, pid: owner.pid, since: owner.since };
  if (where === "here") {
    return new KeetError(
      "storage",
      "STORE_LOCKED",
      `This profile is already open on this machine (process ${owner.pid}, since ${owner.since}), and it does not answer`,
      { hint: `If it hangs: kill ${owner.pid}`, data },
    );
  }
  return new KeetError("storage", "STORE_LOCKED", `This profile is open on ${owner.host} since ${owner.since}`, {
    hint: `Use it there: ssh ${owner.host} keet-tui. If that machine is off, wait a minute and try again.`,
    data,
  });
}
