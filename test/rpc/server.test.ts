import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { KeetError } from "../../src/errors.js";
import { silentLog } from "../../src/log.js";
import type { Asker, Backend } from "../../src/rpc/backend.js";
import { CoreBug, connect } from "../../src/rpc/client.js";
import { type CoreEvent, MAX_LINE_BYTES, WIRE_VERSION } from "../../src/rpc/methods.js";
import { RpcServer } from "../../src/rpc/server.js";
import { shortFolder, until } from "../helpers/program.js";

const notice = (text: string): CoreEvent => ({ type: "notice", room: null, text, level: "info" });

async function serve(t: Test, handlers: Record<string, unknown> = {}, more: { maxQueuedBytes?: number } = {}) {
  const backend: Backend = {
    handlers: handlers as never,
    subscribe: () => () => {},
    openWork: () => [],
    close: async () => {},
  };
  const rpc = new RpcServer({
    ready: { version: "1.2.3", wire: WIRE_VERSION, profile: "default", run: "run-a" },
    backend,
    process: {
      status: async () => ({ pid: 1 }) as never,
      stop: async () => null,
      stay: async () => ({ warning: null }),
    },
    log: silentLog,
    ...more,
  });
  const server = createServer((socket) => rpc.accept(socket));
  const path = join(shortFolder(t), "s");
  await new Promise<void>((done) => server.listen(path, done));
  t.teardown(() => {
    rpc.destroy();
    server.close();
  });
  return { rpc, path };
}

/** A client without manners: bytes in, parsed lines out. */
async function raw(t: Test, path: string) {
  const socket: Socket = createConnection(path);
  t.teardown(() => socket.destroy());
  const lines: { id?: unknown; method?: string; error?: { code: number; data: { code: string } }; result?: unknown }[] =
    [];
  let rest = "";
  socket.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) lines.push(JSON.parse(part));
  });
  socket.on("error", () => {});
  await until(() => lines.length > 0);
  return { socket, lines };
}

t.test("the first line says who answers", async (t) => {
  const { path } = await serve(t);
  const { lines } = await raw(t, path);
  t.match(lines[0], {
    jsonrpc: "2.0",
    method: "ready",
    params: { version: "1.2.3", wire: WIRE_VERSION, run: "run-a" },
  });
});

t.test("garbage is answered with an error, and the next line as ever", async (t) => {
  const { path } = await serve(t, { "room.list": async () => [] });
  const { socket, lines } = await raw(t, path);
  const bad = [
    "no json",
    "[]",
    "7",
    "null",
    '{"id":1}',
    '{"id":2,"method":"toString"}',
    '{"id":3,"method":"__proto__"}',
  ];
  bad.push('{"id":4,"method":"room.show","params":[]}', '{"id":5,"method":"room.show","params":{"room":7}}');
  socket.write(`${bad.join("\n")}\n`);
  socket.write(Buffer.from([0xff, 0xfe, 0x0a]));
  socket.write(`${'{"id":6,"method":"room.list"}'}\n`);
  await until(() => lines.some((line) => line.id === 6));
  t.same(lines.find((line) => line.id === 6)?.result, []);
  t.equal(lines.filter((line) => line.error).length, bad.length + 1);
  t.equal(lines.find((line) => line.id === 5)?.error?.data.code, "USAGE");
  t.equal(lines.find((line) => line.id === 2)?.error?.code, -32_601);
});

t.test("a line over the limit is answered, not kept", async (t) => {
  const { path } = await serve(t, { "room.list": async () => [] });
  const { socket, lines } = await raw(t, path);
  socket.write("x".repeat(MAX_LINE_BYTES + 10));
  await until(() => lines.some((line) => line.error?.data.code === "TOO_LONG"));
  socket.write('\n{"id":1,"method":"room.list"}\n');
  await until(() => lines.some((line) => line.id === 1));
});

t.test("errors arrive as they were thrown; what is no KeetError is a bug", async (t) => {
  const { path } = await serve(t, {
    "room.list": async () => {
      throw new KeetError("storage", "DISK_FULL", "full", { hint: "free some", data: { path: "/x" } });
    },
    network: async () => {
      throw new TypeError("x is not a function");
    },
  });
  const client = await connect(path);
  t.teardown(() => client.close());
  const shape = { family: "storage", code: "DISK_FULL", message: "full", hint: "free some", data: { path: "/x" } };
  await t.rejects(client.request("room.list", {}), shape);
  await t.rejects(client.request("network", {}), CoreBug);
  await t.rejects(client.request("room.members", { room: "x" }), { code: "NOT_SUPPORTED_YET" });
});

t.test("a client that comes back hears what it missed, in order and once", async (t) => {
  const { rpc, path } = await serve(t);
  const first = await connect(path);
  const heard: string[] = [];
  first.onEvent((event) => event.type === "notice" && heard.push(event.text));
  t.same(await first.attach(), { isReset: true });
  rpc.publish(notice("1"));
  await until(() => heard.length === 1);
  const cursor = first.cursor;
  first.close();
  await until(() => rpc.clients === 0);
  rpc.publish(notice("2"));
  rpc.publish(notice("3"));
  const second = await connect(path);
  t.teardown(() => second.close());
  second.onEvent((event) => event.type === "notice" && heard.push(event.text));
  t.same(await second.attach(cursor), { isReset: false });
  rpc.publish(notice("4"));
  await until(() => heard.length >= 4);
  t.same(heard, ["1", "2", "3", "4"]);
  t.same(second.cursor, { run: "run-a", seq: 4 });
});

t.test("what is too long ago, or of another run, is a reset", async (t) => {
  const { rpc, path } = await serve(t);
  for (let n = 0; n < 2_100; n += 1) rpc.publish(notice(String(n)));
  const client = await connect(path);
  t.teardown(() => client.close());
  t.same(await client.attach({ run: "run-a", seq: 50 }), { isReset: true });
  t.same(await client.attach({ run: "run-a", seq: 200 }), { isReset: false });
  t.same(await client.attach({ run: "run-b", seq: 2_100 }), { isReset: true });
  t.same(await client.attach({ run: "run-a", seq: 9_999 }), { isReset: true });
});

t.test("a client that does not read is cut off; the others are not", async (t) => {
  const { rpc, path } = await serve(t, {}, { maxQueuedBytes: 1024 * 1024 });
  const stuck = await raw(t, path);
  stuck.socket.write('{"id":1,"method":"attach"}\n');
  await until(() => stuck.lines.some((line) => line.id === 1));
  stuck.socket.pause();
  const heard: string[] = [];
  const good = await connect(path);
  t.teardown(() => good.close());
  good.onEvent((event) => event.type === "notice" && heard.push(event.text));
  await good.attach();
  const long = "x".repeat(100_000);
  for (let n = 1; n <= 60; n += 1) {
    rpc.publish(notice(long));
    await until(() => heard.length === n);
  }
  await until(() => rpc.clients === 1);
  t.equal(heard.length, 60);
});

t.test("requests under way fail when the connection ends, and a silent core is given up on", async (t) => {
  const { rpc, path } = await serve(t, { "room.list": () => new Promise(() => {}) });
  const client = await connect(path);
  await t.rejects(client.request("room.list", {}, { timeoutMs: 20 }), { code: "TIMED_OUT" });
  const waiting = client.request("room.list", {});
  const closed = new Promise((done) => client.onClose(done));
  rpc.destroy();
  await t.rejects(waiting, { code: "CORE_GONE" });
  await closed;
  await t.rejects(client.request("room.list", {}), { code: "CORE_GONE" });
  await t.rejects(connect(path), { code: "CORE_GONE" });
});

t.test("whoever accepts and says nothing is given up on, and told apart from nobody", async (t) => {
  const path = join(shortFolder(t), "s");
  await t.rejects(connect(path), { code: "ENOENT" });
  const silent = createServer(() => {});
  await new Promise<void>((done) => silent.listen(path, done));
  t.teardown(() => silent.close());
  await t.rejects(connect(path, { timeoutMs: 100 }), { code: "TIMED_OUT" });
});

t.test("what is told of a room's talk keeps no packet of sound from who is in its call", async (t) => {
  let say = (_packet: string) => {};
  const handlers = {
    "call.show": async (_: unknown, asker: Asker) => {
      say = (packet) => asker.sound({ room: "r", from: "w", packet });
      return null;
    },
  };
  const { rpc, path } = await serve(t, handlers);
  const client = await connect(path);
  t.teardown(() => client.close());
  const told: CoreEvent["type"][] = [];
  const sound: string[] = [];
  client.onEvent(({ type }) => told.push(type));
  client.onSound(({ packet }) => sound.push(packet));
  await client.attach(null, "calls");
  await client.request("call.show", { room: "r" });
  // More than fits a socket at once, in the same turn as the packet: it would wait behind all of it, or be dropped.
  for (let at = 0; at < 20; at += 1) rpc.publish(notice("x".repeat(100_000)));
  say("cGFja2V0");
  rpc.publish({ type: "call", room: "r", call: null });
  await until(() => told.length > 0);
  t.same(sound, ["cGFja2V0"]);
  t.same(told, ["call"]);
});
