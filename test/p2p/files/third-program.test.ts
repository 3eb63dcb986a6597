// A stock Hyperdrive, in no room and with nothing of ours, fetches a share with the two keys of `file show`.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import b4a from "b4a";
import Corestore from "corestore";
import crypto from "hypercore-crypto";
import HyperDHT from "hyperdht";
import createTestnet from "hyperdht/testnet.js";
import Hyperdrive from "hyperdrive";
import Hyperswarm from "hyperswarm";
import t, { type Test } from "tap";
import { shareKey } from "../../../src/p2p/files/share-cores.js";
import { hex } from "../../../src/p2p/hex.js";
import { type Core, openCore } from "../../../src/p2p/index.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(58_000);

async function sharing(t: Test) {
  const net = await createTestnet(3, { host: "127.0.0.1" });
  t.teardown(() => net.destroy());
  const folder = t.testdir({});
  mkdirSync(join(folder, "ann"), { mode: 0o700 });
  const core: Core = await openCore({ folder: join(folder, "ann"), bootstrap: net.bootstrap, lan: false });
  t.teardown(() => core.close());
  await core.createIdentity("ann");
  const { id } = await core.createRoom("tea", "", "group");
  const member = core.room(id)!.member!;
  const share = async (name: string, content: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const { message } = await core.files.share(member, [path]);
    await until(() => core.files.transfer(hex(message.id))?.state === "shared");
    return {
      id: message.id,
      key: message.file!.drive,
      encryptionKey: shareKey(member.room.base.encryptionKey!, message.id),
    };
  };
  return { core, member, share, net, folder };
}

/** As anybody would write it. */
async function stranger(t: Test, store: string, bootstrap: readonly object[]) {
  const dht = new HyperDHT({ bootstrap: bootstrap as never, host: "127.0.0.1", firewalled: false });
  const swarm = new Hyperswarm({ dht });
  const corestore = new Corestore(store);
  t.teardown(async () => {
    await swarm.destroy();
    await corestore.close();
  });
  swarm.on("connection", (connection) => {
    connection.on("error", () => {});
    corestore.replicate(connection);
  });
  return (key: Uint8Array, encryptionKey: Uint8Array) => {
    const drive = new Hyperdrive(corestore.namespace(b4a.toString(key, "hex")), key, { encryptionKey });
    return { drive, join: () => swarm.join(crypto.discoveryKey(key), { client: true, server: false }), swarm };
  };
}

t.test("a share that is open goes to whoever has its keys, another one of that room does not", async (t) => {
  const { core, member, share, net, folder } = await sharing(t);
  const content = crypto.randomBytes(3 * 2 ** 20 + 7);
  const given = await share("tea.bin", content);
  const kept = await share("other.bin", crypto.randomBytes(1_000));
  await core.openShare(member, hex(given.id));
  const open = await stranger(t, join(folder, "stranger"), net.bootstrap);
  const theirs = open(given.key, given.encryptionKey);
  await theirs.drive.ready();
  const discovery = theirs.join();
  await until(async () => {
    await discovery.refresh().catch(() => {});
    return theirs.swarm.connections.size > 0;
  }, 20_000);
  await until(async () => (await theirs.drive.entry("/tea.bin")) !== null, 20_000);
  t.ok(b4a.equals((await theirs.drive.get("/tea.bin"))!, content));
  const { blobs } = await core.files.cores(member, hex(given.id));
  await until(() => blobs.peers.some(({ remoteContiguousLength }) => remoteContiguousLength === blobs.length));
  t.match(core.files.openWork(member.id), [{ name: "tea.bin", what: "only-here" }], "which is no device of the room");
  const others = open(kept.key, kept.encryptionKey);
  await others.drive.ready();
  const second = await share("second.bin", content);
  await core.openShare(member, hex(second.id));
  const after = open(second.key, second.encryptionKey);
  await after.drive.ready();
  // What is asked for after it on the same connection has come, so it would have.
  await until(async () => (await after.drive.entry("/second.bin")) !== null, 20_000);
  t.equal(others.drive.core.peers.length, 0, "nobody gives what is not open");
});
