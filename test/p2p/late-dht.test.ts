import { createSocket } from "node:dgram";
import { mkdirSync } from "node:fs";
import HyperDHT from "hyperdht";
import t from "tap";
import { type Core, openCore } from "../../src/p2p/index.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(90_000);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

t.test("a DHT that was out of reach when the program started is used as soon as it answers", async (t) => {
  const folder = t.testdir({});
  const port = await freePort();
  const bootstrap = [{ host: "127.0.0.1", port }];
  const open = async (name: string): Promise<Core> => {
    mkdirSync(`${folder}/${name}`, { mode: 0o700 });
    const core = await openCore({ folder: `${folder}/${name}`, bootstrap, lan: false });
    t.teardown(() => core.close());
    await core.createIdentity(name);
    return core;
  };
  const [ann, bob] = [await open("ann"), await open("bob")];
  const { id } = await ann.createRoom("tea", "", "group");
  await bob.joinRoom((await ann.makeInvite(id, {})).link!);
  // Until the first look-ups and announcements have come to nothing.
  await until(() => [ann, bob].every((core) => /\(([7-9]|\d\d) s\)/.test(core.networkState().reason ?? "")), 30_000);
  t.not(ann.networkState().state, "online");
  const node = HyperDHT.bootstrapper(port, "127.0.0.1");
  t.teardown(() => node.destroy({ force: true }));
  await node.fullyBootstrapped();
  await until(() => bob.room(id)?.waitsFor === null, 40_000);
  t.equal(ann.networkState().state, "online");
});
