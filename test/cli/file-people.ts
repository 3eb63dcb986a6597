/** maya and bob in one room, tea, with cores that stay: commands are processes, what is only waited for is asked of the cores. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { resolvePaths } from "../../src/config.js";
import { findCore } from "../../src/daemon/ensure.js";
import type { RpcClient } from "../../src/rpc/client.js";
import type { MessageInfo, TransferInfo } from "../../src/rpc/methods.js";
import { shortFolder, until } from "../helpers/program.js";
import { type OnePerson, twoPeople } from "./two-people.js";

export interface FilePerson extends OnePerson {
  readonly downloads: string;
  readonly core: RpcClient;
  readonly pid: number;
  /** The row of that name, as soon as it is known and whole. */
  knows(name: string): Promise<MessageInfo>;
  transfer(name: string): Promise<TransferInfo | null>;
  bytesOf(name: string): Promise<Buffer>;
}

export async function filePeople(t: Test) {
  const people = await twoPeople(t);
  const [maya, bob] = await Promise.all([stays(t, people.maya, "maya"), stays(t, people.bob, "bob")]);
  const room = await maya.core.request("room.create", { name: "tea" });
  const { link } = await maya.core.request("room.invite", { room: room.id });
  await bob.core.request("room.join", { invite: link! });
  const folder = shortFolder(t);
  const write = (name: string, content: Uint8Array | string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { maya, bob, room, folder, write };
}

/** A core of that person's, again where it was ended. */
export async function stays(t: Test, person: OnePerson, name: string): Promise<FilePerson> {
  const { home, options } = person;
  await person.run("daemon", "--detach");
  const core = await findCore(resolvePaths({ home: home.dir }));
  if (!core) throw new Error("the core cannot be reached");
  t.teardown(() => core.close());
  if (!(await core.request("identity.show", {}))) await core.request("identity.create", { name });
  const files = () => core.request("file.list", { room: "tea", limit: 200 });
  const row = async (named: string) => (await files()).find(({ file }) => file?.name === named);
  return {
    ...person,
    core,
    pid: (await core.request("status", {})).pid,
    downloads: join(home.dir, "Downloads"),
    async knows(named) {
      await until(async () => Boolean((await row(named))?.file?.hash), 20_000);
      return (await row(named))!;
    },
    transfer: async (named) => (await row(named))?.file?.transfer ?? null,
    async bytesOf(named) {
      const { child, done } = home.start(["file", "get", "tea", named, "-"], options);
      const chunks: Buffer[] = [];
      child.stdout!.removeAllListeners("data").setEncoding("latin1");
      child.stdout!.on("data", (text: string) => chunks.push(Buffer.from(text, "latin1")));
      await done;
      return Buffer.concat(chunks);
    },
  };
}
