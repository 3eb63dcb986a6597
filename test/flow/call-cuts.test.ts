// A core that is killed in a call, one that stands still for as long as a network that was cut, and a whole machine
// that is gone: the others see it and go on, and all who are there hear each other again with nobody doing anything.
import t from "tap";
import { Callers, withoutFfmpeg } from "../helpers/callers.js";
import { until } from "../helpers/program.js";
import { voices, writeWav } from "../helpers/sound.js";

const LIMIT_MS = 60_000;
const CUT_MS = 10_000;

t.setTimeout(180_000);

t.test("a call outlives a killed core and a cut network", { skip: withoutFfmpeg }, async (t) => {
  const callers = new Callers(t);
  const { folder } = callers;
  await callers.meet(["ada", "ben", "cleo"]);
  writeWav(`${folder}/talk.wav`, voices()[0]);
  const [ada, ben, cleo] = ["ada", "ben", "cleo"].map((name) =>
    callers.call(name, { microphone: `loop:${folder}/talk.wav`, speaker: `file:${folder}/${name}.wav` }),
  ) as [ReturnType<Callers["call"]>, ReturnType<Callers["call"]>, ReturnType<Callers["call"]>];
  const hears = (people: number) => (caller: typeof ada) =>
    caller.view?.people.length === people && caller.view.people.every(({ isTalking }) => isTalking);
  const allHear = () => until(() => [ada, ben, cleo].every(hears(2)), LIMIT_MS);
  await allHear();

  await t.test("a killed core is started again, and the call goes on", async (t) => {
    const [core] = callers.home("ben").cores();
    process.kill(core!, "SIGKILL");
    const killedAt = performance.now();
    await until(() => ben.view?.isCut === true, LIMIT_MS);
    await until(() => ben.view?.isCut === false && callers.home("ben").cores().length === 1, LIMIT_MS);
    const before = ben.view!.lost.of;
    await until(() => ben.view!.lost.of > before + 50, LIMIT_MS);
    await allHear();
    t.comment(`back after ${Math.round(performance.now() - killedAt)} ms`);
    t.notOk(callers.home("ben").cores().includes(core!), "by another core");
  });

  await t.test("cut for ten seconds: gone, and back", async (t) => {
    const [core] = callers.home("ben").cores();
    process.kill(core!, "SIGSTOP");
    const cutAt = performance.now();
    await until(() => [ada, cleo].every(hears(1)), LIMIT_MS);
    t.comment(`gone after ${Math.round(performance.now() - cutAt)} ms`);
    await until(() => performance.now() - cutAt > CUT_MS, LIMIT_MS);
    process.kill(core!, "SIGCONT");
    await allHear();
    t.comment(`back ${Math.round(performance.now() - cutAt - CUT_MS)} ms after it`);
    t.ok([ada, ben, cleo].every(({ hasEnded }) => !hasEnded));
  });

  await t.test("killed with all that was theirs: gone, and the others go on", async (t) => {
    const [core] = callers.home("ben").cores();
    const killedAt = performance.now();
    ben.child.kill("SIGKILL");
    process.kill(core!, "SIGKILL");
    await until(() => [ada, cleo].every(hears(1)), LIMIT_MS);
    t.comment(`gone after ${Math.round(performance.now() - killedAt)} ms`);
    const before = ada.view!.lost.of;
    await until(() => ada.view!.lost.of > before + 50, LIMIT_MS);
  });
});
