/** Calls over the wire: one client holds the call of this device, hears its sound, and is out of it when it ends. */
import { KeetError } from "../errors.js";
import type { Call, Core } from "../p2p/index.js";
import type { Asker, Handlers } from "../rpc/backend.js";
import type { CallInfo } from "../rpc/methods.js";
import { findRoom } from "./find.js";
import { personInfo, Shapes } from "./shapes.js";

type Names = "call.show" | "call.join" | "call.leave" | "call.mute" | "call.decline" | "call.heard" | "call.send";

export function callHandlers(core: Core): Pick<Handlers, Names> {
  let holder: { readonly asker: Asker; readonly room: string } | null = null;
  core.on("sound", (room: string, from: string, packet: Uint8Array) => {
    if (holder?.room === room) {
      holder.asker.sound({ room, from, packet: Buffer.from(packet).toString("base64") });
    }
  });
  const held = (room: string, asker: Asker) => {
    const { id } = findRoom(core, room);
    if (holder?.room !== id || holder.asker !== asker) throw notIn(holder !== null);
    return id;
  };
  return {
    "call.show": async ({ room }) => callInfo(core, findRoom(core, room).id),
    "call.join": async ({ room, muted }, asker) => {
      const { id } = findRoom(core, room);
      if (holder && holder.asker !== asker) throw elsewhere();
      core.calls.enter(id, muted ?? false);
      holder = { asker, room: id };
      asker.onClose(() => {
        if (holder?.asker !== asker) return;
        core.calls.leave(holder.room);
        holder = null;
      });
      return (await callInfo(core, id))!;
    },
    // Also for whoever is in it from another terminal, or a script: they are told.
    "call.leave": async ({ room }) => {
      const { id } = findRoom(core, room);
      if (core.calls.current !== id) throw notIn(false);
      holder = null;
      core.calls.leave(id);
      return null;
    },
    "call.mute": async ({ room, muted }, asker) => {
      const id = held(room, asker);
      core.calls.mute(id, muted);
      return (await callInfo(core, id))!;
    },
    "call.decline": async ({ room }) => {
      core.calls.decline(findRoom(core, room).id);
      return null;
    },
    "call.heard": async ({ room, lossPercent, lossRun }, asker) => {
      if (holder?.room === room && holder.asker === asker) {
        core.calls.misses(room, { percent: lossPercent, run: Math.max(1, lossRun / 10) });
      }
      return null;
    },
    "call.send": async ({ room, packet }, asker) => {
      // What comes after hanging up has nobody to complain to.
      if (holder?.room === room && holder.asker === asker) core.calls.send(room, Buffer.from(packet, "base64"));
      return null;
    },
  };
}

/** Null where nobody is in one. */
export async function callInfo(core: Core, id: string): Promise<CallInfo | null> {
  const call = await core.calls.info(id);
  return call && shown(core, call);
}

function shown(core: Core, call: Call): CallInfo {
  const me = core.identity ? Shapes.hex(core.identity.key) : "";
  return {
    room: call.room,
    id: call.id,
    startedAt: new Date(core.now - call.ageMs).toISOString(),
    here: call.isIn,
    muted: call.isMuted,
    declined: call.isDeclined,
    others: call.others.map(({ identity, name, writer, isMuted, loss, rttMs }) => ({
      ...personInfo(identity, name),
      writer,
      muted: isMuted,
      mine: Shapes.hex(identity) === me,
      lossPercent: Math.round(loss.percent),
      lossRun: loss.run,
      rttMs,
    })),
    declinedBy: call.declinedBy.map(({ identity, name }) => personInfo(identity, name)),
  };
}

function elsewhere(): KeetError {
  return new KeetError("user", "IN_A_CALL", "You are in a call in another terminal.", {
    hint: "Hang up there first.",
  });
}

function notIn(isInAnother: boolean): KeetError {
  return isInAnother
    ? elsewhere()
    : new KeetError("user", "NO_CALL", "You are in no call.", { hint: "/call begins one." });
}
