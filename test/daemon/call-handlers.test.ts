// A call belongs to one client of a core: it alone hears, and whatever ends it ends the call for this device.
import t from "tap";
import { callHandlers } from "../../src/daemon/call-handlers.js";
import type { Asker } from "../../src/rpc/backend.js";
import type { SoundParams } from "../../src/rpc/methods.js";
import { eventually, Town } from "../helpers/cores.js";

class Client implements Asker {
  readonly heard: SoundParams[] = [];
  readonly #closing: (() => void)[] = [];

  onClose(run: () => void): void {
    this.#closing.push(run);
  }

  sound(params: SoundParams): void {
    this.heard.push(params);
  }

  close(): void {
    for (const run of this.#closing) run();
  }
}

const packet = Buffer.from("sound").toString("base64");

t.test("one client is in the call, and when it goes this device is out of it", async (t) => {
  const town = new Town(t);
  const room = await town.room(["ada", "ben"]);
  const [ada, ben] = [callHandlers(town.core("ada")), callHandlers(town.core("ben"))];
  const [screen, script, bens] = [new Client(), new Client(), new Client()];
  const names = async () => (await ben["call.show"]({ room }, bens))?.others.map(({ name }) => name).join() ?? null;

  await t.test("the second one of a profile is refused, with words", async (t) => {
    t.match(await ada["call.join"]({ room: "tea" }, screen), { room, here: true, muted: false, others: [] });
    await t.rejects(ada["call.join"]({ room }, script), { code: "IN_A_CALL", message: /another terminal/ });
    await t.rejects(ada["call.mute"]({ room, muted: true }, script), { code: "IN_A_CALL" });
    await t.rejects(ben["call.leave"]({ room }, bens), { code: "NO_CALL" });
  });

  await t.test("sound goes from the client that is in to the client that is in", async (t) => {
    await ben["call.join"]({ room }, bens);
    await eventually(async () => (await names()) === "ada");
    await ada["call.send"]({ room, packet: Buffer.from("of a script").toString("base64") }, script);
    await eventually(async () => {
      await ada["call.send"]({ room, packet }, screen);
      return bens.heard.length > 0;
    });
    t.same([...new Set(bens.heard.map((sound) => sound.packet))], [packet]);
    t.match(bens.heard[0], { room, from: /^[0-9a-f]{64}$/ });
    t.equal(screen.heard.length, 0);
  });

  await t.test("what it misses is told to the others", async () => {
    await ben["call.heard"]({ room, lossPercent: 17, lossRun: 25 }, bens);
    await ben["call.heard"]({ room, lossPercent: 99, lossRun: 25 }, script);
    await eventually(async () => {
      const [other] = (await ada["call.show"]({ room }, screen))?.others ?? [];
      return other?.lossPercent === 17 && other.lossRun === 2.5;
    });
  });

  await t.test("its connection ends: out, and another one can come in", async (t) => {
    screen.close();
    await eventually(async () => (await names()) === "");
    t.match(await ada["call.join"]({ room, muted: true }, script), { here: true, muted: true });
    await eventually(async () => (await names()) === "ada");
    // The first one is gone for good: what it closes later is not this call.
    screen.close();
    t.match(await ada["call.show"]({ room }, script), { here: true });
  });

  await t.test("any client may take this device out of it", async () => {
    await ada["call.leave"]({ room }, new Client());
    await eventually(async () => (await names()) === "");
  });
});
