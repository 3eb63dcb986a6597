/** What a report of a fault needs. Each value is named here, so that nothing else gets out by accident. */
import type { Core, OpenRoom } from "../p2p/index.js";
import type { DebugInfo, DebugRoom } from "../rpc/methods.js";
import { findRoom } from "./find.js";
import { roomInfo } from "./shapes.js";

const ID_DIGITS = 8;

export function debugInfo(core: Core, room: string | undefined): DebugInfo {
  const { rss, heapUsed } = process.memoryUsage();
  const { state, peers } = core.networkState();
  return {
    node: process.versions.node,
    upMs: Math.round(process.uptime() * 1000),
    rssBytes: rss,
    heapBytes: heapUsed,
    rooms: core.rooms().length,
    network: state,
    peers,
    room: room === undefined ? null : debugRoom(findRoom(core, room)),
  };
}

function debugRoom(open: OpenRoom): DebugRoom {
  const { id, kind, state, role, members, behind, fetched, length } = roomInfo(open);
  return {
    id: id.slice(0, ID_DIGITS),
    ...{ kind, state, role, members, behind, fetched, rows: length },
    ...logs(open),
    ...ownMessages(open),
    connected: open.member?.peers.hereWriters().size ?? 0,
    divergences: open.member?.divergences.all.length ?? 0,
    leftOut: open.member?.room.leftOut ?? {},
  };
}

function logs({ member }: OpenRoom) {
  const room = member?.room;
  const base = room && room.stopReason === null ? room.base : null;
  const writers = [...(room?.writers.values() ?? [])];
  return {
    writers: writers.length,
    activeWriters: writers.filter(({ active }) => active).length,
    indexers: base?.system?.indexers.length ?? 0,
    viewLength: base?.length ?? 0,
    signedLength: base?.signedLength ?? 0,
    ownLength: base?.local?.length ?? 0,
    stalled: room?.isStalled ?? false,
  };
}

function ownMessages({ member }: OpenRoom) {
  const states = (member?.arriving ?? []).filter(({ mine }) => mine).map(({ state }) => state);
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  return { pending: count("pending"), failed: count("failed") };
}
