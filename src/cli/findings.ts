/** What is there, and what stands in the way: looks only, starts and changes nothing. */
import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { openFault, type Paths, program } from "../config.js";
import { findCore } from "../daemon/ensure.js";
import { lingerWarning } from "../daemon/linger.js";
import { readOwner } from "../daemon/owner.js";
import type { RpcClient } from "../rpc/client.js";
import { WIRE_VERSION } from "../rpc/methods.js";
import type { Finding } from "../state/model.js";
import { optionKeyAdvice } from "./option-key.js";
import { soundFindings } from "./sound-findings.js";

/** Each as its check ends. */
export async function* findings(paths: Paths): AsyncGenerator<Finding> {
  yield versions();
  yield* optionKey();
  yield* folders(paths);
  yield* core(paths);
  yield* interfaces();
  yield* soundFindings();
}

function versions(): Finding {
  const { node } = process.versions;
  return {
    what: "versions",
    ok: true,
    detail: `keet-tui ${program().version} (wire ${WIRE_VERSION}), Node ${node}, ${process.platform} ${process.arch}`,
  };
}

function optionKey(): Finding[] {
  const detail = optionKeyAdvice(process.platform, process.env);
  return detail === null ? [] : [{ what: "keys", ok: true, detail }];
}

function folders(paths: Paths): Finding[] {
  const places = [
    { what: "data folder", path: paths.data },
    { what: "store", path: join(paths.data, "store") },
    { what: "identity", path: join(paths.data, "identity") },
    { what: "log", path: join(paths.data, "core.log") },
  ];
  return places.map(({ what, path }) => {
    if (!existsSync(path)) return { what, ok: true, detail: `${path}: not there yet` };
    const fault = openFault(statSync(path));
    return { what, ok: fault === null, detail: fault ? `${path} ${fault.what}; ${fault.mend ?? ""} mends it` : path };
  });
}

async function* core(paths: Paths): AsyncGenerator<Finding> {
  const owner = readOwner(paths.data);
  const socket = owner?.socket ?? paths.socket;
  const there = lstatSync(socket, { throwIfNoEntry: false });
  yield {
    what: "socket",
    ok: !there || there.isSocket() || process.platform === "win32",
    detail: there && !there.isSocket() ? `${socket} is no socket and in the way` : socket,
  };
  let client: RpcClient | null = null;
  try {
    client = await findCore(paths);
    if (client) yield* running(client);
    else {
      const where = owner
        ? `the last one (process ${owner.pid} on ${owner.host}) did not close its record`
        : "none runs";
      yield { what: "core", ok: true, detail: where };
    }
  } catch (error) {
    yield { what: "core", ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    client?.close();
  }
}

async function* running(client: RpcClient): AsyncGenerator<Finding> {
  const status = await client.request("status", {});
  const isSame = status.wire === WIRE_VERSION;
  const detail = `process ${status.pid}, keet-tui ${status.version} (wire ${status.wire}), since ${status.startedAt}`;
  yield { what: "core", ok: isSame, detail };
  const warning = status.stays ? lingerWarning() : null;
  if (warning) yield { what: "logout", ok: true, detail: warning };
  for (const open of status.open) yield { what: "open", ok: true, detail: open };
  if (isSame) yield* await network(client);
}

async function network(client: RpcClient): Promise<Finding[]> {
  const { state, peers, reason, interfaces: used } = await client.request("network", {});
  return [
    {
      what: "network",
      ok: state !== "offline",
      detail: `${state}, ${peers} connected${reason ? `: ${reason}` : ""}`,
    },
    ...used.map(({ name, address, error }) => ({
      what: "beacon",
      ok: error === null,
      detail: `${name} ${address}${error ? `: ${error}` : ""}`,
    })),
  ];
}

function interfaces(): Finding[] {
  const up = Object.entries(networkInterfaces());
  const used = up.map(([name, addresses]) => ({
    what: "interface",
    ok: true,
    detail: `${name} ${(addresses ?? []).map(({ address }) => address).join(", ")}`,
  }));
  const names = new Set(up.map(([name]) => name));
  const down = allInterfaces().filter((name) => !names.has(name));
  const unused = down.map((name) => ({
    what: "interface",
    ok: true,
    detail: `${name}: off, with nothing at its other end, or without an address; not used`,
  }));
  return [...used, ...unused];
}

/** Those too over which nothing can go now, where the system has a list of them. */
function allInterfaces(): string[] {
  try {
    // Two lines of headings, then `eth0: 1234 …`.
    const [, , ...lines] = readFileSync("/proc/net/dev", "utf8").trim().split("\n");
    return lines.map((line) => line.slice(0, line.indexOf(":")).trim());
  } catch {
    return [];
  }
}
