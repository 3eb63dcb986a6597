/** The core says what would work in the words of the screen; on a command line other words do the same. */

const SUBCOMMANDS: Readonly<Record<string, string>> = {
  accept: "room accept <room>",
  archive: "room prefs <room> --archive on",
  block: "block",
  call: "call join <room>",
  create: "room create",
  decline: "room leave <room>",
  delete: "message delete <room>",
  edit: "message edit <room>",
  export: "export <room>",
  files: "file list <room>",
  get: "file get <room>",
  hangup: "call leave <room>",
  invite: "room invite <room>",
  invites: "room invites <room>",
  join: "room join",
  leave: "room leave <room>",
  msg: "msg",
  mute: "room prefs <room> --mute on",
  nick: "identity rename",
  pin: "message pin <room>",
  pins: "message pins <room>",
  react: "message react <room>",
  remove: "room remove <room>",
  rename: "room set <room> --name",
  revoke: "room revoke <room>",
  role: "room role <room>",
  room: "room show <room>",
  "room renew": "room renew <room>",
  "room repair": "room repair <room>",
  "room rights": "room set <room>",
  search: "search",
  send: "file send <room>",
  topic: "room set <room> --topic",
  unblock: "unblock",
  unpin: "message unpin <room>",
  who: "members <room>",
};

const SLASH = /(^|[\s("])\/(room (?:renew|repair|rights)|[a-z]+)\b/g;

/** `/role <name> owner` → `keet-tui room role <room> <name> owner`: the screen is in a room, a command line is not. What is no command of ours stays as it is. */
export function asCommandLine(sentence: string): string {
  return sentence.replace(SLASH, (all, before: string, name: string) =>
    Object.hasOwn(SUBCOMMANDS, name) ? `${before}keet-tui ${SUBCOMMANDS[name]}` : all,
  );
}
