/** Every subcommand, in the order help shows them. */
import { audioDevices, audioTest } from "./audio.js";
import { block, unblock } from "./block.js";
import { callJoin, callLeave, callShow } from "./call.js";
import { completionScript } from "./completion-script.js";
import { daemon, daemonStatus, daemonStop } from "./daemon.js";
import type { CliCommand } from "./define.js";
import { demo } from "./demo.js";
import { dht } from "./dht.js";
import { doctor } from "./doctor.js";
import { exportCommand } from "./export.js";
import { fileClear } from "./file-clear.js";
import { fileGet } from "./file-get.js";
import { fileCancel, fileList, fileShow } from "./file-list.js";
import { fileSend } from "./file-send.js";
import { identityRename, identityRestore, identityShow, identityWords } from "./identity.js";
import { members } from "./members.js";
import { messageDelete } from "./message-delete.js";
import { messageEdit } from "./message-edit.js";
import { messagePin, messagePins, messageUnpin } from "./message-pin.js";
import { messageReact, messageUnreact } from "./message-react.js";
import { messageShow } from "./message-show.js";
import { msg } from "./msg.js";
import { roomAccept } from "./room-accept.js";
import { roomCreate } from "./room-create.js";
import { roomInvite } from "./room-invite.js";
import { roomInvites } from "./room-invites.js";
import { roomJoin } from "./room-join.js";
import { roomLeave } from "./room-leave.js";
import { roomList } from "./room-list.js";
import { roomPrefs } from "./room-prefs.js";
import { roomRemove } from "./room-remove.js";
import { roomRenew } from "./room-renew.js";
import { roomRepair } from "./room-repair.js";
import { roomRevoke } from "./room-revoke.js";
import { roomRole } from "./room-role.js";
import { roomSet } from "./room-set.js";
import { roomShow } from "./room-show.js";
import { rpc } from "./rpc.js";
import { search } from "./search.js";
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
  roomSet,
  roomRole,
  roomRemove,
  roomRenew,
  roomRepair,
  roomPrefs,
  roomAccept,
  msg,
  send,
  tail,
  fileSend,
  fileGet,
  fileList,
  fileShow,
  fileCancel,
  fileClear,
  callJoin,
  callLeave,
  callShow,
  messageShow,
  messageEdit,
  messageDelete,
  messageReact,
  messageUnreact,
  messagePin,
  messageUnpin,
  messagePins,
  search,
  exportCommand,
  members,
  block,
  unblock,
  identityShow,
  identityWords,
  identityRestore,
  identityRename,
  audioTest,
  audioDevices,
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
  room: "Make, find, join, run and leave rooms; invites",
  file: "Share files, fetch them, see how far they are",
  call: "Be in a room's voice call",
  message: "Edit, take back, react to and pin messages",
  audio: "Microphones and speakers",
  identity: "Who this profile is",
};
