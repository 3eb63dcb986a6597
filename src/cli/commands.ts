/** Every subcommand, in the order help shows them. */
import { completionScript } from "./completion-script.js";
import { daemon, daemonStatus, daemonStop } from "./daemon.js";
import type { CliCommand } from "./define.js";
import { demo } from "./demo.js";
import { dht } from "./dht.js";
import { doctor } from "./doctor.js";
import { identityRename, identityRestore, identityShow, identityWords } from "./identity.js";
import { members } from "./members.js";
import { roomCreate } from "./room-create.js";
import { roomInvite } from "./room-invite.js";
import { roomInvites } from "./room-invites.js";
import { roomJoin } from "./room-join.js";
import { roomLeave } from "./room-leave.js";
import { roomList } from "./room-list.js";
import { roomRevoke } from "./room-revoke.js";
import { roomShow } from "./room-show.js";
import { rpc } from "./rpc.js";
import { send } from "./send.js";
import { tail } from "./tail.js";

export const COMMANDS: readonly CliCommand[] = [
  roomCreate,
  roomList,
  roomShow,
  roomLeave,
  roomInvite,
  roomInvites,
  roomRevoke,
  roomJoin,
  send,
  tail,
  members,
  identityShow,
  identityWords,
  identityRestore,
  identityRename,
  daemon,
  daemonStop,
  daemonStatus,
  rpc,
  dht,
  doctor,
  demo,
  completionScript,
];

/** Words that only have commands below them. */
export const GROUPS: Readonly<Record<string, string>> = {
  room: "Make, find, join and leave rooms; invites",
  identity: "Who this profile is",
};
