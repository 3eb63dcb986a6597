/** All commands, in the order of /help. */

import { accept } from "./accept.js";
import { archive } from "./archive.js";
import { bare } from "./bare.js";
import { block } from "./block.js";
import { call } from "./call.js";
import { cancel } from "./cancel.js";
import { clear } from "./clear.js";
import type { CommandContext } from "./context.js";
import { copy } from "./copy.js";
import { create } from "./create.js";
import { debug } from "./debug.js";
import { decline } from "./decline.js";
import type { Command, Group } from "./define.js";
import { deleteMessage } from "./delete.js";
import { demo } from "./demo.js";
import { detach } from "./detach.js";
import { devices } from "./devices.js";
import { doctor } from "./doctor.js";
import { edit } from "./edit.js";
import { editor } from "./editor.js";
import { exportTalk } from "./export.js";
import { favourite } from "./favourite.js";
import { files } from "./files.js";
import { forward } from "./forward.js";
import { get } from "./get.js";
import { go } from "./go.js";
import { hangup } from "./hangup.js";
import { help } from "./help.js";
import { identity } from "./identity.js";
import { invite } from "./invite.js";
import { invites } from "./invites.js";
import { join } from "./join.js";
import { keys } from "./keys.js";
import { leave } from "./leave.js";
import { list } from "./list.js";
import { log } from "./log.js";
import { me } from "./me.js";
import { mic } from "./mic.js";
import { msg } from "./msg.js";
import { mute } from "./mute.js";
import { network } from "./network.js";
import { nick } from "./nick.js";
import { open } from "./open.js";
import { pin } from "./pin.js";
import { pins } from "./pins.js";
import { play } from "./play.js";
import { ptt } from "./ptt.js";
import { quit } from "./quit.js";
import { react } from "./react.js";
import { remove } from "./remove.js";
import { rename } from "./rename.js";
import { reply } from "./reply.js";
import { retry } from "./retry.js";
import { revoke } from "./revoke.js";
import { role } from "./role.js";
import { room } from "./room.js";
import { search } from "./search.js";
import { send } from "./send.js";
import { set } from "./set.js";
import { speaker } from "./speaker.js";
import { topic } from "./topic.js";
import { unblock } from "./unblock.js";
import { undo } from "./undo.js";
import { unmute } from "./unmute.js";
import { unpin } from "./unpin.js";
import { unread } from "./unread.js";
import { verify } from "./verify.js";
import { voice } from "./voice.js";
import { volume } from "./volume.js";
import { who } from "./who.js";
import { whois } from "./whois.js";

export type AnyCommand = Command<CommandContext>;

export const GROUPS: readonly Group[] = ["rooms", "people", "messages", "files", "calls", "program"];

export const COMMANDS: readonly AnyCommand[] = [
  create,
  join,
  invite,
  invites,
  revoke,
  room,
  rename,
  topic,
  leave,
  list,
  go,
  msg,
  accept,
  decline,
  mute,
  unmute,
  archive,
  favourite,
  unread,
  nick,
  who,
  whois,
  role,
  remove,
  block,
  unblock,
  verify,
  identity,
  me,
  editor,
  reply,
  edit,
  deleteMessage,
  undo,
  retry,
  react,
  pin,
  unpin,
  pins,
  forward,
  search,
  copy,
  bare,
  exportTalk,
  send,
  get,
  files,
  cancel,
  open,
  voice,
  play,
  call,
  hangup,
  mic,
  speaker,
  devices,
  volume,
  ptt,
  network,
  doctor,
  demo,
  set,
  clear,
  log,
  debug,
  keys,
  help,
  detach,
  quit,
];

/** What can be typed at one front end. */
export interface CommandTable<C> {
  readonly all: readonly Command<C>[];
  /** By name or alias, in any case. */
  find(name: string): Command<C> | null;
}

export function tableOf<C>(all: readonly Command<C>[]): CommandTable<C> {
  const byName = new Map(
    all.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command])),
  );
  return { all, find: (name) => byName.get(name.toLowerCase()) ?? null };
}

export const TABLE = tableOf(COMMANDS);

/** By name or alias, in any case. */
export function findCommand(name: string): AnyCommand | null {
  return TABLE.find(name);
}
